"""Prices of one's own: dated, by model; where there is none, the lists' price counts."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, union
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.budgets.schemas import (
    PriceList,
    PriceOverrideCreate,
    PriceOverrideRead,
    PriceRead,
    PriceSource,
)
from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.errors import Conflict, NotFound, invalid
from app.llm.catalogue import of_settings, suggested
from app.llm.client import Usage
from app.llm.credentials import credentials
from app.llm.pricing import MILLION, Override, Overrides, in_force, price
from app.llm.registry import LOCAL, UnknownModel, parse
from app.models import Experiment, ExperimentArm, JudgeVersion, PriceOverride, PromptVersion

THOUSAND = 1000
LISTS = "genai-prices"


class Known(NamedTuple):
    """USD per million tokens, and the day that is from; None where nobody says."""

    source: PriceSource
    input_usd: Decimal | None
    output_usd: Decimal | None
    priced_at: date | None


UNKNOWN = Known(PriceSource.unknown, None, None, None)


class PriceNotFound(NotFound):
    message = "There is no price of your own with this id."


class PriceExists(Conflict):
    message = "There is a price for this model from this day on already; remove that one first."


def overrides(session: Session, workspace_id: UUID) -> Overrides:
    """By model, the newest day first: what `llm.pricing` takes."""
    found: dict[str, list[Override]] = defaultdict(list)
    for row in _rows(session, workspace_id):
        found[row.model].append(Override(row.valid_from, row.input_usd, row.output_usd))
    return found


def _rows(session: Session, workspace_id: UUID) -> list[PriceOverride]:
    return list(
        session.scalars(
            select(PriceOverride)
            .where(PriceOverride.workspace_id == workspace_id)
            .order_by(PriceOverride.model, PriceOverride.valid_from.desc())
        )
    )


def in_use(session: Session, workspace_id: UUID) -> set[str]:
    """What versions, experiments and judges of the workspace name."""
    columns = (
        PromptVersion.model,
        JudgeVersion.model,
        ExperimentArm.model,
        Experiment.judge_model,
    )
    named = union(
        *(
            select(column).where(column.class_.workspace_id == workspace_id, column.is_not(None))
            for column in columns
        )
    )
    return {name for name in session.scalars(named) if name}


def listing(session: Session, subject: Subject) -> PriceList:
    """Models in use, those that can be chosen as things are configured, those with a price."""
    own: dict[str, list[PriceOverride]] = defaultdict(list)
    for row in _rows(session, subject.workspace_id):
        own[row.model].append(row)
    settings = get_settings()
    used = in_use(session, subject.workspace_id)
    models = {*used, *own, *of_settings(settings), *suggested(credentials(settings))}
    return PriceList(
        items=[_shown(model, own[model], in_use=model in used) for model in sorted(models)],
        lists=f"{LISTS} {version(LISTS)}",
        flat_rate_usd=settings.flat_token_price * MILLION,
    )


def _shown(model: str, own: list[PriceOverride], *, in_use: bool) -> PriceRead:
    told = [Override(row.valid_from, row.input_usd, row.output_usd) for row in own]
    mine = in_force(told, now().date())
    found = (
        Known(PriceSource.override, mine.input_usd, mine.output_usd, mine.valid_from)
        if mine
        else by_lists(model)
    )
    return PriceRead(
        model=model,
        **found._asdict(),
        in_use=in_use,
        overrides=[PriceOverrideRead.model_validate(row) for row in own],
    )


def by_lists(model: str) -> Known:
    """A thousand tokens times a thousand, for some prices step up in long calls."""
    today = now().date()
    try:
        if parse(model).provider == LOCAL:
            return Known(PriceSource.local, Decimal(0), Decimal(0), None)
        known_in = price(model, Usage(tokens_in=THOUSAND, tokens_out=0), today).cost_usd
        known_out = price(model, Usage(tokens_in=0, tokens_out=THOUSAND), today).cost_usd
    except UnknownModel:  # a provider this version no longer knows
        return UNKNOWN
    if known_in is None or known_out is None:
        return UNKNOWN
    return Known(PriceSource.listed, known_in * THOUSAND, known_out * THOUSAND, today)


def create(session: Session, subject: Subject, wanted: PriceOverrideCreate) -> PriceOverride:
    """Raises 422 for a model that is none, PriceExists."""
    try:
        reference = str(parse(wanted.model))
    except UnknownModel as error:
        raise invalid("#/model", str(error), code="unknown_model") from error
    same = select(PriceOverride.id).where(
        PriceOverride.workspace_id == subject.workspace_id,
        PriceOverride.model == reference,
        PriceOverride.valid_from == wanted.valid_from,
    )
    if session.scalar(same) is not None:
        raise PriceExists
    made = PriceOverride(
        id=new_id(),
        workspace_id=subject.workspace_id,
        created_by=subject.label,
        **{**wanted.model_dump(), "model": reference},
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    _record(session, subject, AuditTag.price_set, made, after=wanted.model_dump(mode="json"))
    return made


def remove(session: Session, subject: Subject, price_id: UUID) -> None:
    found = session.scalar(
        select(PriceOverride).where(
            PriceOverride.workspace_id == subject.workspace_id, PriceOverride.id == price_id
        )
    )
    if found is None:
        raise PriceNotFound
    session.execute(delete(PriceOverride).where(PriceOverride.id == price_id))
    before = {"model": found.model, "valid_from": found.valid_from}
    _record(session, subject, AuditTag.price_removed, found, before=before)


def _record(
    session: Session,
    subject: Subject,
    tag: AuditTag,
    row: PriceOverride,
    **values: dict[str, Any],
) -> None:
    audit.record(session, subject, tag, object_id=row.id, **values)
