"""The providers and models there are, what they cost, and one real call to see whether it works."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import now
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.core.errors import NotFound, invalid
from app.llm.client import Completion, Message, ModelError, Options, Usage
from app.llm.failures import PROVIDERS
from app.llm.limits import Limits
from app.llm.local import NAME as LOCAL_MODEL
from app.llm.pricing import listed
from app.llm.registry import KNOWN, LOCAL, Credential, Registry, UnknownModel, parse
from app.models import CostEntry, ExperimentArm, JudgeVersion, PromptVersion
from app.runs import circuits
from app.runs.case import priced
from app.runs.circuits import Circuit
from app.runs.providers import credentials, registry

SUGGESTED = {  # to begin with; any model can be written instead
    "openai": ("gpt-5-mini", "gpt-5"),
    "anthropic": ("claude-haiku-4-5", "claude-sonnet-4-5"),
    "huggingface": ("Qwen/Qwen3-32B",),
}
LEAST_HINTED = 16  # characters of a key; of a shorter one even four are too many
PRICED_TOKENS = 1_000  # few: some lists charge more for calls beyond 200,000
PER_MILLION = 1_000_000 // PRICED_TOKENS
GREETING = Message(role="user", content="Reply with the word OK.")
TINY = Options(max_tokens=16, timeout_s=30.0)  # OpenAI asks for at least 16
SOURCE = "provider_test"


class ProviderNotFound(NotFound):
    message = "There is no provider {name!r}; there are: {known}."


class Prices(NamedTuple):
    """US dollars per million tokens."""

    input_per_million: Decimal | None
    output_per_million: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A model that can be named; a price is None where no list knows the model."""

    name: str
    provider: str
    usable: bool
    input_per_million: Decimal | None
    output_per_million: Decimal | None
    priced_at: date | None
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    name: str
    configured: bool
    key_hint: str | None
    base_url: str | None
    models: Sequence[Offered]
    circuit: Circuit | None
    concurrency: int | None
    how_to_configure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """How a call ended; `error` is in the provider's own words where it gave any."""

    ok: bool
    latency_ms: float | None
    model: str
    error: str | None = None
    error_code: str | None = None


def page(session: Session, subject: Subject) -> list[Provider]:
    """All providers there are, the local one last."""
    known = credentials(get_settings())
    usable = set(registry().providers())
    states = circuits.states([name for name in PROVIDERS if name in usable])
    offered = models(session, subject)
    concurrency = get_settings().provider_concurrency
    return [
        Provider(
            name=name,
            configured=name in usable,
            key_hint=_key_hint(known.get(name)),
            base_url=_base_url(known.get(name)),
            models=[model for model in offered if model.provider == name],
            circuit=states.get(name),
            concurrency=concurrency if name in usable else None,
            how_to_configure=_how_to_configure(name),
        )
        for name in KNOWN
    ]


def models(session: Session, subject: Subject) -> list[Offered]:
    """Those of the settings and of this workspace, and a few to begin with; by name."""
    usable = set(registry().providers())
    named = {*_of_settings(), *_in_use(session, subject), *_suggested(usable)}
    today = now().date()
    return [_offered(name, usable, today) for name in sorted(named)]


def _of_settings() -> set[str]:
    settings = get_settings()
    return {settings.default_model, settings.judge, f"{LOCAL}:{LOCAL_MODEL}"}


def _suggested(usable: Iterable[str]) -> set[str]:
    """None for a server of one's own: it has models of its own."""
    known = credentials(get_settings())
    own = {name for name, credential in known.items() if credential.base_url}
    return {
        f"{provider}:{model}"
        for provider, found in SUGGESTED.items()
        if provider not in own
        for model in (found if provider in usable else found[:1])
    }


def _in_use(session: Session, subject: Subject) -> set[str]:
    """What versions, judges and experiments of the workspace name."""
    columns = (PromptVersion.model, JudgeVersion.model, ExperimentArm.model)
    found = session.scalars(
        union(
            *(
                select(column).where(
                    column.class_.workspace_id == subject.workspace_id, column.is_not(None)
                )
                for column in columns
            )
        )
    )
    return {name for name in found if name and _is_known(name)}


def _is_known(reference: str) -> bool:
    try:
        parse(reference)
    except UnknownModel:
        return False
    return True


