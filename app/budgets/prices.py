"""Prices of one's own: dated, by model; where there is none, the lists' price counts."""

from collections import defaultdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, delete, select, union
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
from app.llm.client import Usage
from app.llm.pricing import MILLION, Override, Overrides, in_force, price
from app.llm.registry import LOCAL, UnknownModel, parse
from app.models import Experiment, ExperimentArm, PriceOverride, PromptVersion

THOUSAND = 1000


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


def listing(session: Session, subject: Subject) -> PriceList:
    """Models of versions, experiments and judges, the defaults, and those with a price."""
    mine = subject.workspace_id
    own: dict[str, list[PriceOverride]] = defaultdict(list)
    for row in _rows(session, mine):
        own[row.model].append(row)
    used: CompoundSelect[str | None] = union(
        select(PromptVersion.model).where(PromptVersion.workspace_id == mine),
        select(ExperimentArm.model).where(ExperimentArm.workspace_id == mine),
        select(Experiment.judge_model).where(Experiment.workspace_id == mine),
    )
    settings = get_settings()
    models = {*session.scalars(used), *own, settings.default_model, settings.judge} - {None}
    return PriceList(
        items=[_shown(model, own[model]) for model in sorted(models)],
        flat_rate_usd=settings.flat_token_price * MILLION,
    )


def _shown(model: str, own: list[PriceOverride]) -> PriceRead:
    told = [Override(row.valid_from, row.input_usd, row.output_usd) for row in own]
    today = now().date()
    mine = in_force(told, today)
    source, known_in, known_out = (
        (PriceSource.override, mine.input_usd, mine.output_usd) if mine else _listed(model)
    )
    return PriceRead(
        model=model,
        source=source,
        input_usd=known_in,
        output_usd=known_out,
        overrides=[PriceOverrideRead.model_validate(row) for row in own],
    )


def _listed(model: str) -> tuple[PriceSource, Decimal | None, Decimal | None]:
    """By the lists: a thousand tokens times a thousand, for some prices step up in long calls."""
    try:
        if parse(model).provider == LOCAL:
            return PriceSource.local, Decimal(0), Decimal(0)
        today = now().date()
        known_in = price(model, Usage(tokens_in=THOUSAND, tokens_out=0), today).cost_usd
        known_out = price(model, Usage(tokens_in=0, tokens_out=THOUSAND), today).cost_usd
    except UnknownModel:  # a provider this version no longer knows
        return PriceSource.unknown, None, None
    if known_in is None or known_out is None:
        return PriceSource.unknown, None, None
    return PriceSource.listed, known_in * THOUSAND, known_out * THOUSAND


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
