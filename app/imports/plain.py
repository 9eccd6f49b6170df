"""YAML and JSON as plain values: no aliases, no tags, nothing deep, nothing that cannot be stored.

YAML is read as version 1.2 has it, as the tools that write these files do: `no` is a word, `1:30`
no number and `2026-01-31` no date. An alias is refused: ten lines of them make a billion values.
"""

import codecs
import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from app.golden.cells import parse_json
from app.golden.limits import BadCell, ImportRefused
from app.golden.tables import refuse_other_than_utf8
from app.imports.found import Json

YAML_BYTES = 2 * 2**20  # a second of work
JSON_BYTES = 20 * 2**20
DEPTH = 40
VALUES = 500_000
KEY = 200  # characters

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Yaml12(_Loader):  # type: ignore[misc] # one of two classes
    """The core schema of YAML 1.2; everything else is text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own registry


def _integer(loader: Any, node: yaml.ScalarNode) -> int:  # noqa: ANN401 - either loader
    text = str(loader.construct_scalar(node))
    return int(text, {"0x": 16, "0o": 8}.get(text[:2], 10))


for tag, pattern, firsts in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?[0-9]{1,400}|0o[0-7]{1,400}|0x[0-9a-fA-F]{1,400}", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    first = ["" if sign == "\0" else sign for sign in firsts]
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)
_Yaml12.add_constructor("tag:yaml.org,2002:int", _integer)


def read_yaml(content: bytes) -> Json:
    """Raises ImportRefused with a line."""
    if len(content) > YAML_BYTES:
        raise ImportRefused(f"A YAML file may have {YAML_BYTES // 2**20} MiB; split it.")
    refuse_other_than_utf8(content)
    text = content.removeprefix(codecs.BOM_UTF8).decode()
    try:
        _check_events(text)
        return checked(yaml.load(text, Loader=_Yaml12))  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"Line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ImportRefused(f"{where}{error.problem or 'this is not YAML'}.") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise ImportRefused(f"This is not YAML that can be read: {error}"[:300]) from error


def _check_events(text: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Yaml12), start=1):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise ImportRefused(f"Line {line}: an alias (*{event.anchor}); write it out.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH:
            raise ImportRefused(f"Line {line}: nested more than {DEPTH} deep.")
        if count > VALUES:
            raise ImportRefused(f"Line {line}: the file holds more than {VALUES:,} values.")


def read_json(content: bytes) -> Json:
    """Raises ImportRefused."""
    if len(content) > JSON_BYTES:
        raise ImportRefused(f"A JSON file may have {JSON_BYTES // 2**20} MiB; split it.")
    refuse_other_than_utf8(content)
    try:
        return checked(parse_json(content.removeprefix(codecs.BOM_UTF8).decode()))
    except BadCell as error:
        raise ImportRefused(str(error)) from error


def checked(value: object) -> Json:
    """The value with texts for keys; raises ImportRefused for what JSON or a database lacks."""
    left = iter(range(VALUES))
    return _plain(value, 0, left)


def _plain(value: object, depth: int, left: Iterator[int]) -> Json:
    if next(left, None) is None:
        raise ImportRefused(f"The file holds more than {VALUES:,} values; split it.")
    if depth > DEPTH:
        raise ImportRefused(f"The file is nested more than {DEPTH} deep.")
    if isinstance(value, dict):
        return {_key(key): _plain(inner, depth + 1, left) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, depth + 1, left) for inner in value]
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise ImportRefused(f"{str(value)[:80]!r} is no text, number, list or mapping.")


def _key(key: object) -> str:
    if isinstance(key, tuple) or len(str(key)) > KEY:
        raise ImportRefused(f"A key is a text of at most {KEY} characters.")
    return _text("null" if key is None else str(key))


def _text(text: str) -> str:
    if "\0" in text:
        raise ImportRefused("The file holds a NUL character, which cannot be stored.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ImportRefused("The file holds half of a character (a lone surrogate).") from error
    return text


def mapping(value: Json) -> dict[str, Json]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Json) -> list[Json]:
    """A list as it is, nothing as an empty one, anything else as the only item."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