def _offered(reference: str, usable: set[str], today: date) -> Offered:
    provider = parse(reference).provider
    prices = _prices(reference, today)
    return Offered(
        name=reference,
        provider=provider,
        usable=provider in usable,
        **prices._asdict(),
        priced_at=today if prices.input_per_million is not None else None,
        is_default=reference == get_settings().default_model,
    )


def _prices(reference: str, at: date) -> Prices:
    provider, model = parse(reference)
    if provider == LOCAL:
        return Prices(Decimal(0), Decimal(0))
    sides = (
        Usage(tokens_in=PRICED_TOKENS, tokens_out=0),
        Usage(tokens_in=0, tokens_out=PRICED_TOKENS),
    )
    costs = [listed(provider, model, side, at) for side in sides]
    return Prices(*(None if cost is None else cost * PER_MILLION for cost in costs))


def _key_hint(credential: Credential | None) -> str | None:
    if credential is None or not credential.secret:
        return None
    return f"…{credential.secret[-4:]}" if len(credential.secret) >= LEAST_HINTED else "…"


def _base_url(credential: Credential | None) -> str | None:
    """Without what may be secret in it: user, password, query."""
    if credential is None or not credential.base_url:
        return None
    parts = urlsplit(credential.base_url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _how_to_configure(name: str) -> str:
    if name == LOCAL:
        return "Nothing to do: the extractive baseline answers without a key and without a network."
    title, variable = PROVIDERS[name]
    server = variable.replace("_API_KEY", "").replace("_API_TOKEN", "") + "_BASE_URL"
    prefix = "LLMOPS_" if name == "huggingface" else ""
    return (
        f"Set {variable} in the environment or in .env (in a container: {variable}_FILE) and "
        f"restart; for a server that speaks {title}'s protocol, set {prefix}{server} as well."
    )


def try_out(subject: Subject, *, name: str, model: str | None) -> Tested:
    """One small call, tried once, past the limits and breakers that work in progress shares.

    Holds no transaction while it waits. Raises ProviderNotFound, and Invalid for a model of
    another provider, or where none is named and the workspace knows none.
    """
    if name not in KNOWN:
        raise ProviderNotFound(name=name, known=", ".join(KNOWN))
    reference = _reference(name, model) if model else _first_known(subject, name)
    try:
        completion = asyncio.run(_ask(reference))
    except UnknownModel as error:
        raise invalid("#/model", str(error), code="unknown_model") from error
    except ModelError as error:
        said = f" It says: “{error.said}”" if error.said and error.said not in error.message else ""
        return Tested(
            ok=False,
            latency_ms=None,
            model=reference,
            error=error.message + said,
            error_code=error.code,
        )
    _book(subject, reference, completion)
    return Tested(ok=True, latency_ms=round(completion.latency_ms, 1), model=reference)


async def _ask(reference: str) -> Completion:
    limits = Limits(concurrency=1, tries=1, deadline_s=TINY.timeout_s)
    asking = Registry(credentials(get_settings()), limits)
    try:
        return await asking.get(reference).complete([GREETING], TINY)
    finally:
        await asking.aclose()


def _reference(provider: str, model: str) -> str:
    """`provider:model` of what may be written without its provider."""
    first = model.partition(":")[0]
    if first == provider:
        return model
    if first in KNOWN:
        raise invalid("#/model", f"{model} is no model of {provider}.", code="other_provider")
    return f"{provider}:{model}"


def _first_known(subject: Subject, provider: str) -> str:
    """The default model or the judge where they are this provider's, else any that is named."""
    settings = get_settings()
    with unit_of_work(subject.workspace_id) as session:
        named = [model.name for model in models(session, subject)]
    for reference in (settings.default_model, settings.judge, *named):
        if reference.startswith(f"{provider}:"):
            return reference
    raise invalid("#/model", f"Say which model of {provider} to ask.", code="missing")


def _book(subject: Subject, reference: str, completion: Completion) -> None:
    call = priced("completion", reference, completion, get_settings().flat_token_price)
    with unit_of_work(subject.workspace_id) as session:
        session.add(
            CostEntry(
                workspace_id=subject.workspace_id,
                kind=call.kind,
                source=SOURCE,
                model=call.model,
                tokens_in=call.tokens_in,
                tokens_out=call.tokens_out,
                tokens_estimated=call.tokens_estimated,
                cost_usd=call.cost_usd,
                cost_estimated=call.cost_estimated,
                latency_ms=call.latency_ms,
            )
        )
