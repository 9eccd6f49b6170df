"""Pages of lists that are sorted by id, newest first."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar
from uuid import UUID

from fastapi import Depends, Query

from app.accounts.subject import Subject
from app.core.schema import Output, Page, decode_cursor, encode_cursor
from app.core.security import derived_key

Item = TypeVar("Item", bound=Output)
Row = TypeVar("Row")


class Asked(NamedTuple):
    """Which page is asked for."""

    limit: int
    cursor: str | None

    def before(self, subject: Subject, name: str) -> UUID | None:
        """The last id of the page before; raises BadRequest for another list's cursor."""
        key = _key(subject, name)
        return UUID(decode_cursor(self.cursor, key=key)[0]) if self.cursor else None


def asked(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Asked:
    return Asked(limit, cursor)


AskedPage = Annotated[Asked, Depends(asked)]


def cut(
    rows: Sequence[Any],
    total: int,
    *,
    page: Asked,
    subject: Subject,
    name: str,
    read: Callable[[Any], Item],
) -> Page[Item]:
    """The page of rows that were read up to one more than its limit."""
    more = len(rows) > page.limit
    shown = rows[: page.limit]
    key = _key(subject, name)
    return Page[Item](
        items=[read(row) for row in shown],
        next_cursor=encode_cursor([shown[-1].id], key=key) if more else None,
        total=total,
    )


def _key(subject: Subject, name: str) -> bytes:
    return derived_key(f"cursor {name} {subject.workspace_id}")
