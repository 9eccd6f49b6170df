"""One real call to a provider, paid like any other, to see whether it works."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.budgets import prices, spend
from app.budgets.spend import Spender
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.core.errors import invalid
from app.llm.client import Completion, Message, ModelError, Options
from app.llm.credentials import credentials
from app.llm.limits import Limits
from app.llm.registry import KNOWN, Registry, UnknownModel
from app.models import CostEntry
from app.operations.providers import ProviderNotFound, models
from app.runs.case import priced
from app.runs.worst_case import Tariff, worst_case

GREETING = Message(role="user", content="Reply with the word OK.")
TINY = Options(max_tokens=16, timeout_s=30.0)  # OpenAI asks for at least 16
SOURCE = "provider_test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """How a call ended; `error` is in the provider's own words where it gave any."""

    ok: bool
    latency_ms: float | None
    model: str
    error: str | None = None
    error_code: str | None = None


def try_out(subject: Subject, *, name: str, model: str | None) -> Tested:
    """One small call, tried once, past the limits and breakers that work in progress shares.

    Holds no transaction while it waits. Raises ProviderNotFound, and Invalid for a model of
    another provider, or where none is named and the workspace knows none; BudgetGone.
    """
    if name not in KNOWN:
        raise ProviderNotFound(name=name, known=", ".join(KNOWN))
    reference = _reference(name, model) if model else _first_known(subject, name)
    reservation_id, completion = new_id(), None
    try:
        _reserve(subject, reservation_id, reference)
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
    finally:
        _settle(subject, reservation_id, reference, completion)
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


def _tariff(session: Session, subject: Subject) -> Tariff:
    own = prices.overrides(session, subject.workspace_id)
    return Tariff(get_settings().flat_token_price, own)


def _reserve(subject: Subject, reservation_id: UUID, reference: str) -> None:
    spender = Spender(workspace_id=subject.workspace_id, api_key_id=subject.key_id)
    with unit_of_work(subject.workspace_id) as session:
        amount = worst_case(
            _tariff(session, subject),
            model=reference,
            parameters={"max_tokens": TINY.max_tokens},
            texts=[GREETING.content],
        )
        spend.reserve(session, spender, reservation_id, amount)


def _settle(
    subject: Subject, reservation_id: UUID, reference: str, completion: Completion | None
) -> None:
    with unit_of_work(subject.workspace_id) as session:
        spend.settle(session, reservation_id)
        if completion is None:
            return
        tariff = _tariff(session, subject)
        call = priced(
            "completion", reference, completion, tariff.flat_rate, overrides=tariff.overrides
        )
        told = {"workspace_id": subject.workspace_id, "api_key_id": subject.key_id}
        session.add(CostEntry(**told, source=SOURCE, **call._asdict()))
