"""From a model's reference to the object that answers: `openai:gpt-5-mini` → a governed model."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from pydantic import SecretStr

from app.llm.client import LanguageModel, ModelError
from app.llm.failures import PROVIDERS
from app.llm.limits import Gate, Governed, Limits

if TYPE_CHECKING:
    import httpx2

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
    """

    provider: str
    api_key: SecretStr | None = None
    base_url: str | None = None
    route: str | None = None
    bill_to: str | None = None

    @property
    def secret(self) -> str:
        return self.api_key.get_secret_value() if self.api_key else ""


@dataclass(slots=True)
class InLoop:
    """What belongs to one event loop: no connection and no lock is shared with another."""

    models: dict[ModelReference, Governed] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    clients: "dict[str, httpx2.AsyncClient]" = field(default_factory=dict)


class Registry:
    """The models of one process, by reference; `credentials` maps provider to credential.

    One HTTP client and one gate for each credential and event loop, kept until `aclose`.
    """

    def __init__(self, credentials: Mapping[str, Credential], limits: Limits | None = None) -> None:
        self._credentials = dict(credentials)
        self._limits = limits or Limits()
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
            gate = here.gates.get(wanted.provider)
            if gate is None:
                gate = here.gates[wanted.provider] = Gate(wanted.provider, self._limits)
            model = here.models[wanted] = Governed(self._open(wanted, here), gate)
        return model

    async def aclose(self) -> None:
        """Closes the running event loop's connections; the registry can be used again."""
        here = self._loops.pop(asyncio.get_running_loop(), InLoop())
        for client in here.clients.values():
            await client.aclose()

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

    def _open(self, wanted: ModelReference, here: InLoop) -> LanguageModel:
        if wanted.provider == LOCAL:
            return local(wanted.model)
        lack = self._lack(wanted.provider)
        if lack is not None:
            raise ModelError("authentication", lack, provider=wanted.provider)
        credential = self._credentials[wanted.provider]
        http = here.clients.get(wanted.provider)
        if http is None:
            http = here.clients[wanted.provider] = client_of(credential)
        return remote(wanted, http, credential)


def local(model: str) -> LanguageModel:
    from app.llm.local import NAME, LocalModel  # noqa: PLC0415 - as below

    if model != NAME:
        raise UnknownModel(f"There is no local model {model!r}; there is {LOCAL}:{NAME}.")
    return LocalModel(model)


def client_of(credential: Credential) -> "httpx2.AsyncClient":
    from app.llm.transport import http_client  # noqa: PLC0415 - as below

    return http_client(credential.provider, credential.secret)


def remote(
    wanted: ModelReference, http: "httpx2.AsyncClient", credential: Credential
) -> LanguageModel:
    """The adapter. The imports stand here because an SDK costs 0.2 to 1 s and 10 to 40 MB."""
    key, base_url = credential.secret or NO_KEY, credential.base_url
    if wanted.provider == "openai":
        from app.llm.openai import OpenAIModel  # noqa: PLC0415 - an SDK is loaded when it is asked

        return OpenAIModel(wanted.model, http, api_key=key, base_url=base_url)
    if wanted.provider == "anthropic":
        from app.llm.anthropic import AnthropicModel  # noqa: PLC0415 - same

        return AnthropicModel(wanted.model, http, api_key=key, base_url=base_url)
    from app.llm.huggingface import HuggingFaceModel  # noqa: PLC0415 - same

    return HuggingFaceModel(
        wanted.model,
        http,
        api_key=key,
        base_url=base_url,
        route=credential.route,
        bill_to=credential.bill_to,
    )
