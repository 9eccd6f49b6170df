"""A judge that answers from a script, and one way to score a case."""

import asyncio
from collections.abc import Sequence
from typing import Any

import app.evaluators  # noqa: F401 - registers every evaluator
from app.evaluators.base import Ask, Case, Score, build
from app.llm.client import Completion, Message, ModelError, Options, Usage
from app.llm.local import LocalModel


class Script:
    """Answers call by call; the last answer repeats. An error among them is raised."""

    def __init__(self, *answers: str | ModelError) -> None:
        self.answers = answers
        self.heard: list[tuple[Sequence[Message], Options]] = []
        self.models: list[str | None] = []

    async def __call__(
        self, messages: Sequence[Message], options: Options, *, model: str | None = None
    ) -> Completion:
        self.heard.append((messages, options))
        self.models.append(model)
        answer = self.answers[min(len(self.heard), len(self.answers)) - 1]
        if isinstance(answer, ModelError):
            raise answer
        usage = Usage(tokens_in=100, tokens_out=20)
        return Completion(text=answer, usage=usage, model="scripted-1", latency_ms=5.0)


async def keyless(
    messages: Sequence[Message],
    options: Options,
    *,
    model: str | None = None,
) -> Completion:
    """Asks the built-in model, whichever is named."""
    return await LocalModel().complete(messages, options)


def score(name: str, case: Case, ask: Ask | None = None, **options: Any) -> Score:
    return asyncio.run(build(name, options).score(case, ask))


def value(name: str, output: str, expected: str | None, **options: Any) -> float | None:
    return score(name, Case(output=output, expected=expected), **options).value
