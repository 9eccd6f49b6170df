"""The unified patch of an alignment, as `patch` and `git apply` read it."""

from collections.abc import Sequence
from typing import NamedTuple

from app.prompts.alignment import Span

CONTEXT = 3  # unchanged lines around a change


class _Row(NamedTuple):
    sign: str
    line: str


def unified(old: Sequence[str], new: Sequence[str], spans: Sequence[Span], heading: str) -> str:
    """The patch from lines with their newlines; empty when nothing changed."""
    rows: list[_Row] = []
    for span in spans:
        if span.op != "equal":
            rows += (_Row("-", line) for line in old[span.old_start : span.old_end])
        sign = " " if span.op == "equal" else "+"
        rows += (_Row(sign, line) for line in new[span.new_start : span.new_end])
    patch = [heading]
    old_line = new_line = done = 0
    for start, end in _windows(rows):
        # all rows between two windows are unchanged
        old_line, new_line = old_line + start - done, new_line + start - done
        window, done = rows[start:end], end
        old_count = sum(row.sign != "+" for row in window)
        new_count = sum(row.sign != "-" for row in window)
        patch.append(f"@@ -{_range(old_line, old_count)} +{_range(new_line, new_count)} @@\n")
        patch += (row.sign + row.line + _no_newline(row.line) for row in window)
        old_line, new_line = old_line + old_count, new_line + new_count
    return "".join(patch) if done else ""


def _windows(rows: Sequence[_Row]) -> list[tuple[int, int]]:
    """From where to where the patch shows rows: the changed ones and their context."""
    windows: list[tuple[int, int]] = []
    for position, row in enumerate(rows):
        if row.sign == " ":
            continue
        start, end = max(0, position - CONTEXT), min(len(rows), position + CONTEXT + 1)
        if windows and start <= windows[-1][1]:
            start = windows.pop()[0]
        windows.append((start, end))
    return windows


def _range(lines_before: int, count: int) -> str:
    # the format counts from 1, names the line before an empty range and leaves out a count of 1
    first = lines_before + (count > 0)
    return str(first) if count == 1 else f"{first},{count}"


def _no_newline(line: str) -> str:
    return "" if line.endswith("\n") else "\n\\ No newline at end of file\n"
