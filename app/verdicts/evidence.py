"""All that a verdict is computed from, frozen beside it: the same evidence gives it again.

Nothing here is looked up later: scores of every example and repeat, what was judged by whom, the
seed of the random signs and the p-values of the candidates tested in the same family.
"""

from collections.abc import Iterable, Iterator
from math import fsum
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.models import CaseState

Repeats = list[float | None]  # one score for each repeat; None was not judged
GROUP = "group:"  # a tag that says which examples came from one source and may fail together


def group_of(tags: Iterable[str]) -> str | None:
    return next((tag for tag in tags if tag.startswith(GROUP)), None)


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=True)


class ExampleFacts(Frozen):
    """A golden example as both sides were asked it."""

    id: UUID
    position: int
    tags: list[str]
    critical: bool

    @property
    def group(self) -> str | None:
        return group_of(self.tags)


class SideEvidence(Frozen):
    """One side's cases; `scores` has, for each metric, one row of repeats for each example."""

    experiment_id: UUID
    arm: int
    version_id: UUID
    version_number: int
    name: str | None
    model: str
    parameters: dict[str, object]
    snapshot_hash: str
    judge_model: str
    judge_models: dict[str, str] = {}  # evaluator → its own model, where that is another one
    primary: str = ""  # whose scores are kept as `score`
    evaluators: dict[str, str]  # name → version that judged
    states: dict[CaseState, int]
    cost_usd: float | None
    latency_p95_ms: float | None
    scores: dict[str, list[Repeats]]


class Rerun(Frozen):
    """A critical example, run again on both sides: its primary scores."""

    position: int
    baseline: Repeats
    candidate: Repeats


class Noise(Frozen):
    """What two identical runs showed: the standard deviation of their differences."""

    experiment_id: UUID
    n: int
    sd: float
    difference: float


class Sequential(Frozen):
    """Where a run that may end early is judged, and at which one-sided levels (`adaptive`).

    `look` is None between looks: there only the bets decide, and the other levels are None.
    """

    visited: int
    planned: int
    looks: int
    look: int | None
    bets: float
    worse: float | None
    within: float | None
    calls_saved: int = 0


class Evidence(Frozen):
    seed: int
    primary: str
    examples: list[ExampleFacts]
    baseline: SideEvidence
    candidate: SideEvidence
    reruns: list[Rerun] = []
    noise: Noise | None = None
    certified_until: str | None = None  # the day the judge's certificate ends, if it has one
    representative: bool = True  # all golden examples, and the models the versions are served by
    other_p_values: list[float] = []  # of the candidates tested in the same family
    sequential: Sequential | None = None  # examples are then in the order they were visited in


class Example(NamedTuple):
    """One example's repeats on both sides under one metric."""

    facts: ExampleFacts
    baseline: Repeats
    candidate: Repeats


def paired(evidence: Evidence, metric: str) -> Iterator[Example]:
    """The examples in their order; one a side has no row for has no repeats there."""
    before = evidence.baseline.scores.get(metric, [])
    after = evidence.candidate.scores.get(metric, [])
    for index, facts in enumerate(evidence.examples):
        yield Example(
            facts,
            before[index] if index < len(before) else [],
            after[index] if index < len(after) else [],
        )


def visited(evidence: Evidence, sequential: Sequential) -> Evidence:
    """What was known when only so many examples had been visited."""

    def first(side: SideEvidence) -> SideEvidence:
        scores = {name: rows[: sequential.visited] for name, rows in side.scores.items()}
        return side.model_copy(update={"scores": scores})

    return evidence.model_copy(
        update={
            "examples": evidence.examples[: sequential.visited],
            "baseline": first(evidence.baseline),
            "candidate": first(evidence.candidate),
            "sequential": sequential,
        }
    )


def mean(repeats: Repeats) -> float | None:
    """Over the repeats that were judged; None when none was."""
    judged = [score for score in repeats if score is not None]
    return fsum(judged) / len(judged) if judged else None
