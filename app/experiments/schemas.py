"""Experiments on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.budgets.schemas import BudgetRoom
from app.core.schema import Flag, Input, JsonObject, Line, Money, Output, Tag, storable
from app.models import CaseState, Direction, ExperimentStatus, Ruling
from app.prompts.version_schemas import Difference, Estimate
from app.runs.schemas import EvaluatorChoice, ModelReference
from app.runs.scores import ClaimRead
from app.verdicts.schemas import Verdict

Selector = Tag | Annotated[int, Field(ge=1, le=1_000_000)]
Interval = Annotated[list[float], Field(min_length=2, max_length=2)]


class GoldenSelection(Input):
    """Which golden examples; all of them when nothing is said."""

    tags: Annotated[list[Tag], Field(max_length=50)] | None = None
    split: Tag | None = None
    sample: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    ids: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None


class Git(Input):
    sha: Annotated[str, Field(max_length=64), AfterValidator(storable)] | None = None
    ref: Annotated[str, Field(max_length=255), AfterValidator(storable)] | None = None
    pr: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None


Cap = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]


class Asked(Input):
    """What every way to start an experiment has in common."""

    golden: GoldenSelection = GoldenSelection()
    models: Annotated[list[ModelReference], Field(max_length=20)] = []
    evaluators: Annotated[list[Line | EvaluatorChoice], Field(max_length=20)] = []
    repeats: Annotated[int, Field(ge=1, le=100)] = 1
    max_cost_usd: Cap | None = None
    concurrency: Annotated[int, Field(ge=1, le=512)] | None = None
    cache: Flag = Field(
        True,
        description="What was asked before with the same model, parameters, messages and repeat "
        "is answered from the workspace's cache and costs nothing.",
    )
    tags: Annotated[list[Tag], Field(max_length=20)] = []
    git: Git | None = None


class ExperimentCreate(Asked):
    prompt_id: UUID | None = None
    prompt: Line | None = Field(None, description="The prompt's name, instead of its id.")
    experiment_name: Line
    versions: Annotated[list[Selector], Field(min_length=1, max_length=20)] = Field(
        ["all"], description="Ids, numbers, labels, or `all`: the 20 newest."
    )
    baseline: Selector | None = Field(
        None, description="Default: the version labelled production, else the oldest."
    )
    gate: Line | None = Field(
        None,
        description="A gate's name or id; by default the one that protects production, if any.",
    )
    adaptive: Flag = Field(
        False,
        description="Asks the examples in random order and ends as soon as they have an answer; "
        "for one candidate, one baseline and no repeats.",
    )

    @model_validator(mode="after")
    def names_one_prompt(self) -> Self:
        if (self.prompt_id is None) == (self.prompt is None):
            raise ValueError("send either prompt_id or prompt (its name)")
        return self


class Evaluate(Asked):
    """One version on its golden examples."""

    experiment_name: Line | None = None


class Rejudge(Input):
    """What is left out stays as it was in the experiment judged again."""

    evaluators: Annotated[list[Line | EvaluatorChoice], Field(max_length=20)] = []
    judge_model: ModelReference | None = None


class PlanRead(Output):
    cases: int
    calls: int
    cost_usd_estimate: Money | None = Field(description="Null when a price is unknown.")
    minimum_detectable_difference: float | None = Field(
        description="In score, at 5 % one-sided and 80 % power; null for a single version."
    )


class PlanPreview(PlanRead):
    """A plan before it is started."""

    cost_estimated: Money = Field(description="By the flat rate where a price is unknown.")
    budget: BudgetRoom | None = Field(
        description="The hard-stop budget with the least room; starting a plan that misses "
        "something is refused. A `max_cost_usd` counts instead of a higher estimate."
    )
    eta_s: int | None = Field(
        description="At the usual pace of its models; null when one of them was not asked lately."
    )


class GoingOn(Input):
    max_cost_usd: Cap | None = Field(
        None,
        description="What it may cost in all from now on; not less than it has cost already. "
        "Without it the limit stays.",
    )


class ExperimentAccepted(Output):
    experiment_id: UUID
    task_id: UUID
    status: Literal["pending"]
    url: str
    status_url: str
    plan: PlanRead
    delayed: bool = Field(
        description="The queue does not answer: the plan is stored and starts when it does."
    )


class Evaluation(Output):
    """A one-version experiment; the averages are null until it has ended."""

    experiment_id: UUID
    task_id: UUID
    status: ExperimentStatus
    status_url: str
    average_score: float | None
    score_interval: Interval | None
    avg_hallucination_rate: float | None
    total_tests: int
    scored: int
    failure_count: int | None
    cost_usd: Money | None


class GoldenChosen(Output):
    """By what golden examples were chosen; all of them when nothing is said."""

    tags: list[str] | None
    split: str | None
    sample: int | None


class Progress(Output):
    """Every planned case is in one state or still to come; the states add up to the plan."""

    planned: int
    scored: int
    template_error: int
    provider_error: int
    judge_error: int
    judge_unparseable: int
    worker_lost: int
    budget_skipped: int
    cancelled: int


class Latency(Output):
    p50: float | None
    p95: float | None


class EvaluatorMean(Output):
    mean: float | None
    interval: Interval | None
    n: int


class ArmResult(Output):
    """One version under one model; what was not judged counts in none of the means."""

    arm: int
    version_id: UUID
    version_number: int
    model: str
    avg_score: float | None
    min_score: float | None
    max_score: float | None
    score_interval: Interval | None
    avg_hallucination_rate: float | None
    hallucination_interval: Interval | None
    hallucination_n: int
    failure_count: int = Field(description="Examples with a score below 0.5.")
    failure_rate_interval: Interval | None
    n: int = Field(description="Examples with a score.")
    tokens_in: int
    tokens_out: int
    cost_usd: Money | None
    cost_estimated: Money
    latency_ms: Latency
    states: dict[CaseState, int]
    evaluators: dict[str, EvaluatorMean]


class Comparison(Output):
    """Candidate minus baseline, paired by example."""

    baseline: int
    candidate: int
    baseline_arm: int
    candidate_arm: int
    metric: str | None
    direction: Direction = Field(description="Which way the metric is better.")
    difference: float | None
    interval: Interval | None
    p_value: float | None = Field(description="One-sided: is the candidate worse?")
    adjusted_p: float | None = Field(description="Holm, over all metrics and candidates.")
    verdict: Ruling
    sentence: str
    n_pairs: int
    wins: int
    ties: int
    losses: int


class GitRead(Output):
    sha: str | None
    ref: str | None
    pr: int | None


class VersionScore(Output):
    """One arm in a line of the list; no mean before the end."""

    number: int
    model: str
    mean: Estimate | None


class ExperimentSummary(Output):
    id: UUID
    name: str
    prompt_id: UUID
    prompt_name: str
    status: ExperimentStatus
    trigger: str
    tags: list[str]
    progress: Progress
    primary_evaluator: str
    judge_model: str
    examples: int = Field(description="Golden examples each version was planned to answer.")
    verdict: Ruling | None
    sentence: str | None
    cost_usd: Money | None
    cost_estimated: Money
    planned_cost_usd: Money | None = Field(description="Null when a price is unknown.")
    max_cost_usd: Money | None
    versions: list[VersionScore]
    candidate_arm: int | None = Field(
        description="Which of the versions the verdict is on, from 0."
    )
    difference: Difference | None = Field(
        description="Candidate minus baseline, by the first metric."
    )
    regressed: int | None = Field(description="Examples that got worse in it.")
    p95_ms: float | None = Field(description="Latency of the candidate, else of the one version.")
    git: GitRead | None
    eta_s: int | None = Field(description="At the pace so far; null unless it runs.")
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class AdaptiveRead(Output):
    """How far an adaptive experiment went before it had an answer."""

    visited: int | None = Field(description="Examples the verdict rests on; null while it runs.")
    planned: int
    calls_saved: int = Field(
        description="Planned and not made; the few that other workers had in flight count here."
    )
    stopped_by: str | None = Field(
        description="`betting`, or `look` and its number; null when it was not stopped early."
    )


class Cause(Output):
    """One reason why cases have no score."""

    state: CaseState
    error_code: str | None
    count: int
    example: str | None = Field(description="What the first of these cases said.")


class ArmRead(Output):
    """One version under one model, as it was planned."""

    arm: int
    version_id: UUID
    version_number: int
    name: str | None = Field(description="Of a text that was only tried; null for a version.")
    model: str
    labels: list[str] = Field(description="That stand on this version now.")


class ExperimentStatusRead(Output):
    experiment_id: UUID
    name: str
    prompt_id: UUID
    prompt_name: str
    status: ExperimentStatus
    trigger: str
    tags: list[str]
    git: GitRead | None
    gate: str | None = Field(description="The gate whose policy it is judged by; null without.")
    progress: Progress
    arms: list[ArmRead] = Field(description="The baseline first.")
    models: list[str] = Field(
        description="Asked for in place of those the versions name; empty without."
    )
    golden: GoldenChosen | None = Field(
        description="Null where examples were picked one by one, and where it was not kept."
    )
    causes: list[Cause] = Field(
        description="Why cases have no score, the most frequent first; at most 20."
    )
    results: list[ArmResult]
    comparisons: list[Comparison] = Field(
        description="The newest candidate first: the one the verdict is on."
    )
    verdict: Verdict | None = Field(
        description="On the newest version that is not the baseline; null for a single version."
    )
    follows: UUID | None = Field(description="The experiment or analysis that started this one.")
    adaptive: AdaptiveRead | None = Field(description="Null unless it was asked to be.")
    evaluators: list[dict[str, Any]]
    primary_evaluator: str
    judge_model: str
    repeats: int
    seed: int
    snapshot_hash: str
    plan: PlanRead
    calls: int
    cached: int = Field(description="Cases whose answer was paid for before.")
    cost_usd: Money | None = Field(description="Null as soon as one price is unknown.")
    cost_estimated: Money
    planned_cost_usd: Money | None = Field(description="Null when a price is unknown.")
    max_cost_usd: Money | None
    eta_s: int | None = Field(description="At the pace so far; null unless it runs.")
    error: str | None
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class CaseResult(Output):
    """One row per case and evaluator; a case that was not judged has one row without score."""

    case_no: int
    arm: int
    version_number: int
    model: str
    example_id: UUID
    position: int
    repeat: int
    state: CaseState
    evaluator: str | None
    evaluator_version: str | None
    evaluator_state: str | None
    score: float | None
    hallucination: bool | None
    hallucination_rate: float | None
    reason: str | None
    claims: list[ClaimRead]
    input_data: JsonObject
    expected_output: str | None
    output: str | None
    error_code: str | None
    error: str | None
    latency_ms: float | None
    tokens_in: int
    tokens_out: int
    cost_usd: Money | None
    cost_estimated: Money
    cached: bool = Field(description="The answer was paid for before.")
