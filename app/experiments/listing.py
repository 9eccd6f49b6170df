"""The list of experiments: filtered, sorted, page by page."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Double, Select, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.experiments.service import readable_by
from app.models import ON_BEHALF, Experiment, ExperimentArm, Prompt
from app.verdicts.policy import FAILURE, HALLUCINATION

WITHOUT = 2.0  # sorts what has no difference, which lies in [-1, 1], behind all that have one


class Order(StrEnum):
    newest = "-created_at"
    oldest = "created_at"
    name = "name"
    cost = "-cost_usd"
    difference = "difference"  # the worst first


class Filters(NamedTuple):
    """`q` is a part of the experiment's or its prompt's name."""

    q: str | None = None
    prompt_id: UUID | None = None
    status: str | None = None
    trigger: str | None = None
    verdict: str | None = None
    tag: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Listed(NamedTuple):
    """`place` is where the row stands in its list, as a cursor keeps it."""

    experiment: Experiment
    prompt_name: str
    place: list[Any]


def page(
    session: Session,
    subject: Subject,
    *,
    filters: Filters,
    order: Order,
    after: Sequence[Any] | None,
    limit: int,
) -> tuple[list[Listed], int]:
    """Each with its prompt's name; and how many match in all."""
    matching = _matching(subject, filters)
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    keys = [*KEYS.get(order, ()), Experiment.id]
    backwards = order.startswith("-")
    if after is not None:
        *values, last = after
        here, there = tuple_(*keys), tuple_(*values, UUID(last))
        matching = matching.where(here < there if backwards else here > there)
    named = matching.join(Prompt, Prompt.id == Experiment.prompt_id)
    rows = session.execute(
        named.add_columns(Prompt.name, *keys)
        .order_by(*(key.desc() if backwards else key.asc() for key in keys))
        .limit(limit)
    )
    return [Listed(row[0], row[1], list(row[2:])) for row in rows], total


_LEAD = Experiment.comparisons[0]
_DIFFERENCE = _LEAD["difference"].astext.cast(Double())
_IS_TURNED = case(  # older ones do not say it
    (_LEAD["direction"].astext.is_not(None), _LEAD["direction"].astext == "lower"),
    else_=_LEAD["metric"].astext.in_((FAILURE, HALLUCINATION)),
)

# nothing for those by time: an id grows with time
KEYS: dict[Order, tuple[Any, ...]] = {
    Order.name: (func.lower(Experiment.name),),
    Order.cost: ((Experiment.cost_usd + Experiment.cost_estimated).cast(Double()),),
    Order.difference: (
        func.coalesce(case((_IS_TURNED, -_DIFFERENCE), else_=_DIFFERENCE), WITHOUT),
    ),
}


def _matching(subject: Subject, filters: Filters) -> Select[Experiment]:
    matching = readable_by(subject)
    wanted = {
        Experiment.prompt_id: filters.prompt_id,
        Experiment.status: filters.status,
        Experiment.trigger: filters.trigger,
        Experiment.verdict["verdict"].astext: filters.verdict,
    }
    for column, value in wanted.items():
        if value is not None:
            matching = matching.where(column == value)
    if filters.trigger is None:
        matching = matching.where(Experiment.trigger.not_in(ON_BEHALF))
    if filters.q is not None:
        called = select(Prompt.id).where(Prompt.name.icontains(filters.q, autoescape=True))
        named = Experiment.name.icontains(filters.q, autoescape=True)
        matching = matching.where(or_(named, Experiment.prompt_id.in_(called)))
    if filters.tag is not None:
        matching = matching.where(Experiment.tags.contains([filters.tag]))
    if filters.since:
        matching = matching.where(Experiment.created_at >= filters.since)
    if filters.until:
        matching = matching.where(Experiment.created_at < filters.until)
    return matching


def arms(session: Session, listed: Sequence[Listed]) -> dict[UUID, list[ExperimentArm]]:
    """The arms of all of them, in their order."""
    found: dict[UUID, list[ExperimentArm]] = {row.experiment.id: [] for row in listed}
    for arm in session.scalars(
        select(ExperimentArm)
        .where(ExperimentArm.experiment_id.in_(found))
        .order_by(ExperimentArm.experiment_id, ExperimentArm.arm)
    ):
        found[arm.experiment_id].append(arm)
    return found
