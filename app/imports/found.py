"""What a foreign file holds, in our words, and what of it has no words here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.prompts.content import Draft

MOST_TOLD = 1_000  # of what was not imported; the last line says how many more there are

Json = Any  # what a JSON or YAML document holds: dict, list, str, int, float, bool or None


class NotImported(NamedTuple):
    """`where` is the path in the file, such as `tests[3].assert[0]`."""

    where: str
    what: str
    why: str


class Version(NamedTuple):
    """A text of a prompt, checked, with where it stands."""

    where: str
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """`row` as a person counts: a line, a row of a table, or the place in a list from 1."""

    row: int
    fields: Mapping[str, Json]  # as a line of a golden file: input_data, expected_output, …


class Judge(NamedTuple):
    """An evaluator with its options, as an experiment takes it."""

    name: str
    options: dict[str, Json]


class Threshold(NamedTuple):
    """What a file asks of a score, of `cost_usd` or of `latency_ms`; `least` or `most`."""

    where: str
    metric: str
    least: float | None
    most: float | None


@dataclass(slots=True)
class Found:
    """`versions` by the name the file has for the prompt, which may be None."""

    name: str | None = None
    versions: dict[str | None, list[Version]] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    evaluators: list[Judge] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    not_imported: list[NotImported] = field(default_factory=list)
    table: bytes | None = None  # a whole file that golden examples read by themselves

    def skip(self, where: str, what: object, why: str) -> None:
        """Says that a part was left out."""
        if len(self.not_imported) < MOST_TOLD:
            self.not_imported.append(NotImported(where or "the file", str(what)[:200], why))
        elif len(self.not_imported) == MOST_TOLD:
            self.not_imported.append(NotImported("…", "more like these", "The list ends here."))
