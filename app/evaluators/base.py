"""What an evaluator is: a pure function from a case to a score, registered by name and version.

Pure means no database, no settings, no clock. An evaluator that needs a language model asks for
one through the `ask` it is given, so that the caller counts, limits and pays for the call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from app.llm.client import Completion, Message, Options


class Ask(Protocol):
    """Asks the judge's model, or the `provider:model` that is named; raises ModelError."""

    async def __call__(
        self, messages: Sequence[Message], options: Options, *, model: str | None = None
    ) -> Completion: ...


class ScoreState(StrEnum):
    """How judging one output by one evaluator ended; only `scored` carries a value."""

    scored = "scored"
    not_applicable = "not_applicable"  # the example lacks what this evaluator reads
    judge_error = "judge_error"  # the judge's call failed
    judge_unparseable = "judge_unparseable"  # the judge answered, but not in its schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One output beside what its golden example says. Texts are whole, unescaped."""

    output: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    expected: str | None = None
    context: str | None = None
    criteria: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim a judge found in the output. Offsets count characters of the output."""

    text: str
    verdict: str  # supported | contradicted | not_found | not_checkworthy
    reason: str = ""
    quote: str | None = None  # where the output says it
    evidence: str | None = None  # where the context says it, verified
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One evaluator's judgment of one output.

    `value` is a finite number in [0, 1] when `state` is scored, else None: "could not judge" is
    never 0 and never a pass. `hallucination_rate` is the share of check-worthy claims without
    support, in [0, 1], for evaluators that measure it.
    """

    evaluator: str
    evaluator_version: str
    state: ScoreState
    value: float | None = None
    reason: str = ""
    hallucination_rate: float | None = None
    claims: tuple[Claim, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        scored = self.state is ScoreState.scored
        if scored != (self.value is not None):
            raise ValueError(f"a {self.state} score carries value {self.value!r}")
        if self.value is not None and not 0.0 <= self.value <= 1.0:
            raise ValueError(f"a score is a number from 0 to 1, not {self.value!r}")


class Evaluator(Protocol):
    """A configured evaluator. `version` changes whenever the same case may score differently."""

    name: str
    version: str
    needs_model: bool

    async def score(self, case: Case, ask: Ask | None) -> Score:
        """Judges one output; never raises for what a model or a user wrote."""
        ...


class UnknownEvaluator(ValueError):
    """No evaluator has this name; the message lists those there are."""


class InvalidEvaluatorOptions(ValueError):
    """The options do not fit the evaluator; the message says which and why."""


Factory = Callable[..., Evaluator]

_registry: dict[str, Factory] = {}


def evaluator(name: str) -> Callable[[Factory], Factory]:
    """Registers a factory: keyword-only options in, a configured `Evaluator` out."""

    def register(factory: Factory) -> Factory:
        _registry[name] = factory
        return factory

    return register


def build(name: str, options: Mapping[str, Any] | None = None) -> Evaluator:
    """The evaluator of that name; raises UnknownEvaluator or InvalidEvaluatorOptions."""
    factory = _registry.get(name)
    if factory is None:
        raise UnknownEvaluator(f"There is no evaluator {name!r}; there are: {', '.join(names())}.")
    try:
        return factory(**dict(options or {}))
    except TypeError as error:
        raise InvalidEvaluatorOptions(f"{name}: {error}") from error


def names() -> list[str]:
    return sorted(_registry)


def factories() -> Mapping[str, Factory]:
    """Every registered factory by name."""
    return MappingProxyType(_registry)
