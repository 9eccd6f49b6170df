"""The difference of two versions, cut into units that can each be applied or left out.

A unit is a changed line, with the blank lines beside it; a whole message that came or went; or one
value beside the text: the format, the model, a parameter, the response schema.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from app.models import PromptVersion
from app.prompts.alignment import align
from app.prompts.content import Draft
from app.prompts.diffing import Hunk, Line, diff

Turn = tuple[str, str]
Lines = tuple[int, int]  # first and last, from 1
PARTED = "\0"  # between a role and its text: no template holds it


class Unit(NamedTuple):
    """`part` is a place in the version: `template`, `messages/2`, `parameters/temperature`.

    `old` and `new` are text, or a value of JSON; None where there is nothing.
    """

    number: int
    part: str
    old_lines: Lines | None
    new_lines: Lines | None
    old: Any
    new: Any


class _Piece(NamedTuple):
    """A stretch of text that is `new` where its unit is applied; without a unit, both are one."""

    old: str
    new: str
    unit: int | None


class _Slot(NamedTuple):
    """A message. With `unit`, the whole of it came (`comes`) or went."""

    role: str
    pieces: list[_Piece]
    unit: int | None = None
    comes: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """`old` with any of the units applied."""

    old: PromptVersion
    units: list[Unit]
    slots: list[_Slot]
    is_text: bool

    def applied(self, chosen: Collection[int]) -> Draft:
        """The old version with the units of these numbers as in the new one; unchecked."""
        turns = [
            {"role": slot.role, "content": _joined(slot.pieces, chosen)}
            for slot in self.slots
            if slot.unit is None or (slot.unit in chosen) is slot.comes
        ]
        values: dict[str, Any] = {
            "template_format": self.old.template_format,
            "model": self.old.model,
            "response_schema": self.old.response_schema,
        }
        parameters = dict(self.old.parameters)
        for unit in self.units:
            if unit.number not in chosen:
                continue
            if unit.part in values:
                values[unit.part] = unit.new
            elif unit.part.startswith("parameters/"):
                name = unit.part.partition("/")[2]
                parameters.pop(name, None)
                parameters |= {} if unit.new is None else {name: unit.new}
        text = turns[0]["content"] if self.is_text else None
        messages = None if self.is_text else turns
        return Draft(template=text, messages=messages, parameters=parameters, **values)


def difference(old: PromptVersion, new: PromptVersion, *, with_model: bool = True) -> Difference:
    """All units from `old` to `new`; without the model where every version runs on the same."""
    units: list[Unit] = []
    is_text = old.template is not None and new.template is not None
    slots = list(_slots(_turns(old), _turns(new), units, is_text=is_text))
    beside = [
        ("template_format", old.template_format, new.template_format),
        ("response_schema", old.response_schema, new.response_schema),
        *[
            (f"parameters/{name}", old.parameters.get(name), new.parameters.get(name))
            for name in sorted({**old.parameters, **new.parameters})
        ],
    ]
    if with_model:
        beside.append(("model", old.model, new.model))
    for part, before, after in beside:
        if before != after:
            _add(units, part, old=before, new=after)
    return Difference(old, units, slots, is_text)


def _add(
    units: list[Unit],
    part: str,
    *,
    old: object,
    new: object,
    old_lines: Lines | None = None,
    new_lines: Lines | None = None,
) -> int:
    units.append(Unit(len(units) + 1, part, old_lines, new_lines, old, new))
    return len(units)


def _turns(version: PromptVersion) -> list[Turn]:
    """A text prompt is sent as one user message."""
    if version.messages is None:
        return [("user", version.template or "")]
    return [(turn["role"], turn["content"]) for turn in version.messages]


def _slots(
    old: Sequence[Turn], new: Sequence[Turn], units: list[Unit], *, is_text: bool
) -> Iterator[_Slot]:
    """Messages that stand in for each other are compared; the rest came or went as a whole."""
    for span in align([PARTED.join(turn) for turn in old], [PARTED.join(turn) for turn in new]):
        before = old[span.old_start : span.old_end]
        after = new[span.new_start : span.new_end]
        same = 0
        while same < min(len(before), len(after)) and before[same][0] == after[same][0]:
            part = "template" if is_text else f"messages/{span.new_start + same + 1}"
            pieces = _pieces(before[same][1], after[same][1], part, units)
            yield _Slot(before[same][0], pieces)
            same += 1
        for number, (role, text) in enumerate(before[same:], span.old_start + same + 1):
            unit = _add(units, f"messages/{number}", old=text, new=None)
            yield _Slot(role, [_Piece(text, text, None)], unit)
        for number, (role, text) in enumerate(after[same:], span.new_start + same + 1):
            unit = _add(units, f"messages/{number}", old=None, new=text)
            yield _Slot(role, [_Piece(text, text, None)], unit, comes=True)


def _pieces(old: str, new: str, part: str, units: list[Unit]) -> list[_Piece]:
    """A newline at the end is no unit: both texts have one here, and `_joined` takes it away."""
    pieces: list[_Piece] = []
    before, after = (text.removesuffix("\n") + "\n" for text in (old, new))
    for hunk in diff(before, after).hunks:
        if hunk.op == "equal":
            text = "".join(word.text for line in hunk.lines for word in line.words)
            pieces.append(_Piece(text, text, None))
            continue
        for change in _changes(hunk):
            unit = _add(
                units,
                part,
                old=change.old or None,
                new=change.new or None,
                old_lines=change.old_lines,
                new_lines=change.new_lines,
            )
            pieces.append(_Piece(change.old, change.new, unit))
    return pieces


def _joined(pieces: Sequence[_Piece], chosen: Collection[int]) -> str:
    text = "".join(piece.new if piece.unit in chosen else piece.old for piece in pieces)
    return text.removesuffix("\n")


class _Change(NamedTuple):
    old: str
    new: str
    old_lines: Lines | None
    new_lines: Lines | None

    @property
    def is_blank(self) -> bool:
        return not f"{self.old}{self.new}".strip()

    def and_then(self, following: "_Change") -> "_Change":
        return _Change(
            self.old + following.old,
            self.new + following.new,
            _spanned(self.old_lines, following.old_lines),
            _spanned(self.new_lines, following.new_lines),
        )


def _spanned(first: Lines | None, last: Lines | None) -> Lines | None:
    return (first[0], last[1]) if first and last else first or last


def _changes(hunk: Hunk) -> list[_Change]:
    """One for each changed line; blank ones go with the line before them, else the one after."""
    changes: list[_Change] = []
    for change in _line_by_line(hunk):
        if changes and (change.is_blank or changes[-1].is_blank):
            changes[-1] = changes[-1].and_then(change)
        else:
            changes.append(change)
    return changes


def _line_by_line(hunk: Hunk) -> Iterator[_Change]:
    old_at, new_at = hunk.old_start, hunk.new_start
    for line in hunk.lines:
        old, new = _text(line, "delete"), _text(line, "insert")
        yield _Change(
            old, new, (old_at, old_at) if old else None, (new_at, new_at) if new else None
        )
        old_at, new_at = old_at + bool(old), new_at + bool(new)


def _text(line: Line, side: Literal["delete", "insert"]) -> str:
    return "".join(word.text for word in line.words if word.op in {"equal", side})
