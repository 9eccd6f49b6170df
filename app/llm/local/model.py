"""The keyless baseline behind the port to language models."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Sequence

from app.llm.client import Chunk, Completion, Message, ModelError, Options, Usage
from app.llm.local.answering import answer, written
from app.llm.local.json_filling import filled
from app.llm.local.judging import asks_for_claims, asks_to_judge, judged, read_judged
from app.llm.local.reading import read_prompt

NAME = "extractive-baseline"
LABEL = "extractive baseline, not a language model"

CANNOT_JUDGE = (
    "The built-in model only tells which claims stand in a context (evaluator hallucination). "
    "Choose a language model as judge for this evaluator."
)

_TOKEN = re.compile(r"\w+|[^\w\s]")
_PIECE = re.compile(r"\s*\S+|\s+$")


class LocalModel:
    """Answers from the text in its prompt by picking sentences; it needs no key and no network.

    It reads the prompt: with a context it quotes the sentences that share most with the question,
    without one it makes up something plausible, as an ungrounded model does. It honours limits of
    length, the wording asked for when the context does not answer, lists and JSON. The same prompt
    always gets the same reply: `temperature`, `top_p` and `seed` change nothing. A token is a word
    or a sign.

    As a judge it can tell which claims stand in a context, and nothing else: asked for any other
    judgment it raises a ModelError rather than fill in a verdict.
    """

    provider = "local"

    def __init__(self, model: str = NAME) -> None:
        self.model = model

    async def complete(self, messages: Sequence[Message], options: Options) -> Completion:
        """Answers in one piece; raises `ModelError` for a judgment it cannot give."""
        started = time.perf_counter()
        text, finish_reason = _reply(messages, options)
        return self._completion(messages, text, finish_reason, _ms_since(started))

    async def stream(self, messages: Sequence[Message], options: Options) -> AsyncIterator[Chunk]:
        """Yields the reply word by word, then the completion; raises as `complete` does."""
        started = time.perf_counter()
        text, finish_reason = _reply(messages, options)
        first_ms = _ms_since(started)
        for piece in _PIECE.findall(text):
            yield Chunk(text=piece)
            await asyncio.sleep(0)
        ms = _ms_since(started)
        yield Chunk(completion=self._completion(messages, text, finish_reason, ms, first_ms))

    def _completion(
        self,
        messages: Sequence[Message],
        text: str,
        finish_reason: str,
        latency_ms: float,
        first_token_ms: float | None = None,
    ) -> Completion:
        tokens_in = sum(len(_TOKEN.findall(message.content)) for message in messages)
        return Completion(
            text=text,
            usage=Usage(tokens_in=tokens_in, tokens_out=len(_TOKEN.findall(text))),
            model=self.model,
            latency_ms=latency_ms,
            finish_reason=finish_reason,
            first_token_ms=first_token_ms,
        )


def _reply(messages: Sequence[Message], options: Options) -> tuple[str, str]:
    """The text and why it ends: `stop`, or `length` when `max_tokens` cut it."""
    text = _written(messages, options)
    ends = [at for at in (text.find(stop) for stop in options.stop if stop) if at >= 0]
    text = text[: min(ends)] if ends else text
    tokens = list(_TOKEN.finditer(text))
    if len(tokens) > options.max_tokens:
        return text[: tokens[options.max_tokens].start()].rstrip(), "length"
    return text, "stop"


def _written(messages: Sequence[Message], options: Options) -> str:
    schema = options.response_schema
    if schema is not None and asks_for_claims(schema):
        return json.dumps(judged(read_judged(messages)), ensure_ascii=False)
    if asks_to_judge(messages):
        raise ModelError("invalid_request", CANNOT_JUDGE, provider=LocalModel.provider)
    reading = read_prompt(messages)
    found = answer(reading)
    if schema is not None:
        return json.dumps(filled(schema, found.text), ensure_ascii=False)
    return written(found, reading.instructions)


def _ms_since(started: float) -> float:
    return 1000 * (time.perf_counter() - started)
