"""What a prompt's golden examples can be filtered by, counted over all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.golden.service import lacks
from app.models import GoldenExample, PromptVersion
from app.prompts import service as prompts


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Lack:
    variable: str
    count: int


class Facets(NamedTuple):
    """`version_number` is None and there are no variables where no version is written yet."""

    total: int
    critical: int
    tags: list[Facet]
    splits: list[Facet]
    version_number: int | None
    variables: Sequence[Mapping[str, Any]]
    lacking: list[Lack]


def get(session: Session, subject: Subject, prompt_id: UUID) -> Facets:
    """Raises PromptNotFound."""
    prompts.get(session, subject, prompt_id)
    newest = session.execute(
        select(PromptVersion.number, PromptVersion.variables)
        .where(
            PromptVersion.workspace_id == subject.workspace_id,
            PromptVersion.prompt_id == prompt_id,
        )
        .order_by(PromptVersion.number.desc())
        .limit(1)
    ).one_or_none()
    variables = newest.variables if newest else []
    names = [variable["name"] for variable in variables]
    total, critical, *lacking = session.execute(
        _of(
            subject,
            prompt_id,
            func.count(),
            func.count().filter(GoldenExample.critical),
            *(func.count().filter(lacks(name)) for name in names),
        )
    ).one()
    return Facets(
        total=total,
        critical=critical,
        tags=_counted(session, subject, prompt_id, func.unnest(GoldenExample.tags)),
        splits=_counted(session, subject, prompt_id, GoldenExample.split),
        version_number=newest.number if newest else None,
        variables=variables,
        lacking=[Lack(*found) for found in zip(names, lacking, strict=True) if found[1]],
    )


def _of(
    subject: Subject, prompt_id: UUID, *columns: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    return select(*columns).where(
        GoldenExample.workspace_id == subject.workspace_id, GoldenExample.prompt_id == prompt_id
    )


def _counted(
    session: Session, subject: Subject, prompt_id: UUID, column: SQLColumnExpression[str]
) -> list[Facet]:
    named = _of(subject, prompt_id, column.label("name")).subquery()
    rows = session.execute(
        select(named.c.name, func.count()).group_by(named.c.name).order_by(named.c.name)
    )
    return [Facet(*row) for row in rows]
