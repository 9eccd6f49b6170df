"""The providers and models there are, what they cost, and what may be asked of them now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.budgets import prices
from app.core.clock import now
from app.core.config import get_settings
from app.core.errors import NotFound
from app.llm.catalogue import SUGGESTED, of_settings, suggested
from app.llm.credentials import credentials
from app.llm.failures import PROVIDERS
from app.llm.registry import KNOWN, LOCAL, Credential, UnknownModel, parse
from app.runs import circuits
from app.runs.circuits import Circuit
from app.runs.providers import registry
from app.runs.shared_limits import Standing, standings

LEAST_HINTED = 16  # characters of a key; of a shorter one even four are too many


class ProviderNotFound(NotFound):
    message = "There is no provider {name!r}; there are: {known}."


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
    known = credentials(get_settings())
    named = {
        *of_settings(get_settings()),
        *filter(_is_known, prices.in_use(session, subject.workspace_id)),
        *suggested(known),
        *(f"{name}:{found[0]}" for name, found in SUGGESTED.items() if name not in known),
    }
    usable = set(registry().providers())
    return [_offered(name, usable) for name in sorted(named)]


def _is_known(reference: str) -> bool:
    try:
        parse(reference)
    except UnknownModel:
        return False
    return True


def _offered(reference: str, usable: set[str]) -> Offered:
    provider = parse(reference).provider
    found = prices.by_lists(reference)
    return Offered(
        name=reference,
        provider=provider,
        usable=provider in usable,
        input_per_million=found.input_usd,
        output_per_million=found.output_usd,
        priced_at=found.priced_at,
        is_default=reference == get_settings().default_model,
    )


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
