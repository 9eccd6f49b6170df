"""YAML as data that knows where each of its values stands, so that an error can say it.

Read from composed nodes, never from `yaml.load`: a node keeps its line and column. Aliases,
anchors and tags of Python objects are refused, and so are names that occur twice.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from app.embedded.errors import Misconfigured

LARGEST = 2**20  # characters
DEEPEST = 20
MOST_PROBLEMS = 20
EXPONENT = re.compile(r"-?\d+(\.\d+)?[eE][+-]?\d+")

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]


class Mark(Protocol):
    """What PyYAML knows of a place; lines and columns from 0."""

    line: int
    column: int


class Place(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """`keys` are the places of names in mappings, `values` those of what they stand for."""

    name: str
    data: Any
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]

    def problem(self, path: Path, sentence: str, *, at_key: bool = False) -> str:
        """`llmops.yaml:3:5: …`: at the value, at its name, or at what is around where it is not."""
        known = self.real(path)
        place = (self.keys if at_key else self.values).get(known) or self.values[known]
        return f"{self.name}:{place.line}:{place.column}: {sentence}"

    def real(self, path: Path) -> Path:
        """The path without the parts that pydantic puts in for the members of a union."""
        known: Path = ()
        for part in path:
            if (*known, part) in self.values:
                known = (*known, part)
        return known


def read(text: str, name: str, *, first_line: int = 1) -> Document:
    """Raises Misconfigured with file, line and column; `first_line` is where the text begins."""
    if len(text) > LARGEST:
        raise Misconfigured(f"{name} is longer than {LARGEST:,} characters; that is no settings.")
    reading = _Reading(name, first_line)
    try:
        reading.refuse_bombs(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = reading.value(node, ()) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise reading.refusal(mark, f"this is not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise Misconfigured(f"{name}: this is not YAML: {error}") from None
    reading.values.setdefault((), Place(first_line, 1))
    return Document(name, data, reading.keys, reading.values)


class _Reading:
    def __init__(self, name: str, first_line: int) -> None:
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self._name = name
        self._first = first_line
        self._scalars = yaml.SafeLoader("")

    def refusal(self, mark: Mark | None, sentence: str) -> Misconfigured:
        place = self._place(mark)
        return Misconfigured(f"{self._name}:{place.line}:{place.column}: {sentence}")

    def refuse_bombs(self, text: str) -> None:
        """Before anything is built: what refers to other parts, and what is nested without end."""
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise self.refusal(
                    event.start_mark, "anchors (&) and aliases (*) are not read; write it out."
                )
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise self.refusal(event.start_mark, f"nested more than {DEEPEST} levels deep.")

    def value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - whatever YAML holds
        self.values[path] = self._place(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, at)) for at, item in enumerate(node.value)]
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        if plain and EXPONENT.fullmatch(node.value):
            return float(node.value)  # a number in JSON, and a text to YAML 1.1
        return self._scalars.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.refusal(key.start_mark, "a key is a plain name.")
            name = str(key.value)
            if name in found:
                raise self.refusal(key.start_mark, f"`{name}` is here twice; keep one of them.")
            self.keys[*path, name] = self._place(key.start_mark)
            found[name] = self.value(item, (*path, name))
        return found

    def _place(self, mark: Mark | None) -> Place:
        return Place(mark.line + self._first, mark.column + 1) if mark else Place(self._first, 1)


def checked(model: type[Model], document: Document) -> Model:
    """The document as the model; raises Misconfigured naming each problem with its place."""
    if not isinstance(document.data, dict):
        raise Misconfigured(document.problem((), "expected names with values, `name: value`."))
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = [_sentence(model, document, item) for item in error.errors()]
    distinct = list(dict.fromkeys(problems))
    more = len(distinct) - MOST_PROBLEMS
    told = distinct[:MOST_PROBLEMS] + ([f"(and {more} more)"] if more > 0 else [])
    raise Misconfigured("\n".join(told))


def _sentence(model: type[BaseModel], document: Document, error: ErrorDetails) -> str:
    path: Path = error["loc"]
    if error["type"] == "extra_forbidden":
        names = _fields_at(model, path[:-1])
        return document.problem(path, unknown(str(path[-1]), names), at_key=True)
    name = ".".join(map(str, document.real(path)))
    if path and path[-1] == "[key]":
        return document.problem(path, f"`{name}` is no name: {_plain(error['msg'])}.", at_key=True)
    about = f"`{name}`: " if name else ""
    return document.problem(path, f"{about}{_plain(error['msg'])}.")


def unknown(name: str, names: Sequence[str]) -> str:
    """`unknown key `modles`; did you mean `models`? Known here: …`."""
    nearest = process.extractOne(name, names, score_cutoff=55)
    hint = f"did you mean `{nearest[0]}`? Known" if nearest else "known"
    return f"unknown key `{name}`; {hint} here: {', '.join(names)}."


def _plain(message: str) -> str:
    told = message.removeprefix("Value error, ").rstrip(".")
    told = told.replace("String should match pattern", "expected text that matches")
    return told.replace("Input should be", "expected").replace("Field required", "is missing")


def _fields_at(model: type[BaseModel], path: Path) -> list[str]:
    """The names a mapping at this path may have: those of the innermost model on the way."""
    current = model
    for part in path:
        field = current.model_fields.get(str(part))
        inner = field and _model_in(field.annotation)
        current = inner or current
    return [info.alias or name for name, info in current.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type form
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found:
            return found
    return None
