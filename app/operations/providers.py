"""The providers and models there are, what they cost, and what may be asked of them now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import now
from app.core.config import get_settings
from app.core.errors import NotFound
from app.llm.client import Usage
from app.llm.failures import PROVIDERS
from app.llm.local import NAME as LOCAL_MODEL
from app.llm.pricing import listed
from app.llm.registry import KNOWN, LOCAL, Credential, UnknownModel, parse
from app.models import ExperimentArm, JudgeVersion, PromptVersion
from app.runs import circuits
from app.runs.circuits import Circuit
from app.runs.providers import credentials, registry
from app.runs.shared_limits import Standing, standings

SUGGESTED = {  # to begin with; any model can be written instead
    "openai": ("gpt-5-mini", "gpt-5"),
    "anthropic": ("claude-haiku-4-5", "claude-sonnet-4-5"),
    "huggingface": ("Qwen/Qwen3-32B",),
}
LEAST_HINTED = 16  # characters of a key; of a shorter one even four are too many
PRICED_TOKENS = 1_000  # few: some lists charge more for calls beyond 200,000
PER_MILLION = 1_000_000 // PRICED_TOKENS


class ProviderNotFound(NotFound):
    message = "There is no provider {name!r}; there are: {known}."


class Prices(NamedTuple):
    """US dollars per million tokens."""

    input_per_million: Decimal | None
    output_per_million: Decimal | None


class SharedLimit(NamedTuple):
    """What all workers share for one model, as it stands."""

    concurrency: int
    in_flight: int
    held_until: datetime | None
    requests_per_minute: float | None
    tokens_per_minute: float | None


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
    limit: SharedLimit | None = None  # of one that nobody asks: not known


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
            models=_with_limits(name, known.get(name), offered),
            circuit=states.get(name),
            concurrency=concurrency if name in usable else None,
            how_to_configure=_how_to_configure(name),
        )
        for name in KNOWN
    ]


def _with_limits(
    provider: str, credential: Credential | None, offered: Sequence[Offered]
) -> list[Offered]:
    """The provider's models; only those this workspace names tell what they are asked."""
    own = [model for model in offered if model.provider == provider]
    if credential is None:
        return own
    found = standings(provider, credential.fingerprint)
    limits = {f"{provider}:{model}": _limit(standing) for model, standing in found.items()}
    return [replace(model, limit=limits.get(model.name)) for model in own]


def _limit(standing: Standing) -> SharedLimit:
    held = now() + timedelta(seconds=standing.held_s) if standing.held_s > 0 else None
    return SharedLimit(
        concurrency=standing.concurrency,
        in_flight=standing.in_flight,
        held_until=held,
        requests_per_minute=standing.requests_per_minute,
        tokens_per_minute=standing.tokens_per_minute,
    )


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
