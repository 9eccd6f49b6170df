"""A prompt as the client holds it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from llmops import rendering

Source = Literal["server", "memory", "disk", "fallback"]
Fallback = str | Sequence[Mapping[str, str]]


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    role: str
    content: str


class Prompt(BaseModel):
    """One version of a prompt: a text (`template`) or a chat (`messages`).

    `source` says where it came from this time; a fallback has no id, no version and no hash.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    id: UUID | None = None
    prompt_id: UUID | None = None
    version: int | None = Field(None, alias="number")
    template_format: str = "jinja2"
    template: str | None = None
    messages: tuple[Message, ...] | None = None
    model: str | None = None
    parameters: dict[str, Any] = {}
    response_schema: dict[str, Any] | None = None
    content_hash: str | None = None
    source: Source = "server"

    @property
    def is_fallback(self) -> bool:
        return self.source == "fallback"

    def to_messages(
        self, variables: Mapping[str, Any] | None = None, /, **more: object
    ) -> list[dict[str, str]]:
        """`[{"role": …, "content": …}]`; a text prompt is one message of the user.

        Raises RenderError, or MissingPackage for Jinja beyond `{{ name }}` without jinja2.
        """
        given = {**(variables or {}), **more}
        turns = self.messages or (Message(role="user", content=self.template or ""),)
        return [
            {
                "role": turn.role,
                "content": rendering.render(turn.content, self.template_format, given),
            }
            for turn in turns
        ]

    def compile(self, variables: Mapping[str, Any] | None = None, /, **more: object) -> str:
        """The text; the messages of a chat follow one another, each under its role."""
        messages = self.to_messages(variables, **more)
        if len(messages) == 1 and messages[0]["role"] == "user":
            return messages[0]["content"]
        return "\n\n".join(f"{turn['role']}:\n{turn['content']}" for turn in messages)

    def to_openai(
        self, variables: Mapping[str, Any] | None = None, /, **more: object
    ) -> dict[str, Any]:
        """Arguments of `chat.completions.create`; without `model` where the version names none."""
        arguments: dict[str, Any] = {
            "messages": self.to_messages(variables, **more),
            **self.parameters,
        }
        if self.model is not None:
            arguments["model"] = self.model.partition(":")[2] or self.model
        if self.response_schema is not None:
            schema: dict[str, Any] = {"name": "answer", "schema": self.response_schema}
            schema["strict"] = closed(self.response_schema)
            arguments["response_format"] = {"type": "json_schema", "json_schema": schema}
        return arguments


def closed(schema: object) -> bool:
    """Whether every object in a schema names all its fields and requires them.

    OpenAI's strict mode refuses any other schema.
    """
    if isinstance(schema, list):
        return all(closed(part) for part in schema)
    if not isinstance(schema, dict):
        return True
    fields = schema.get("properties")
    if isinstance(fields, dict) or schema.get("type") == "object":
        named, required = set(fields or {}), set(schema.get("required") or ())
        if schema.get("additionalProperties") is not False or named != required:
            return False
    return all(closed(part) for part in schema.values())


def fallback_prompt(name: str, given: Fallback) -> Prompt:
    """What the caller wants to use when nothing can be had."""
    if isinstance(given, str):
        return Prompt(name=name, template=given, source="fallback")
    messages = tuple(Message.model_validate(turn) for turn in given)
    return Prompt(name=name, messages=messages, source="fallback")
