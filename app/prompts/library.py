"""The library as it is shown: prompts with their labels, newest version, examples and score.

A page costs the same number of statements whatever it holds.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, true, tuple_
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.models import GoldenExample, Prompt, PromptAlias, PromptLabel, PromptVersion
from app.prompts import labels, paging, quality, scores, service, usage
from app.prompts.labels import Standing
from app.prompts.paging import Listing
from app.prompts.quality import Difference, Estimate
from app.prompts.scores import LastScore

AnyRow = Row[*tuple[Any, ...]]
Sort = Literal[
    "name",
    "-name",
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "score",
    "-score",
]
LAST = {"score": 2.0, "-score": -1.0}  # where prompts without a score stand: after all others


class Filters(NamedTuple):
    """`q` is looked for in names, descriptions, tags and the newest version's text.

    `folder` is the beginning of a name, up to a slash; `regressed` asks for prompts whose newest
    version is proven worse than the one in production, `unexampled` for those without a golden
    example.
    """

    q: str | None = None
    tags: Sequence[str] = ()
    label: str | None = None
    archived: bool = False
    folder: str | None = None
    regressed: bool = False
    owner: str | None = None
    unexampled: bool = False


class Production(NamedTuple):
    version_id: UUID
    number: int


class Card(NamedTuple):
    """A prompt and what people want to know of it at a glance."""

    id: UUID
    name: str
    description: str
    tags: list[str]
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    aliases: list[str]
    labels: list[Standing]
    latest_version: AnyRow | None
    golden_count: int
    last_score: LastScore | None
    production: Production | None
    score: Estimate | None
    change: Difference | None
    runs_7d: int
    cases_7d: int
    cost_7d: Decimal | None
    owner: str


OWN = Card._fields[: Card._fields.index("aliases")]
COLUMNS = tuple(getattr(Prompt, name) for name in OWN)


def get(session: Session, subject: Subject, prompt_id: UUID) -> Card:
    row = session.execute(_readable_by(subject).where(Prompt.id == prompt_id)).one_or_none()
    if row is None:
        raise service.PromptNotFound
    return _cards(session, subject, [row])[0]


def page(
    session: Session,
    subject: Subject,
    *,
    filters: Filters,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> Listing[Card]:
    matching = _readable_by(subject).where(*_where(subject, filters))
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    key, falling = sort.removeprefix("-"), sort.startswith("-")
    if key == "score":
        score = quality.latest_score(subject)
        column = func.coalesce(score.c.value, LAST[sort])
        matching = matching.add_columns(column.label("place")).join(score, true(), isouter=True)
    else:
        column = getattr(Prompt, key)
        matching = matching.add_columns(column.label("place"))
    order = f"prompts {subject.workspace_id} {sort}"
    after = paging.place(cursor, order)
    if after:
        value = datetime.fromisoformat(after[0]) if key.endswith("_at") else after[0]
        here, there = tuple_(column, Prompt.id), tuple_(value, UUID(after[1]))
        matching = matching.where(here < there if falling else here > there)
    by = (column, Prompt.id)
    ordered = matching.order_by(*((part.desc() for part in by) if falling else by))
    rows = session.execute(ordered.limit(limit + 1)).all()
    cut = paging.listing(
        rows,
        limit=limit,
        total=total,
        order=order,
        place_of=lambda row: [row.place, row.id],
    )
    return Listing(_cards(session, subject, cut.items), cut.next_cursor, total)


def _readable_by(subject: Subject) -> Select[*tuple[Any, ...]]:
    """`service.readable_by` without the objects: a thousand of them cost 20 ms."""
    return select(*COLUMNS).where(Prompt.workspace_id == subject.workspace_id)


def _where(subject: Subject, filters: Filters) -> list[ColumnElement[bool]]:
    archived = Prompt.archived_at.is_not(None)
    clauses: list[ColumnElement[bool]] = [archived if filters.archived else ~archived]
    if filters.tags:
        clauses.append(Prompt.tags.contains(list(filters.tags)))
    if filters.label:
        clauses.append(
            exists().where(
                PromptLabel.workspace_id == subject.workspace_id,
                PromptLabel.prompt_id == Prompt.id,
                PromptLabel.name == filters.label,
            )
        )
    if filters.folder:
        folder = filters.folder.removesuffix("/") + "/"
        clauses.append(Prompt.name.startswith(folder, autoescape=True))
    if filters.regressed:
        clauses.append(quality.regressed(subject))
    if filters.owner:
        clauses.append(Prompt.created_by == filters.owner)
    if filters.unexampled:
        clauses.append(
            ~exists().where(
                GoldenExample.workspace_id == subject.workspace_id,
                GoldenExample.prompt_id == Prompt.id,
            )
        )
    if filters.q:
        clauses.append(_mentions(subject, filters.q))
    return clauses


def _mentions(subject: Subject, q: str) -> ColumnElement[bool]:
    turn = func.jsonb_array_elements(PromptVersion.messages, type_=JSONB()).column_valued("turn")
    said = exists(select(turn).where(turn["content"].astext.icontains(q, autoescape=True)))
    text = exists().where(
        PromptVersion.workspace_id == subject.workspace_id,
        PromptVersion.prompt_id == Prompt.id,
        PromptVersion.number == Prompt.latest_number,
        or_(PromptVersion.template.icontains(q, autoescape=True), said),
    )
    tags = func.array_to_string(Prompt.tags, "\n")
    return or_(
        *(part.icontains(q, autoescape=True) for part in (Prompt.name, Prompt.description, tags)),
        text,
    )


def _cards(session: Session, subject: Subject, rows: Sequence[AnyRow]) -> list[Card]:
    ids = [row.id for row in rows]
    standing = labels.standing(session, subject, ids)
    newest = _newest_versions(session, subject, ids)
    counts = _golden_counts(session, subject, ids)
    aliases = _aliases(session, subject, ids)
    last = scores.of_prompts(session, subject, ids)
    served = quality.scores(session, subject, ids)
    changes = quality.changes(session, subject, ids)
    uses = usage.uses(session, subject, ids)
    return [
        Card(
            **{name: getattr(row, name) for name in OWN},
            aliases=aliases.get(row.id, []),
            labels=standing[row.id],
            latest_version=newest.get(row.id),
            golden_count=counts.get(row.id, 0),
            last_score=last.get(row.id),
            production=_production(standing[row.id]),
            score=served.get(row.id),
            change=changes.get(row.id),
            runs_7d=used.runs,
            cases_7d=used.cases,
            cost_7d=used.cost_usd,
            owner=row.created_by,
        )
        for row in rows
        for used in [uses.get(row.id, usage.NO_USE)]
    ]


def _production(standing: Sequence[Standing]) -> Production | None:
    found = (label for label in standing if label.name == labels.PRODUCTION)
    holder = next(found, None)
    return Production(holder.version_id, holder.version_number) if holder else None


def _newest_versions(session: Session, subject: Subject, ids: Sequence[UUID]) -> dict[UUID, AnyRow]:
    rows = session.execute(
        select(
            PromptVersion.prompt_id,
            PromptVersion.id,
            PromptVersion.number,
            PromptVersion.content_hash,
            PromptVersion.model,
            PromptVersion.message,
            PromptVersion.created_by,
            PromptVersion.created_at,
        )
        .join(
            Prompt,
            and_(
                Prompt.id == PromptVersion.prompt_id, Prompt.latest_number == PromptVersion.number
            ),
        )
        .where(PromptVersion.workspace_id == subject.workspace_id, PromptVersion.prompt_id.in_(ids))
    )
    return {row.prompt_id: row for row in rows}


def _golden_counts(session: Session, subject: Subject, ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(GoldenExample.prompt_id, func.count().label("examples"))
        .where(GoldenExample.workspace_id == subject.workspace_id, GoldenExample.prompt_id.in_(ids))
        .group_by(GoldenExample.prompt_id)
    )
    return {row.prompt_id: row.examples for row in rows}


def _aliases(session: Session, subject: Subject, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    names = func.array_agg(PromptAlias.name.distinct(), type_=ARRAY(SqlText())).label("names")
    rows = session.execute(
        select(PromptAlias.prompt_id, names)
        .where(PromptAlias.workspace_id == subject.workspace_id, PromptAlias.prompt_id.in_(ids))
        .group_by(PromptAlias.prompt_id)
    )
    return {row.prompt_id: list(row.names) for row in rows}
