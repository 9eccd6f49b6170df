"""A prompt as a file: optional settings between two lines of `---`, then its text.

    ---
    model: openai:gpt-5-mini
    parameters: {temperature: 0}
    ---
    system:
    Answer in one sentence.

    user:
    {{ question }}

A text that begins with a line `system:`, `user:` or `assistant:` is messages, one for each such
line; any other is one template. The last line end belongs to the file, not to the text, so that
what is written by `text_of` is read back as it was.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, JsonValue

from app.cli import yaml_places
from app.cli.config_schema import Section
from app.embedded.errors import Misconfigured

FENCE = "---\n"
ROLE = re.compile(r"^(system|user|assistant):[ \t]*$", re.MULTILINE)
SETTINGS = ("model", "parameters", "template_format", "response_schema")


class FrontMatter(Section):
    """The settings above a prompt's text."""

    model: str | None = Field(None, description="`provider:model`.")
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    template_format: Literal["jinja2", "fstring"] = "jinja2"
    response_schema: dict[str, JsonValue] | None = None


def content(text: str, name: str) -> dict[str, Any]:
    """What `POST /prompts/{id}/versions` takes; raises Misconfigured with line and column."""
    text = text.replace("\r\n", "\n")
    settings, body = _split(text, name)
    body = body.removesuffix("\n")
    if not body.strip():
        raise Misconfigured(f"{name} has no text; write the prompt there.")
    messages = _messages(body, name)
    said = {"template": body} if messages is None else {"messages": messages}
    return settings.model_dump(exclude_unset=True) | said


def text_of(version: Mapping[str, Any]) -> str:
    """A version as the API gives it, as a file that `content` reads back."""
    given = {name: version.get(name) for name in SETTINGS}
    kept = {name: value for name, value in given.items() if value not in (None, {}, "jinja2")}
    front = [f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in kept.items()]
    body = str(version["template"] or "")
    if version.get("messages"):
        body = "\n\n".join(f"{turn['role']}:\n{turn['content']}" for turn in version["messages"])
    fenced = front or body.startswith(FENCE)
    return (FENCE + "".join(front) + FENCE if fenced else "") + body + "\n"


def _split(text: str, name: str) -> tuple[FrontMatter, str]:
    if not text.startswith(FENCE):
        return FrontMatter(), text
    front, fence, body = text.removeprefix(FENCE).partition("\n---\n")
    if text.startswith(FENCE * 2):
        front, fence, body = "", FENCE, text.removeprefix(FENCE * 2)
    if not fence:
        raise Misconfigured(f"{name}:1:1: the settings begin here and have no `---` at their end.")
    document = yaml_places.read(front, name, first_line=2)
    return yaml_places.checked(FrontMatter, document), body


def _messages(body: str, name: str) -> list[dict[str, str]] | None:
    first = ROLE.search(body)
    if first is None or body[: first.start()].strip():
        return None
    _, *parts = ROLE.split(body)
    turns = [
        {"role": role, "content": said.strip("\n")}
        for role, said in zip(parts[::2], parts[1::2], strict=True)
    ]
    empty = next((turn["role"] for turn in turns if not turn["content"].strip()), None)
    if empty:
        raise Misconfigured(f"{name}: the message `{empty}:` has no text.")
    return turns
