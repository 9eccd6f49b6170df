"""Which field of an example a column of a file gives: as the caller says, else by its name."""

import re
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from app.golden.cells import storable
from app.golden.fields import FIELDS
from app.golden.limits import COLUMN_NAME, BadCell, ImportRefused

IGNORED = "-"
EVERY_OTHER = "*"
INPUT = "input."
JSON_MARK = ":json"

# what other tools call it; compared without case, `_` standing for spaces and hyphens
EXPECTED_ALIASES = frozenset(
    {"expected", "expectedoutput", "ideal", "answer", "reference", "output"}
)

_INPUT_PREFIX = re.compile(r"input(?:_data)?\.")


class Variables(Protocol):
    """The names a prompt reads."""

    @property
    def required(self) -> frozenset[str]: ...

    @property
    def optional(self) -> frozenset[str]: ...


class Target(NamedTuple):
    """`input.<variable>`, a field, or `-`; the cells of an `as_json` input are JSON, not text."""

    field: str
    as_json: bool = False

    def __str__(self) -> str:
        return f"{self.field}{JSON_MARK}" if self.as_json else self.field


class ColumnMap:
    """The columns seen so far and what each gives; a field is given by one column at most.

    `given` maps columns to `input.<variable>` (`input.<variable>:json` for JSON cells), to a
    field, or to `-` for none; with `*` mapped to `-`, columns that nothing explains are left out.
    Raises ImportRefused when it names something else.
    """

    def __init__(self, given: Mapping[str, str] | None, variables: Variables) -> None:
        self._required = variables.required
        self._variables = variables.required | variables.optional
        self._given: dict[str, Target] = {}
        for column, name in (given or {}).items():
            target = self._named(name)
            if target is None or (column == EVERY_OTHER and target.field != IGNORED):
                raise ImportRefused(f"Column {column!r} cannot give {name!r}. {self._choices()}")
            self._given[column] = target
        self._reserved = {target.field for target in self._given.values()}
        self.targets: dict[str, Target] = {}

    def add(self, column: str, unreadable: str | None = None) -> None:
        """Finds the column's target; raises BadCell and leaves the column out when it has none.

        `unreadable` is the type of a column whose cells cannot be read.
        """
        self.targets[column] = Target(IGNORED)
        if len(column) > COLUMN_NAME:
            raise BadCell(f"A column name is longer than {COLUMN_NAME} characters.")
        storable(column)
        target = self._given.get(column) or self._automatic(column)
        if target is None and EVERY_OTHER not in self._given:
            raise BadCell(f"This is no field and no variable of the prompt. {self._choices()}")
        if target is None or target.field == IGNORED:
            return
        if unreadable:
            raise BadCell(f"The column is of type {unreadable}; save it as text.")
        other = self.column_of(target.field)
        if other is not None:
            raise BadCell(
                f"Column {other!r} gives {target.field} as well; map one of the two to '{IGNORED}'."
            )
        self.targets[column] = target

    def column_of(self, field: str) -> str | None:
        """The column that gives a field, if one does."""
        return next((name for name, target in self.targets.items() if target.field == field), None)

    def without_column(self) -> list[str]:
        """The required variables that no column seen so far gives."""
        return [name for name in sorted(self._required) if self.column_of(INPUT + name) is None]

    def never_seen(self) -> list[str]:
        """The columns the caller named that the file does not have."""
        return [name for name in self._given if name not in self.targets and name != EVERY_OTHER]

    def _named(self, name: str) -> Target | None:
        """A target by its own name."""
        if name == IGNORED or name in FIELDS:
            return Target(name)
        plain = name.removesuffix(JSON_MARK)
        prefix = _INPUT_PREFIX.match(plain)
        variable = plain[prefix.end() :] if prefix else ""
        known = variable in self._variables
        return Target(INPUT + variable, as_json=plain != name) if known else None

    def _automatic(self, column: str) -> Target | None:
        target = self._named(column) or self._named(INPUT + column) or self._alike(column)
        if target and (target.field == IGNORED or target.field in self._reserved):
            return None
        return target

    def _alike(self, column: str) -> Target | None:
        """A target by a name that another tool or a person might use for it."""
        plain = _folded(column)
        if plain in FIELDS:
            return Target(plain)
        alike = [name for name in self._variables if _folded(name) == plain]
        if len(alike) == 1:
            return Target(INPUT + alike[0])
        if plain in EXPECTED_ALIASES:
            return Target("expected_output")
        only = self._required or self._variables
        if plain in {"input", "input_data"} and len(only) == 1:
            return Target(INPUT + next(iter(only)))
        return None

    def _choices(self) -> str:
        inputs = ", ".join(INPUT + name for name in sorted(self._variables)) or "no inputs"
        return (
            f"Map it to one of: {inputs}, {', '.join(FIELDS)}; or to '{IGNORED}' to leave it out."
        )


def _folded(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip()).casefold()
