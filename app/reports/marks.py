"""Two outputs side by side: what changed, word by word, and what the judge made of each claim.

The two layers may lie on the same words, so that a text is cut wherever either begins or ends.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pydantic import ValidationError

from app.prompts.diffing import diff
from app.reports.inert import excerpt, plain
from app.reports.report import Case
from app.runs.scores import ClaimRead

TEXT = 20_000  # characters of an output that are shown
MOST_CLAIMS = 40
# how a claim is drawn, the graver over the lighter
KINDS = {"supported": "supported", "not_found": "missing", "contradicted": "contradicted"}
GRAVITY = tuple(KINDS.values())
SIGNS = {"supported": "✓", "missing": "?", "contradicted": "✕"}


class Segment(NamedTuple):
    """A stretch with one fate; `number` ends a claim and names it in the list."""

    text: str
    changed: bool
    claim: str | None
    number: int | None


class Claim(NamedTuple):
    number: int
    kind: str
    sign: str
    text: str
    found: str  # what the judge quotes from the source, else its reason
    start: int | None
    end: int | None


class Marked(NamedTuple):
    segments: list[Segment]
    claims: list[Claim]
    left_out: int  # characters


class Span(NamedTuple):
    start: int
    end: int


def mark(before: Case | None, after: Case | None) -> tuple[Marked, Marked]:
    """The baseline's and the candidate's output, each marked; a missing one is empty."""
    old, new = _output(before), _output(after)
    removed, added = _changes(old[:TEXT], new[:TEXT])
    return _marked(old, removed, before), _marked(new, added, after)


def _output(case: Case | None) -> str:
    return (case.output or "") if case else ""


def _changes(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """Where the old text loses words and the new one gains them."""
    removed: list[Span] = []
    added: list[Span] = []
    if not old or not new:
        return removed, added
    at_old = at_new = 0
    for hunk in diff(old, new).hunks:
        for word in (word for line in hunk.lines for word in line.words):
            size = len(word.text)
            if word.op == "delete":
                removed.append(Span(at_old, at_old + size))
            elif word.op == "insert":
                added.append(Span(at_new, at_new + size))
            at_old += 0 if word.op == "insert" else size
            at_new += 0 if word.op == "delete" else size
    return removed, added


def _marked(text: str, changed: Sequence[Span], case: Case | None) -> Marked:
    shown = text[:TEXT]
    claims = _claims(case)
    placed = [item for item in claims if item.start is not None and item.end is not None]
    inside = [item for item in placed if 0 <= (item.start or 0) < (item.end or 0) <= len(shown)]
    return Marked(list(_segments(shown, changed, inside)), claims, len(text) - len(shown))


def _segments(text: str, changed: Sequence[Span], claims: Sequence[Claim]) -> Iterator[Segment]:
    edges = {0, len(text)}
    edges.update(edge for span in changed for edge in span)
    edges.update(edge for claim in claims for edge in (claim.start, claim.end) if edge is not None)
    whole = (edge for edge in edges if text[edge - 1 : edge + 1] != "\r\n")  # one line end
    for start, end in pairwise(sorted(whole)):
        here = [c for c in claims if (c.start or 0) <= start and end <= (c.end or 0)]
        gravest = max(here, key=lambda claim: GRAVITY.index(claim.kind), default=None)
        yield Segment(
            text=plain(text[start:end]),
            changed=any(span.start <= start and end <= span.end for span in changed),
            claim=gravest.kind if gravest else None,
            number=gravest.number if gravest and gravest.end == end else None,
        )


def _claims(case: Case | None) -> list[Claim]:
    """Those a judge had a view on; what cannot be read is left out."""
    found: list[Claim] = []
    for score in case.scores if case else ():
        for stored in score.claims:
            try:
                claim = ClaimRead.model_validate(stored)
            except ValidationError:
                continue
            kind = KINDS.get(claim.verdict)
            if kind is not None and len(found) < MOST_CLAIMS:
                found.append(_claim(len(found) + 1, kind, claim))
    return found


def _claim(number: int, kind: str, claim: ClaimRead) -> Claim:
    return Claim(
        number=number,
        kind=kind,
        sign=SIGNS[kind],
        text=excerpt(plain(claim.text), 1_000),
        found=excerpt(plain(claim.evidence or claim.reason), 1_000),
        start=claim.start,
        end=claim.end,
    )
