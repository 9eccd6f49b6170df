"""What every format renders: an experiment, its verdicts and its cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from app.experiments.schemas import ArmResult
from app.models import CaseState, ExperimentStatus, Ruling
from app.verdicts.parts import CaseChange, Side
from app.verdicts.schemas import Verdict
from app.verdicts.wording import side_name

DETAILED = 5  # verdicts whose examples are shown, the gravest first
SEVERITY = (
    Ruling.regression,
    Ruling.invalid,
    Ruling.not_comparable,
    Ruling.budget_exhausted,
    Ruling.inconclusive,
    Ruling.passed,
)


class Score(NamedTuple):
    """One evaluator's judgment of one case; `value` is None when it could not judge."""

    evaluator: str
    version: str
    state: str
    value: float | None
    hallucination_rate: float | None
    reason: str
    claims: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One arm's answer to one example in one repeat, and what it was given for it."""

    case_no: int
    arm: int
    version_number: int
    model: str
    example_id: UUID
    position: int
    repeat: int
    state: CaseState
    input_data: Mapping[str, Any]
    expected_output: str | None
    output: str | None
    error_code: str | None
    error: str | None
    latency_ms: float | None
    tokens_in: int
    tokens_out: int
    cost_usd: Decimal | None
    cost_estimated: Decimal
    scores: Sequence[Score] = ()

    def find_score(self, evaluator: str) -> Score | None:
        return next((score for score in self.scores if score.evaluator == evaluator), None)


class Arm(NamedTuple):
    """One version under test; `result` is None until the experiment has been rolled up."""

    number: int
    label: str
    model: str
    result: ArmResult | None


class Header(NamedTuple):
    """The experiment. Costs in US dollars; `cost_usd` is None where a price is unknown."""

    id: UUID
    name: str
    prompt: str
    status: ExperimentStatus
    ended: bool
    created_at: datetime
    url: str
    baseline_arm: int | None
    primary: str
    evaluators: Mapping[str, str]  # name → version
    judge_model: str
    repeats: int
    seed: int
    snapshot_hash: str
    cases: int
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: Decimal | None
    cost_estimated: Decimal


class Report(NamedTuple):
    """`cases` are in the order of their numbers, so that an example's cases are neighbours."""

    experiment: Header
    arms: Sequence[Arm]
    verdicts: Sequence[Verdict]  # at most one for each candidate
    cases: Iterable[Case] = ()

    @property
    def baseline(self) -> Arm | None:
        return next((arm for arm in self.arms if arm.number == self.experiment.baseline_arm), None)

    @property
    def candidates(self) -> list[Arm]:
        return [arm for arm in self.arms if arm.number != self.experiment.baseline_arm]

    @property
    def worst_first(self) -> list[Verdict]:
        return sorted(self.verdicts, key=lambda v: (SEVERITY.index(v.verdict), v.candidate.arm))

    def find_verdict(self, arm: Arm) -> Verdict | None:
        return next((item for item in self.verdicts if item.candidate.arm == arm.number), None)

    def label(self, arm: int) -> str:
        return next(item.label for item in self.arms if item.number == arm)

    def called(self, side: Side) -> str:
        """The side's label here; one of another experiment is called by its version alone."""
        here = side.experiment_id == self.experiment.id
        return self.label(side.arm) if here else side_name(side)

    @property
    def why_none(self) -> str:
        """Why there is no verdict, and what to do about it."""
        if not self.experiment.ended:
            return (
                f"No verdict yet: the experiment is {self.experiment.status.value}. "
                "Export it again when it has ended."
            )
        if self.experiment.baseline_arm is None:
            return "No verdict: one version alone, nothing to compare it with."
        return "No verdict is stored for this experiment; ask for the comparison of its versions."


class Pair(NamedTuple):
    """An example that got worse, with the repeat in which the candidate did worst."""

    change: CaseChange
    newly_failing: bool
    baseline: Case | None
    candidate: Case | None


def worst_changes(verdict: Verdict, most: int) -> list[CaseChange]:
    """Newly failing examples first, then the largest drops."""
    found = verdict.changes.newly_failing[:most]
    known = {change.position for change in found}
    drops = [change for change in verdict.changes.worst_drops if change.position not in known]
    return [*found, *drops][:most]


def pairs(report: Report, cases: Sequence[Case], verdict: Verdict, most: int) -> list[Pair]:
    newly_failing = {change.position for change in verdict.changes.newly_failing}
    found = []
    for change in worst_changes(verdict, most):
        here = [case for case in cases if case.position == change.position]
        primary = report.experiment.primary
        before, after = answers(here, verdict.baseline.arm, verdict.candidate.arm, primary)
        found.append(Pair(change, change.position in newly_failing, before, after))
    return found


class Answers(NamedTuple):
    baseline: Case | None
    candidate: Case | None


def answers(cases: Sequence[Case], baseline: int | None, candidate: int, evaluator: str) -> Answers:
    """Of one example's cases the candidate's worst repeat, and the baseline's same repeat."""

    def badness(case: Case) -> tuple[float, int]:
        score = case.find_score(evaluator)
        return (1.0 if score is None or score.value is None else score.value, case.repeat)

    mine = sorted((case for case in cases if case.arm == candidate), key=badness)
    if not mine:
        return Answers(None, None)
    worst = mine[0]
    others = (case for case in cases if (case.arm, case.repeat) == (baseline, worst.repeat))
    return Answers(next(others, None), worst)
