"""Deterministic evaluators: a rule made from options, run on one case, without a model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import MappingProxyType
from typing import Any, NamedTuple

from app.evaluators.base import Ask, Case, Evaluator, Score, ScoreState, evaluator
from app.evaluators.options import checked, version_of
from app.evaluators.quotes import excerpt

# A reason is one or two sentences in a table cell; 1,000 bytes hold the longest useful one.
REASON_BYTES = 1_000


class Finding(NamedTuple):
    """What a rule found: a number in [0, 1], or None when the rule does not apply."""

    value: float | None
    reason: str
    details: Mapping[str, Any] = MappingProxyType({})


Rule = Callable[[Case], Finding]


@dataclass(slots=True, kw_only=True)
class Check:
    """An evaluator that runs one rule."""

    name: str
    version: str
    rule: Rule
    needs_model: bool = field(default=False, init=False)

    async def score(self, case: Case, ask: Ask | None) -> Score:  # noqa: ARG002 - the protocol's
        value, reason, details = self.rule(case)
        return Score(
            evaluator=self.name,
            evaluator_version=self.version,
            state=ScoreState.not_applicable if value is None else ScoreState.scored,
            value=value,
            reason=excerpt(reason, REASON_BYTES),
            details=details,
        )


def check(name: str, *, version: str) -> Callable[[Callable[..., Rule]], Callable[..., Evaluator]]:
    """Registers a function from keyword-only options to a rule as the evaluator `name`."""

    def register(make_rule: Callable[..., Rule]) -> Callable[..., Evaluator]:
        @evaluator(name)
        @checked
        @wraps(make_rule)
        def factory(**options: Any) -> Evaluator:  # noqa: ANN401 - checked one line above
            rule = make_rule(**options)  # first: it refuses what cannot be hashed either
            return Check(name=name, version=version_of(version, make_rule, options), rule=rule)

        return factory

    return register


def expected_of(case: Case) -> str | None:
    """The expected output, or None where there is none or it is blank."""
    return case.expected if case.expected and case.expected.strip() else None


NOTHING_EXPECTED = Finding(None, "The example has no expected output to compare with.")


def passed(ok: bool, reason: str) -> Finding:  # noqa: FBT001 - the finding itself
    return Finding(float(ok), reason)
