"""A chat completion as OpenAI's clients ask for it; what cannot be honoured is refused by name."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.errors import FieldError, invalid
from app.core.schema import JsonObject, Text
from app.llm.client import Message, Role
from app.openai_api.errors import NotSupported

# they change neither the answer nor what it costs us
IGNORED = frozenset(
    {
        "parallel_tool_calls",
        "prediction",
        "prompt_cache_key",
        "prompt_cache_retention",
        "safety_identifier",
        "service_tier",
        "store",
        "user",
    }
)
# what asks for nothing may stand there: clients send their defaults
HARMLESS: dict[str, tuple[object, ...]] = {
    "audio": (),
    "frequency_penalty": (0,),
    "function_call": ("none",),
    "functions": ([],),
    "logit_bias": ({},),
    "logprobs": (False,),
    "modalities": (["text"],),
    "n": (1,),
    "presence_penalty": (0,),
    "reasoning_effort": (),
    "tool_choice": ("none",),
    "tools": ([],),
    "top_logprobs": (0,),
    "verbosity": (),
    "web_search_options": (),
}
VARIABLES = "variables"
MOST_MESSAGES = 200


class Lenient(BaseModel):
    """A part of another's protocol: what it adds is no mistake of the caller."""

    model_config = ConfigDict(extra="ignore")


class TextPart(Lenient):
    type: Literal["text"]
    text: Text


class ChatMessage(Lenient):
    role: Literal["system", "developer", "user", "assistant"]
    content: Text | Annotated[list[TextPart], Field(min_length=1, max_length=100)]

    def message(self) -> Message:
        text = self.content
        if not isinstance(text, str):
            text = "".join(part.text for part in text)
        role: Role = "system" if self.role == "developer" else self.role
        return Message(role=role, content=text)


class JsonSchemaFormat(Lenient):
    schema_: JsonObject = Field(alias="schema")


class ResponseFormat(Lenient):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchemaFormat | None = None

    @model_validator(mode="after")
    def has_its_schema(self) -> Self:
        if (self.type == "json_schema") != (self.json_schema is not None):
            raise ValueError("a json_schema goes with the type json_schema")
        return self

    @property
    def schema_asked(self) -> dict[str, Any] | None:
        if self.json_schema is not None:
            return dict(self.json_schema.schema_)
        return {"type": "object"} if self.type == "json_object" else None


class StreamOptions(Lenient):
    include_usage: bool = False


class ChatCompletionCreate(BaseModel):
    """`metadata.variables` is the variables of a prompt as a JSON text; `variables` as they are."""

    model_config = ConfigDict(extra="allow")

    model: Annotated[str, Field(min_length=1, max_length=300)]
    messages: Annotated[list[ChatMessage], Field(max_length=MOST_MESSAGES)] = []
    stream: bool = False
    stream_options: StreamOptions | None = None
    metadata: Annotated[dict[str, Text], Field(max_length=16)] | None = None
    variables: JsonObject | None = None
    response_format: ResponseFormat | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    seed: int | None = None
    stop: str | list[str] | None = None

    @property
    def include_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage

    def refuse_unsupported(self) -> None:
        """Raises NotSupported for what we cannot do, and for what nobody knows."""
        for name, value in (self.model_extra or {}).items():
            if value is None or name in IGNORED or value in HARMLESS.get(name, ()):
                continue
            known = name in HARMLESS
            raise NotSupported(
                None if known else f"There is no parameter {name[:100]!r}; leave it out.",
                errors=(FieldError(f"#/{name[:100]}", NotSupported.code, ""),),
                what=name,
            )

    def parameters(self) -> dict[str, Any]:
        """Those that were set, by our names; they are checked where all parameters are."""
        told = {self.max_tokens, self.max_completion_tokens} - {None}
        if len(told) > 1:
            raise invalid("#/max_tokens", "Send max_completion_tokens or max_tokens, not both.")
        asked = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": next(iter(told), None),
            "seed": self.seed,
            "stop": [self.stop] if isinstance(self.stop, str) else self.stop,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def prompt_variables(self) -> dict[str, Any]:
        """A value for each variable of the prompt."""
        written = (self.metadata or {}).get(VARIABLES)
        if written is None:
            return dict(self.variables or {})
        if self.variables is not None:
            raise invalid("#/variables", "Send metadata.variables or variables, not both.")
        try:
            read = VariablesOnly.model_validate({VARIABLES: json.loads(written)})
        except (ValueError, RecursionError) as error:
            raise invalid(
                "#/metadata/variables",
                'Write the variables as a JSON object in a text: "{\\"question\\": \\"Why?\\"}".',
            ) from error
        return read.variables


class VariablesOnly(BaseModel):
    variables: JsonObject
