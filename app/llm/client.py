"""The port to language models: what every provider adapter offers and nothing more.

An adapter turns one provider's wire format into these types. It does not retry, count or price:
`limits.py` governs calls, `pricing.py` prices them.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a chat prompt; a text prompt is a single `user` message."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a caller may ask of one call.

    `response_schema` is a JSON Schema (Draft 2020-12) the reply must follow; an adapter uses the
    provider's native structured output for it. `timeout_s` bounds the whole call, in seconds.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int = 1024
    seed: int | None = None
    stop: tuple[str, ...] = ()
    response_schema: Mapping[str, Any] | None = None
    timeout_s: float = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call. `estimated` is true when the reply carried no usage and we counted."""

    tokens_in: int
    tokens_out: int
    cached_in: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A whole reply. `model` is what the provider says it used; latency is wall time, in ms.

    `tries` counts the calls it took, latency is the last one's.
    """

    text: str
    usage: Usage
    model: str
    latency_ms: float
    finish_reason: str = "stop"
    first_token_ms: float | None = None
    tool_calls: tuple[Mapping[str, Any], ...] = field(default=())
    tries: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a streamed reply; the last one carries the whole `completion` and no text."""

    text: str = ""
    completion: Completion | None = None


class LanguageModel(Protocol):
    """One model at one provider under one credential."""

    provider: str
    model: str

    async def complete(self, messages: Sequence[Message], options: Options) -> Completion:
        """Answers in one piece; raises `ModelError`."""
        ...

    def stream(self, messages: Sequence[Message], options: Options) -> AsyncIterator[Chunk]:
        """Yields text as it comes, then one chunk with the completion; raises `ModelError`.

        Closing the iterator early cancels the provider's call.
        """
        ...


ErrorCode = Literal[
    "authentication",  # 401, 403: the key is wrong or may not use this model
    "model_not_found",  # 404
    "rate_limited",  # 429
    "timeout",  # no answer within `timeout_s`, or 408
    "unavailable",  # 5xx, refused or dropped connection, open circuit
    "invalid_request",  # other 4xx: the provider refuses this prompt or these parameters
    "malformed_reply",  # 200 with a body that is not what the provider documents
    "interrupted",  # a stream cut before its end
]

RETRYABLE: frozenset[str] = frozenset(
    {"rate_limited", "timeout", "unavailable", "malformed_reply", "interrupted"}
)


class ModelError(Exception):
    """A call that gave no completion; `message` is safe to store and to show (no key, no URL)."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        provider: str,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message
        self.provider = provider
        self.status = status
        self.retry_after_s = retry_after_s
        self.tries = 1
        self.said: str | None = None  # the provider's own words, as safe as the message

    @property
    def retryable(self) -> bool:
        return self.code in RETRYABLE
