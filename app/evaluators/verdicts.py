"""Judges that choose one of a few named verdicts, each worth a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.evaluators.base import Case
from app.evaluators.bench import Opinion, Question
from app.evaluators.judge import Brief
from app.evaluators.material import blocks_of
from app.llm.client import JsonObject


def verdict_schema(verdicts: Sequence[str]) -> JsonObject:
    """A reason, then the verdict: a model that has decided argues for what it decided."""
    return {
        "type": "object",
        "properties": {
            "reason": {"type": "string"},
            "verdict": {"type": "string", "enum": list(verdicts)},
        },
        "required": ["reason", "verdict"],
        "additionalProperties": False,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One judgment: `worth` maps each verdict of the brief's schema to a value in [0, 1]."""

    brief: Brief
    worth: Mapping[str, float]
    needs: Sequence[str]
    shows: Sequence[str] = ()
    with_output: bool = True

    async def opine(self, case: Case, question: Question) -> Opinion:
        blocks = blocks_of(case, needs=self.needs, shows=self.shows)
        if not self.with_output:
            del blocks["output"]
        reply = await question(self.brief, blocks)
        verdict = reply["verdict"]
        return Opinion(value=self.worth[verdict], label=verdict, reason=reply["reason"])
