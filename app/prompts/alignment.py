"""Which stretches of two sequences are the same."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

Op = Literal["equal", "insert", "delete", "replace"]

# cells of the alignment table, one bit each: 8 MB and about 20 ms; beyond it, what lies between
# the common beginning and the common end counts as replaced
MAX_CELLS = 64_000_000


class Span(NamedTuple):
    """A stretch of both sequences with one fate; either may be empty."""

    op: Op
    old_start: int
    old_end: int
    new_start: int
    new_end: int


def align(old: Sequence[str], new: Sequence[str]) -> Iterator[Span]:
    """Alternating equal and changed spans that cover both sequences."""
    old_end = new_end = 0
    for old_start, new_start, size in _matches(old, new):
        if old_end < old_start or new_end < new_start:
            op: Op = "replace"
            if old_end == old_start:
                op = "insert"
            elif new_end == new_start:
                op = "delete"
            yield Span(op, old_end, old_start, new_end, new_start)
        old_end, new_end = old_start + size, new_start + size
        if size:
            yield Span("equal", old_start, old_end, new_start, new_end)


def _matches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where equal runs start in both and how long they are; the last may be empty."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    yield 0, 0, head
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(middle[0]) * len(middle[1]) <= MAX_CELLS:
        # numbers, because RapidFuzz compares hashes
        numbers: dict[str, int] = {}
        ids = [[numbers.setdefault(item, len(numbers)) for item in side] for side in middle]
        for match in Indel.editops(*ids).as_matching_blocks():
            if match.size:
                yield head + match.a, head + match.b, match.size
    yield len(old) - tail, len(new) - tail, tail


def lines_of(text: str) -> list[str]:
    """Split at newlines only: other separators are characters of a prompt."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
