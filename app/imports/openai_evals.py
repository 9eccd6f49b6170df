"""OpenAI evals: lines of `{"input": [messages], "ideal": …}`, or of `{"item": {…}}`.

What the messages of all lines have in common is the prompt; where they differ is a variable.
"""

import io
from typing import NamedTuple

from app.golden.columns import EXPECTED_ALIASES
from app.golden.fields import as_text
from app.golden.limits import ImportRefused
from app.golden.tables import json_rows, refuse_other_than_utf8
from app.imports.found import Example, Found, Json
from app.imports.plain import checked, listed, mapping
from app.imports.templates import add_version, read_messages
from app.prompts.content import Draft

MANY = "An example has one expected output; the first of several was kept."
OTHER_ROLES = (
    "Its messages have other roles than the first line's; they are no values of one prompt."
)
NO_FIELD = "There is no such field of an example."


class _Line(NamedTuple):
    number: int
    messages: list[dict[str, str]]
    expected: str | None


def read(content: bytes) -> Found:
    """Raises ImportRefused for what is no such file."""
    refuse_other_than_utf8(content)
    found = Found()
    lines: list[_Line] = []
    for row in json_rows(io.BytesIO(content.removeprefix(b"\xef\xbb\xbf"))):
        if row.problem:
            raise ImportRefused(f"Row {row.number}: {row.problem}")
        record = mapping(checked(row.cells))
        item = mapping(record.get("item"))
        if item:
            found.examples.append(_of_item(found, row.number, item, record))
        else:
            line = _of_messages(found, row.number, record)
            lines += [line] if line else []
    if lines:
        _as_prompt(found, lines)
    if not found.examples:
        raise ImportRefused("No line holds an input with an ideal, or an item.")
    return found


def _of_item(found: Found, number: int, item: dict[str, Json], record: dict[str, Json]) -> Example:
    for name in record.keys() - {"item"}:
        found.skip(f"line {number}: {name}", name, NO_FIELD)
    expected = next((name for name in item if name.casefold() in EXPECTED_ALIASES), None)
    fields: dict[str, Json] = {"input_data": {k: v for k, v in item.items() if k != expected}}
    if expected is not None:
        fields["expected_output"] = _ideal(found, number, item[expected])
    return Example(row=number, fields=fields)


def _of_messages(found: Found, number: int, record: dict[str, Json]) -> _Line | None:
    where = f"line {number}: input"
    given = record.get("input")
    turns = [{"role": "user", "content": given}] if isinstance(given, str) else given
    for name in record.keys() - {"input", "ideal"}:
        found.skip(f"line {number}: {name}", name, NO_FIELD)
    messages = read_messages(found, where, turns)
    if messages is None:
        if not listed(turns):
            found.skip(where, "line", "It has no input.")
        return None
    return _Line(number, messages, _ideal(found, number, record.get("ideal")))


def _ideal(found: Found, number: int, value: Json) -> str | None:
    if isinstance(value, list):
        if len(value) > 1:
            found.skip(f"line {number}: ideal", f"{len(value)} answers", MANY)
        value = value[0] if value else None
    return as_text(value)


def _as_prompt(found: Found, lines: list[_Line]) -> None:
    roles = [turn["role"] for turn in lines[0].messages]
    alike: list[_Line] = []
    for line in lines:
        if [turn["role"] for turn in line.messages] == roles:
            alike.append(line)
        else:
            found.skip(f"line {line.number}: input", "messages", OTHER_ROLES)
    names = _variables(alike, roles)
    add_version(
        found,
        None,
        f"line {alike[0].number}: input",
        Draft(
            messages=[
                {"role": turn["role"], "content": _template(turn["content"], names.get(place))}
                for place, turn in enumerate(alike[0].messages)
            ],
            template_format="fstring",
            message="openai evals",
        ),
    )
    for line in alike:
        inputs = {name: line.messages[place]["content"] for place, name in names.items()}
        fields = {"input_data": inputs, "expected_output": line.expected}
        found.examples.append(Example(row=line.number, fields=fields))


def _variables(lines: list[_Line], roles: list[str]) -> dict[int, str]:
    """Places that differ; the last thing a user says is called `input`, and is always one."""
    users = [place for place, role in enumerate(roles) if role == "user"]
    asked = users[-1] if users else len(roles) - 1
    differ = [
        place
        for place in range(len(roles))
        if len({line.messages[place]["content"] for line in lines}) > 1
    ]
    names = {place: f"message_{place + 1}" for place in differ}
    return dict(sorted({**names, asked: "input"}.items()))


def _template(text: str, variable: str | None) -> str:
    return "{" + variable + "}" if variable else text.replace("{", "{{").replace("}", "}}")
