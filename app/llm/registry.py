"""From a model's reference to the object that answers: `openai:gpt-5-mini` → a governed model."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from pydantic import SecretStr

from app.llm.breaker import Breaker
from app.llm.client import LanguageModel, ModelError
from app.llm.failures import PROVIDERS
from app.llm.lane import Shared
from app.llm.leases import Line, Terms
from app.llm.ledger import Ledger
from app.llm.limits import Gate, Governed, Limits

if TYPE_CHECKING:
    from app.llm.transport import Wire

LOCAL = "local"

KNOWN = (*PROVIDERS, LOCAL)

HUB_TOKEN = "hf_"  # noqa: S105 - how Hugging Face's tokens begin, not a token

NO_KEY = "none"  # for servers that want none: an SDK without a key looks for the machine's own


class UnknownModel(ValueError):
    """A reference that names no provider we know; the message says how one is written."""


class ModelReference(NamedTuple):
    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


def parse(reference: str) -> ModelReference:
    """`provider:model`, split at the first colon; raises UnknownModel."""
    provider, colon, model = reference.strip().partition(":")
    if not (colon and provider and model.strip()):
        raise UnknownModel(
            f"{reference!r} names no model; write provider:model, such as openai:gpt-5-mini."
        )
    if provider not in KNOWN:
        raise UnknownModel(f"There is no provider {provider!r}; there are: {', '.join(KNOWN)}.")
    return ModelReference(provider, model.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """How one provider is reached. `base_url` is a server of one's own, which may need no key.

    `route` (who runs the model) and `bill_to` (which organisation pays) are Hugging Face's.
    `fingerprint` names the credential to others without telling it.
    """

    provider: str
    api_key: SecretStr | None = None
    base_url: str | None = None
    route: str | None = None
    bill_to: str | None = None
    fingerprint: str = ""

    @property
    def secret(self) -> str:
        return self.api_key.get_secret_value() if self.api_key else ""


@dataclass(slots=True)
class InLoop:
    """What belongs to one event loop: no connection and no lock is shared with another."""

    models: dict[ModelReference, Governed] = field(default_factory=dict)
    breakers: dict[str, Breaker] = field(default_factory=dict)
    wires: "dict[str, Wire]" = field(default_factory=dict)


class Registry:
    """The models of one process, by reference; `credentials` maps provider to credential.

    One wire and one breaker for each credential and event loop, one gate for each model,
    kept until `aclose`. With a `ledger` the gates share their limits with those of other processes.
    """

    def __init__(
        self,
        credentials: Mapping[str, Credential],
        limits: Limits | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self._credentials = dict(credentials)
        self._limits = limits or Limits()
        self._ledger = ledger
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, InLoop] = WeakKeyDictionary()
        for provider in self._credentials:
            import_module(f"app.llm.{provider}")  # 0.4 to 1 s of SDK: not in the first call

    def providers(self) -> list[str]:
        """Those that can be asked, the local one always among them."""
        return sorted({LOCAL, *(name for name in PROVIDERS if self._lack(name) is None)})

    def get(self, reference: str) -> LanguageModel:
        """The model of that reference, for the running event loop.

        Raises UnknownModel, ModelError (authentication) where its provider lacks a credential, and
        RuntimeError outside an event loop.
        """
        wanted = parse(reference)
        here = self._loops.setdefault(asyncio.get_running_loop(), InLoop())
        model = here.models.get(wanted)
        if model is None:
            opened = self._open(wanted, here)
            model = here.models[wanted] = Governed(opened, self._gate(wanted, here))
        return model

    async def aclose(self) -> None:
        """Closes the running event loop's connections; the registry can be used again."""
        here = self._loops.pop(asyncio.get_running_loop(), InLoop())
        for wire in here.wires.values():
            await wire.aclose()

    def _lack(self, provider: str) -> str | None:
        """What keeps a provider from being asked, as a sentence; None where nothing does."""
        name, variable = PROVIDERS[provider]
        credential = self._credentials.get(provider)
        if credential is None or not (credential.secret or credential.base_url):
            return f"No key is set for {name}: set {variable}, or the base URL of your own server."
        hub = provider == "huggingface" and not credential.base_url
        if hub and not credential.secret.startswith(HUB_TOKEN):
            return f"{variable} is no token of {name}: they begin with {HUB_TOKEN}."
        return None

    def _gate(self, wanted: ModelReference, here: InLoop) -> Gate:
        limits, provider = self._limits, wanted.provider
        breaker = here.breakers.get(provider)
        if breaker is None:
            breaker = Breaker(provider, limits.breaker, limits.on_circuit)
            here.breakers[provider] = breaker
        shared = None
        if self._ledger is not None and provider != LOCAL:
            line = Line(provider, wanted.model, self._credentials[provider].fingerprint)
            shared = Shared(self._ledger, line, terms_of(wanted, limits))
        return Gate(provider, limits, breaker=breaker, shared=shared)

    def _open(self, wanted: ModelReference, here: InLoop) -> LanguageModel:
        if wanted.provider == LOCAL:
            return local(wanted.model)
        lack = self._lack(wanted.provider)
        if lack is not None:
            raise ModelError("authentication", lack, provider=wanted.provider)
        credential = self._credentials[wanted.provider]
        wire = here.wires.get(wanted.provider)
        if wire is None:
            wire = here.wires[wanted.provider] = wire_of(credential)
        return remote(wanted, wire, credential)


def terms_of(wanted: ModelReference, limits: Limits) -> Terms:
    """What the operator allows for a model: said of it, else of its provider."""

    def said(allowed: Mapping[str, float]) -> float | None:
        return allowed.get(str(wanted), allowed.get(wanted.provider))

    return Terms(ceiling=limits.concurrency, rpm=said(limits.rpm), tpm=said(limits.tpm))


def local(model: str) -> LanguageModel:
    from app.llm.local import NAME, LocalModel  # noqa: PLC0415 - as below

    if model != NAME:
        raise UnknownModel(f"There is no local model {model!r}; there is {LOCAL}:{NAME}.")
    return LocalModel(model)


def wire_of(credential: Credential) -> "Wire":
    from app.llm.transport import Wire  # noqa: PLC0415 - as below

    return Wire(credential.provider, credential.secret)


def remote(wanted: ModelReference, wire: "Wire", credential: Credential) -> LanguageModel:
    """The adapter. The imports stand here because an SDK costs 0.2 to 1 s and 10 to 40 MB."""
    key, base_url = credential.secret or NO_KEY, credential.base_url
    if wanted.provider == "openai":
        from app.llm.openai import OpenAIModel  # noqa: PLC0415 - an SDK is loaded when it is asked

        return OpenAIModel(wanted.model, wire, api_key=key, base_url=base_url)
    if wanted.provider == "anthropic":
        from app.llm.anthropic import AnthropicModel  # noqa: PLC0415 - same

        return AnthropicModel(wanted.model, wire, api_key=key, base_url=base_url)
    from app.llm.huggingface import HuggingFaceModel  # noqa: PLC0415 - same

    return HuggingFaceModel(
        wanted.model,
        wire,
        api_key=key,
        base_url=base_url,
        route=credential.route,
        bill_to=credential.bill_to,
    )
