"""What changed between two versions: lines and words of the template, values of the rest.

Hunks cover both texts from end to end: `equal` and `delete` words joined are the old text,
`equal` and `insert` words the new one. The patch and the hunks come from the same alignment.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from app.prompts.alignment import Op, Span, align, lines_of
from app.prompts.patch import unified

# lines of a replaced block are matched by likeness when there are this many pairs to compare
MAX_PAIRS = 400
LIKE = 0.5  # share of characters two lines have in common to be shown as one changed line
LIKENESS_LENGTH = 2_000  # characters of a line that are compared for it

_TOKEN = re.compile(
    r"\{[{%#][-+]?|[-+]?[}%#]\}"  # Jinja's delimiters stay whole
    r"|[\u3040-\u30ff\u3400-\u9fff]"  # kana and Han letters: words without spaces between them
    r"|[^\W\u3040-\u30ff\u3400-\u9fff]+"
    r"|\n|[^\S\n]+|."
)


class Word(NamedTuple):
    """A stretch inside a line; `replace` is always told as a delete and an insert."""

    op: Op
    text: str


class Line(NamedTuple):
    """A line with its newline, if it has one; a `replace` line holds the words of both versions."""

    op: Op
    words: list[Word]


class Hunk(NamedTuple):
    """Consecutive lines with one fate; the starts are line numbers from 1 in either text."""

    op: Op
    old_start: int
    new_start: int
    lines: list[Line]


class Diff(NamedTuple):
    """`unified` is a patch, empty when nothing changed."""

    unified: str
    hunks: list[Hunk]


class Change(NamedTuple):
    """One value that differs, at a JSON pointer. `old` is None on insert, `new` on delete."""

    path: str
    op: Op
    old: object
    new: object


def diff(old: str, new: str, *, old_name: str = "old", new_name: str = "new") -> Diff:
    """Lines and words that differ; the names head the patch."""
    before, after = lines_of(old), lines_of(new)
    spans = list(align(before, after))
    hunks = [
        Hunk(
            span.op,
            span.old_start + 1,
            span.new_start + 1,
            _changed_lines(
                span, before[span.old_start : span.old_end], after[span.new_start : span.new_end]
            ),
        )
        for span in spans
    ]
    return Diff(unified(before, after, spans, f"--- {old_name}\n+++ {new_name}\n"), hunks)


def diff_messages(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> Diff:
    """`diff` of chat prompts of (role, text): each message stands under a line with its role."""
    return diff(*("".join(f"[{role}]\n{text}\n" for role, text in side) for side in (old, new)))


def diff_values(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """The leaves that differ, in the order of the old keys, then the new ones.

    Lists of different length are one change; `true` and `1` differ.
    """
    return list(_changes("", old, new))


def _changes(path: str, old: object, new: object) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            inner = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if key not in new:
                yield Change(inner, "delete", old[key], None)
            elif key not in old:
                yield Change(inner, "insert", None, new[key])
            else:
                yield from _changes(inner, old[key], new[key])
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _changes(f"{path}/{position}", before, after)
    elif isinstance(old, bool) is not isinstance(new, bool) or old != new:
        yield Change(path, "replace", old, new)


def _changed_lines(span: Span, old: list[str], new: list[str]) -> list[Line]:
    if span.op == "equal":
        return [Line("equal", [Word("equal", line)]) for line in old]
    lines = []
    old_end = new_end = 0
    for old_at, new_at in [*_like(old, new), (len(old), len(new))]:
        lines += [Line("delete", [Word("delete", line)]) for line in old[old_end:old_at]]
        lines += [Line("insert", [Word("insert", line)]) for line in new[new_end:new_at]]
        if old_at < len(old):
            lines.append(Line("replace", _words(old[old_at], new[new_at])))
        old_end, new_end = old_at + 1, new_at + 1
    return lines


def _like(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Pairs of lines that are versions of each other, in order: the most alike on the whole."""
    if len(old) * len(new) > MAX_PAIRS:
        pairs = zip(old, new, strict=False)
        return [(n, n) for n, (before, after) in enumerate(pairs) if _likeness(before, after)]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    gain = [[_likeness(before, after) for after in new] for before in old]
    for row in reversed(range(len(old))):
        for column in reversed(range(len(new))):
            together = gain[row][column] + best[row + 1][column + 1]
            best[row][column] = max(together, best[row + 1][column], best[row][column + 1])
    pairs_found, row, column = [], 0, 0
    while row < len(old) and column < len(new):
        if best[row][column] == best[row + 1][column]:
            row += 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            pairs_found.append((row, column))
            row, column = row + 1, column + 1
    return pairs_found


def _likeness(old: str, new: str) -> float:
    """From LIKE to 1, or 0 for lines that have less in common."""
    return Indel.normalized_similarity(
        old[:LIKENESS_LENGTH], new[:LIKENESS_LENGTH], score_cutoff=LIKE
    )


def _words(old: str, new: str) -> list[Word]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    spans = list(align(before, after))
    words: list[Word] = []
    removed = added = ""
    for position, span in enumerate(spans):
        gone = "".join(before[span.old_start : span.old_end])
        come = "".join(after[span.new_start : span.new_end])
        inside = 0 < position < len(spans) - 1
        if span.op != "equal" or (inside and gone.isspace()):
            # a space between two changes belongs to them: one change of two words, not two
            removed, added = removed + gone, added + come
            continue
        words += [*_told(removed, added), Word("equal", gone)]
        removed = added = ""
    return [*words, *_told(removed, added)]


def _told(removed: str, added: str) -> list[Word]:
    words = [Word("delete", removed), Word("insert", added)]
    return [word for word in words if word.text]
