"""Delta debugging: the smallest part of a change that breaks it (Zeller and Hildebrandt 2002).

`ddmin` as published, read off the outcomes known so far instead of being kept running: the same
outcomes lead to the same question, and no subset is asked about twice.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from app.analyses.outcomes import Outcome

Subset = frozenset[int]


class Ask(NamedTuple):
    """`subset` has to be tried next; `suspects` is the smallest set known to regress."""

    subset: Subset
    suspects: Subset


class Smallest(NamedTuple):
    """Without any one unit, the set was not shown to regress: it is 1-minimal.

    `without` are those sets, each of which has a known outcome; none for a single unit.
    """

    suspects: Subset
    without: tuple[Subset, ...]


def ddmin(size: int, known: Mapping[Subset, Outcome]) -> Ask | Smallest:
    """Over units 1 to `size`, which together regress and without which nothing does."""
    suspects, parts = tuple(range(1, size + 1)), 2
    while len(suspects) > 1:
        for subset, parts_then in _tries(suspects, parts):
            outcome = known.get(subset)
            if outcome is None:
                return Ask(subset, frozenset(suspects))
            if outcome is Outcome.regressed:
                suspects, parts = tuple(sorted(subset)), parts_then
                break
        else:
            if parts >= len(suspects):
                break
            parts = min(len(suspects), 2 * parts)
    found = frozenset(suspects)
    return Smallest(found, tuple(found - {unit} for unit in suspects) if len(found) > 1 else ())


def _tries(suspects: tuple[int, ...], parts: int) -> Iterator[tuple[Subset, int]]:
    """Each part alone, then everything but each part; and into how many parts to cut it then."""
    edges = [len(suspects) * number // parts for number in range(parts + 1)]
    chunks = [frozenset(suspects[start:end]) for start, end in pairwise(edges)]
    yield from ((chunk, 2) for chunk in chunks)
    if parts > 2:
        yield from ((frozenset(suspects) - chunk, max(parts - 1, 2)) for chunk in chunks)
