"""Examples and cases out of the database: two or three statements for an experiment of any size."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from app.comparison.schemas import PREVIEW
from app.models import CaseScore, CaseState, Experiment, ExperimentExample, Result
from app.verdicts.policy import FAILURE, HALLUCINATION, SCORE

LOOKED_AT = 200  # examples that tell which variable tells cases apart
LAST_OF_USER = '$[*] ? (@.role == "user").content'  # of a variable that holds messages


class Example(NamedTuple):
    example_id: UUID
    position: int
    question: str
    tags: list[str]
    critical: bool


class Cell(NamedTuple):
    """One example under one arm: its repeats as one; `value` is the metric's, `score` the score."""

    value: float | None
    spread: float | None
    score: float | None
    state: str
    output: str | None
    cost_usd: Decimal | None
    latency_ms: float | None


Cells = Mapping[int, Mapping[int, Cell]]  # arm → position → cell


def examples(session: Session, experiment: Experiment) -> list[Example]:
    """In their order, each with the beginning of what tells it apart."""
    name = _telling_variable(session, experiment)
    whole = cast(ExperimentExample.input_data, Text())
    said = func.coalesce(_text(ExperimentExample.input_data[name]), whole) if name else whole
    rows = session.execute(
        select(
            ExperimentExample.example_id,
            ExperimentExample.position,
            func.left(said, PREVIEW),
            ExperimentExample.tags,
            ExperimentExample.critical,
        )
        .where(*_of(ExperimentExample, experiment))
        .order_by(ExperimentExample.position)
    )
    return [Example(*row) for row in rows]


def _telling_variable(session: Session, experiment: Experiment) -> str | None:
    """The longest input that differs from example to example; never what is their context."""
    given = func.jsonb_each(ExperimentExample.input_data).table_valued("key", "value")
    text = _text(given.c.value)
    rows = session.execute(
        select(given.c.key, func.count(func.md5(text).distinct()), func.avg(func.length(text)))
        .select_from(ExperimentExample)
        .join(given, text.is_distinct_from(ExperimentExample.context))
        .where(*_of(ExperimentExample, experiment), ExperimentExample.position < LOOKED_AT)
        .where(text.is_not(None))
        .group_by(given.c.key)
    ).all()
    most = max((distinct for _, distinct, _ in rows), default=0)
    telling = [(length, name) for name, distinct, length in rows if 10 * distinct >= 9 * most]
    return max(telling, default=(0, None))[1]


def _text(value: ColumnElement[Any]) -> ColumnElement[str]:
    """A string as it is, of messages the user's last; null for anything else."""
    kind = func.jsonb_typeof(value)
    last = func.jsonb_path_query_array(value, LAST_OF_USER).op("->>")(-1)
    return case((kind == "string", value.op("#>>")("{}")), (kind == "array", last))


def cells(session: Session, experiment: Experiment, arms: Collection[int], metric: str) -> Cells:
    """What has run of these arms."""
    value = _column(metric, experiment)
    rows = select(
        Result.arm,
        Result.position,
        func.avg(value),
        func.stddev_samp(value),
        func.avg(Result.score),
        _state(),
        _preview(),
        _cost(),
        func.avg(Result.latency_ms),
    )
    if value is CaseScore.value:
        judged = and_(
            CaseScore.experiment_id == Result.experiment_id,
            CaseScore.case_no == Result.case_no,
            CaseScore.evaluator == metric,
        )
        rows = rows.outerjoin(CaseScore, judged)
    wanted = (*_of(Result, experiment), Result.arm.in_(arms), Result.retrying.is_(False))
    found: dict[int, dict[int, Cell]] = {arm: {} for arm in arms}
    for arm, position, *cell in session.execute(
        rows.where(*wanted).group_by(Result.arm, Result.position)
    ):
        found[arm][position] = Cell(*cell)
    return found


def _of(table: Any, experiment: Experiment) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - a model
    return (
        table.experiment_id == experiment.id,
        table.workspace_id == experiment.workspace_id,
    )


def _column(metric: str, experiment: Experiment) -> Any:  # noqa: ANN401 - a column
    if metric in {SCORE, FAILURE, experiment.primary_evaluator}:
        return Result.score
    return Result.hallucination_rate if metric == HALLUCINATION else CaseScore.value


def _state() -> ColumnElement[str]:
    """Scored when every repeat is; else how one of them failed."""
    failed = func.min(Result.state).filter(Result.state != CaseState.scored)
    return func.coalesce(failed, CaseState.scored)


def _preview() -> ColumnElement[str]:
    """Of the first repeat that has an output."""
    begun = func.left(Result.output, PREVIEW)
    return func.array_agg(aggregate_order_by(begun, Result.repeat)).filter(
        Result.output.is_not(None)
    )[1]


def _cost() -> ColumnElement[Decimal]:
    """Null as soon as one answer's price is unknown."""
    unknown = func.bool_or(Result.latency_ms.is_not(None) & Result.cost_usd.is_(None))
    return case((unknown, None), else_=func.sum(Result.cost_usd))
