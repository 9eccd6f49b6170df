"""The answer of /analytics: series, errors by class, the period before, marks and movers."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analytics import facts, movers, series
from app.analytics.facts import FACTS, Slice
from app.analytics.schemas import Analytics, ErrorClass, Every, GroupBy, LabelMark, Series, Totals
from app.analytics.series import OTHER, Figures, Reading
from app.analytics.window import Window
from app.models import LabelMove, Prompt, PromptVersion

MOST_MARKS = 200
SHOWN = tuple(Totals.model_fields)


class Question(NamedTuple):
    window: Window
    by: GroupBy
    wanted: Slice
    interval: Every
    tz: str


def analyse(session: Session, subject: Subject, asked: Question) -> Analytics:
    window, wanted = asked.window, asked.wanted
    reading = series.read(session, subject, window, wanted, asked.by)
    before = series.read(session, subject, window.before, wanted, GroupBy.none)
    return Analytics.model_validate(
        {
            "from": window.since,
            "to": window.until,
            "interval": asked.interval,
            "tz": asked.tz,
            "by": asked.by,
            "buckets": window.bounds,
            "groups": _groups(session, subject, reading, asked.by),
            "errors_by_class": _errors(session, subject, window, wanted),
            "totals": reading.total,
            "previous": before.total,
            "label_moves": label_marks(session, subject, window, wanted.prompt_id),
            "movers": movers.find(session, subject, window, wanted),
        }
    )


def _groups(session: Session, subject: Subject, reading: Reading, by: GroupBy) -> list[Series]:
    names = _names(session, subject, reading, by)
    groups = []
    for key, total in reading.totals.items():
        rest = key == OTHER and len(reading.totals) > series.LARGEST
        name = f"other ({total.keys})" if rest else names.get(key, key)
        columns = {column: [getattr(f, column) for f in reading.by_group[key]] for column in SHOWN}
        groups.append(
            Series.model_validate({"key": key, "name": name, **columns, "totals": _totals(total)})
        )
    return groups


def _totals(figures: Figures) -> Totals:
    return Totals.model_validate(figures)


def _names(session: Session, subject: Subject, reading: Reading, by: GroupBy) -> Mapping[str, str]:
    """What people call the groups; a model and a source are called what they are."""
    if by not in {GroupBy.prompt, GroupBy.version}:
        return {"all": "all calls"}
    ids = [UUID(key) for key in reading.totals if key not in {OTHER, "none"}]
    if by is GroupBy.prompt:
        rows = session.execute(
            select(Prompt.id, Prompt.name).where(
                Prompt.workspace_id == subject.workspace_id, Prompt.id.in_(ids)
            )
        )
        return {"none": "without a prompt", **{str(row.id): row.name for row in rows}}
    rows = session.execute(
        select(PromptVersion.id, PromptVersion.number, Prompt.name)
        .join(Prompt, Prompt.id == PromptVersion.prompt_id)
        .where(PromptVersion.workspace_id == subject.workspace_id, PromptVersion.id.in_(ids))
    )
    return {"none": "without a version", **{str(r.id): f"{r.name} v{r.number}" for r in rows}}


def _errors(session: Session, subject: Subject, window: Window, wanted: Slice) -> list[ErrorClass]:
    """The most frequent first."""
    statement = text(
        f"WITH {FACTS} SELECT error, width_bucket(at, :bounds) AS bucket, count(*) AS number"  # noqa: S608 - our own text
        " FROM facts WHERE failed GROUP BY error, bucket"
    ).bindparams(bindparam("bounds", type_=ARRAY(DateTime(timezone=True))))
    rows = session.execute(
        statement, {**facts.values(subject, window, wanted), "bounds": window.bounds}
    )
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(window.bounds))
    for row in rows:
        found[row.error][row.bucket - 1] = row.number
    counted = sorted(found.items(), key=lambda item: (-sum(item[1]), item[0]))
    return [
        ErrorClass(error_code=code, count=sum(numbers), per_bucket=numbers)
        for code, numbers in counted
    ]


def label_marks(
    session: Session, subject: Subject, window: Window, prompt_id: UUID | None = None
) -> list[LabelMark]:
    """Where labels moved, newest first."""
    wanted = (
        select(
            LabelMove.created_at.label("at"),
            LabelMove.prompt_id,
            Prompt.name.label("prompt_name"),
            LabelMove.label,
            LabelMove.from_number,
            LabelMove.to_number,
        )
        .join(Prompt, Prompt.id == LabelMove.prompt_id)
        .where(
            LabelMove.workspace_id == subject.workspace_id,
            LabelMove.created_at >= window.since,
            LabelMove.created_at < window.until,
        )
        .order_by(LabelMove.id.desc())
        .limit(MOST_MARKS)
    )
    if prompt_id is not None:
        wanted = wanted.where(LabelMove.prompt_id == prompt_id)
    return [LabelMark.model_validate(row) for row in session.execute(wanted)]
