"""What the providers' adapters share: time limits, failures, timing and the end of a reply."""

import asyncio
import re
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from app.core import logs
from app.llm import tokens
from app.llm.client import Chunk, Completion, ErrorCode, JsonObject, Message, ModelError, Options
from app.llm.failures import PROVIDERS

log = logs.get()

# Parameters a call can do without. Models come and go that take no temperature (Claude since Opus
# 4.7, OpenAI's reasoning models), not both of two, or no usage in streams; asking them costs
# nothing and no list of names here would stay true.
OPTIONAL = ("top_p", "temperature", "seed", "stream_options")

NOT_TAKEN = re.compile(
    r"support|deprecated|cannot both|unrecognized|unknown|extra|not permitted|not allowed",
    re.IGNORECASE,
)

FINISH_REASONS = {
    "end_turn": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


NOT_UNDERSTOOD = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class BrokenStream(Exception):
    """The provider ended a stream with an error of its own."""


@dataclass(slots=True)
class Draft:
    """A reply as it comes in. Token counts are what the provider sent, not yet checked."""

    model: str
    streamed: bool
    pieces: list[str] = field(default_factory=list)
    finish_reason: str | None = None
    tokens_in: object = None
    tokens_out: object = None
    cached_in: object = None
    started: float = field(default_factory=time.perf_counter)
    first_token_ms: float | None = None

    def add(self, piece: str) -> None:
        if self.streamed and not self.pieces:
            self.first_token_ms = self.elapsed_ms()
        self.pieces.append(piece)

    def finish(self, reason: object) -> None:
        if isinstance(reason, str):
            self.finish_reason = FINISH_REASONS.get(reason, reason[:40])

    def said_by(self, model: object) -> None:
        if isinstance(model, str) and model:
            self.model = storable(model)[:200]

    def elapsed_ms(self) -> float:
        return (time.perf_counter() - self.started) * 1000

    def completion(self, messages: Sequence[Message]) -> Completion:
        text = "".join(self.pieces)
        return Completion(
            text=text,
            usage=tokens.usage(
                messages,
                text,
                tokens_in=self.tokens_in,
                tokens_out=self.tokens_out,
                cached_in=self.cached_in,
            ),
            model=self.model,
            latency_ms=self.elapsed_ms(),
            finish_reason=self.finish_reason or "stop",
            first_token_ms=self.first_token_ms,
        )


class Adapter(ABC):
    """A language model behind an SDK.

    An adapter says how a request is written and how its reply is read. Whatever goes wrong while
    it does becomes a `ModelError`.
    """

    provider: str

    def __init__(self, model: str) -> None:
        self.model = model
        self._not_taken: set[str] = set()

    @abstractmethod
    def _body(self, messages: Sequence[Message], options: Options, *, streamed: bool) -> JsonObject:
        """The request's JSON."""

    @abstractmethod
    def _send(self, body: JsonObject, draft: Draft) -> AsyncGenerator[str]:
        """Yields the reply's text as it comes, and notes the rest in `draft`."""

    async def complete(self, messages: Sequence[Message], options: Options) -> Completion:
        draft = Draft(self.model, streamed=False)
        async for _ in self._pieces(messages, options, draft):
            pass
        return draft.completion(messages)

    async def stream(self, messages: Sequence[Message], options: Options) -> AsyncIterator[Chunk]:
        draft = Draft(self.model, streamed=True)
        async with aclosing(self._pieces(messages, options, draft)) as pieces:
            async for piece in pieces:
                yield Chunk(text=piece)
        yield Chunk(completion=draft.completion(messages))

    async def _pieces(
        self, messages: Sequence[Message], options: Options, draft: Draft
    ) -> AsyncGenerator[str]:
        deadline = asyncio.get_running_loop().time() + options.timeout_s
        while True:
            body = self._body(messages, options, streamed=draft.streamed)
            body = {name: value for name, value in body.items() if name not in self._not_taken}
            try:
                async with aclosing(self._send(body, draft)) as sent:
                    while (piece := await self._next(sent, deadline, draft)) is not None:
                        if piece:
                            draft.add(piece)
                            yield piece
            except ModelError as error:
                if not self._can_do_without(error, body):
                    raise
            else:
                break
        if draft.finish_reason is None and draft.pieces:
            raise self._error("interrupted", "ended in the middle of its reply")
        if draft.finish_reason is None:
            raise self._error("malformed_reply", "answered without a reply")

    async def _next(self, sent: AsyncGenerator[str], deadline: float, draft: Draft) -> str | None:
        """The next piece of text, None at the end. The deadline runs only while we wait here.

        A time limit around the whole stream would cancel its reader's task between two pieces.
        """
        scope = asyncio.timeout_at(deadline)
        try:
            async with scope:
                piece = await anext(sent, None)
            return piece if piece is None else storable(piece)
        except Exception as error:  # noqa: BLE001 - three SDKs, aiohttp and httpx2 raise what they like; all of it means no reply
            # `from None`: what they raise names addresses, and some of it keys
            raise self._failure(error, draft, late=scope.expired()) from None

    def _failure(self, error: Exception, draft: Draft, *, late: bool) -> ModelError:
        for found in (error, error.__cause__):  # Anthropic's SDK wraps whatever its client raises
            if isinstance(found, ModelError):
                return found
        if late:
            return self._error("timeout", "did not answer in the time allowed")
        if isinstance(error, NOT_UNDERSTOOD):
            return self._error("malformed_reply", "sent a reply that cannot be read")
        if draft.pieces:
            return self._error("interrupted", "broke off in the middle of its reply")
        return self._error("unavailable", "cannot be reached, or hung up")

    def _error(self, code: ErrorCode, what: str) -> ModelError:
        name = PROVIDERS[self.provider].name
        return ModelError(code, f"{name} {what}; try again.", provider=self.provider)

    def _can_do_without(self, error: ModelError, body: JsonObject) -> bool:
        """Notes the optional parameter a refusal names, so that this model is not sent it again."""
        if error.code != "invalid_request" or not NOT_TAKEN.search(error.message):
            return False
        for parameter in OPTIONAL:
            if parameter in body and re.search(rf"\b{parameter}\b", error.message):
                self._not_taken.add(parameter)
                log.info("parameter_not_taken", model=self.model, parameter=parameter)
                return True
        return False


def storable(text: str) -> str:
    """The text as a database can hold it: without NUL and without half a surrogate pair."""
    text = text.replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
