"""Pages of a sorted list: the place after the last row shown, signed, for one list in one order."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from app.core.schema import decode_cursor, encode_cursor
from app.core.security import derived_key

Row = TypeVar("Row")


class Listing(NamedTuple, Generic[Row]):
    """One page, and how many rows match in all."""

    items: Sequence[Row]
    next_cursor: str | None
    total: int


def place(cursor: str | None, order: str) -> list[Any] | None:
    """Where the page before ended; raises BadRequest for a cursor of another list or order."""
    return decode_cursor(cursor, key=_key(order)) if cursor else None


def listing(
    rows: Sequence[Row],
    *,
    limit: int,
    total: int,
    order: str,
    place_of: Callable[[Row], list[Any]],
) -> Listing[Row]:
    """Cuts `rows`, read up to one more than `limit`, and says where the next page starts."""
    shown = rows[:limit]
    more = len(rows) > limit
    cursor = encode_cursor(place_of(shown[-1]), key=_key(order)) if more else None
    return Listing(shown, cursor, total)


def _key(order: str) -> bytes:
    return derived_key(f"cursor {order}")
