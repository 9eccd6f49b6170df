"""Evaluators as an experiment froze them: a judge with a model of its own asks that one."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.evaluators.base import Ask, Case, Evaluator, Score, build
from app.llm.client import Completion, Message, Options


def evaluators_of(entries: Sequence[Mapping[str, Any]]) -> list[Evaluator]:
    """One evaluator for each frozen entry `{name, options, judge_model?, …}`."""
    return [_built(entry) for entry in entries]


def judge_model_of(entry: Mapping[str, Any], default: str) -> str:
    """Whom a frozen entry asks: its judge's own model, else the experiment's."""
    own: str = entry.get("judge_model") or default
    return own


def _built(entry: Mapping[str, Any]) -> Evaluator:
    evaluator = build(entry["name"], entry["options"])
    own = entry.get("judge_model")
    return AskingOwnModel(evaluator, own) if own else evaluator


class AskingOwnModel:
    """An evaluator whose questions go to one model, unless it names another itself."""

    def __init__(self, evaluator: Evaluator, model: str) -> None:
        self.name = evaluator.name
        self.version = evaluator.version
        self.needs_model = evaluator.needs_model
        self._evaluator = evaluator
        self._model = model

    async def score(self, case: Case, ask: Ask | None) -> Score:
        return await self._evaluator.score(case, ask and self._redirected(ask))

    def _redirected(self, ask: Ask) -> Ask:
        async def own(
            messages: Sequence[Message], options: Options, *, model: str | None = None
        ) -> Completion:
            return await ask(messages, options, model=model or self._model)

        return own
