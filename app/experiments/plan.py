"""The plan of an experiment: what is frozen, how many cases and calls, what it may cost.

Arms are versions × models; cases are arms × examples × repeats, numbered so that neighbours are
the same example under different versions (`models/experiment.py`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.budgets import prices, spend
from app.budgets.spend import Room, Spender
from app.core.config import get_settings
from app.core.errors import invalid
from app.experiments import adaptive
from app.experiments.selection import (
    EVERYTHING,
    Arm,
    GoldenChoice,
    arms_of,
    choose_baseline,
    choose_examples,
    choose_versions,
    find_prompt,
    labels_of,
)
from app.gates import service as gates
from app.golden.snapshot import snapshot_hash
from app.llm.client import Usage
from app.llm.pricing import Price
from app.models import GoldenExample, Prompt, PromptVersion
from app.prompts import rendering
from app.runs.service import check_evaluators, check_model
from app.runs.worst_case import Tariff, judges_of
from app.verdicts.policy import PolicyInForce, check_metrics

MOST_CASES = 1_000_000
TYPICAL_SD = 0.25  # of paired differences of judge scores; the observed one replaces it later
TYPICAL_ANSWER_TOKENS = 200
TYPICAL_JUDGE_TOKENS = Usage(tokens_in=900, tokens_out=300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller asked for."""

    prompt: UUID | str
    name: str
    versions: Sequence[str | int] = ("all",)
    golden: GoldenChoice = EVERYTHING
    models: Sequence[str] = ()
    evaluators: Sequence[Mapping[str, Any]] = ()
    repeats: int = 1
    baseline: str | int | None = None
    gate: str | None = None
    max_cost_usd: Decimal | None = None
    concurrency: int | None = None
    tags: Sequence[str] = ()
    git: Mapping[str, Any] | None = None
    cache: bool = True
    adaptive: bool = False
    trigger: str = "api"

    @property
    def is_representative(self) -> bool:
        """Nothing is picked: all golden examples, and the models the versions are served by."""
        return self.golden == EVERYTHING and not self.models


class PlanSummary(NamedTuple):
    cases: int
    calls: int
    cost_usd_estimate: Decimal | None
    cost_estimated: Decimal  # by the flat rate where a price is unknown
    minimum_detectable_difference: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A checked request: everything an experiment freezes."""

    prompt: Prompt
    arms: list[Arm]
    examples: list[GoldenExample]
    evaluators: list[dict[str, Any]]
    judge_model: str
    baseline_arm: int | None
    seed: int
    snapshot_hash: str
    in_force: PolicyInForce
    summary: PlanSummary


def make(session: Session, subject: Subject, request: Request) -> Plan:
    """Checks and freezes; raises 404 or a 422 that names what is wrong, before anything is paid."""
    prompt = find_prompt(session, subject, request.prompt)
    labels = labels_of(session, prompt)
    versions = choose_versions(session, prompt, request.versions, labels)
    models = [check_model(model, "#/models") for model in request.models]
    arms = arms_of(versions, models)
    examples = choose_examples(session, prompt, request.golden)
    evaluators = _evaluators(session, subject, request.evaluators, examples)
    for position, version in enumerate(versions):
        _check_inputs(version, examples, position)
    cases = len(arms) * len(examples) * request.repeats
    if cases > MOST_CASES:
        raise invalid("#", f"{cases:,} cases are more than {MOST_CASES:,}; take a sample.")
    snapshot = snapshot_hash(examples)
    in_force = gates.in_force(session, subject, prompt.id, gate=request.gate)
    check_metrics(in_force.policy, [entry["name"] for entry in evaluators], "#/gate")
    judge_model = check_model(get_settings().judge, "#/evaluators")
    seed = int(snapshot[:12], 16)
    if request.adaptive:
        adaptive.check(arms, examples, request.repeats)
        examples = adaptive.in_random_order(examples, seed)  # the snapshot is of their own order
    return Plan(
        prompt=prompt,
        arms=arms,
        examples=examples,
        evaluators=evaluators,
        judge_model=judge_model,
        baseline_arm=choose_baseline(arms, request.baseline, labels),
        seed=seed,
        snapshot_hash=snapshot,
        in_force=in_force,
        summary=_summary(tariff_of(session, subject), arms, examples, evaluators, request.repeats),
    )


def _evaluators(
    session: Session,
    subject: Subject,
    wanted: Sequence[Mapping[str, Any]],
    examples: Sequence[GoldenExample],
) -> list[dict[str, Any]]:
    """The evaluators asked for, else those the examples have material for."""
    if wanted:
        return check_evaluators(session, subject, wanted)
    default = []
    if all(example.context for example in examples):
        default.append({"name": "hallucination"})
    if all(example.expected_output for example in examples):
        default.append({"name": "similarity"})
    if not default:
        raise invalid(
            "#/evaluators",
            "Say which evaluators to use: not all of these examples have a context or an "
            "expected output.",
        )
    return check_evaluators(session, subject, default)


def _check_inputs(version: PromptVersion, examples: Sequence[GoldenExample], position: int) -> None:
    template = rendering.frozen(version)
    required = {v["name"] for v in template["variables"] if v["required"]}
    for example in examples:
        missing = sorted(required - example.input_data.keys())
        if missing:
            raise invalid(
                f"#/versions/{position}",
                f"Version {version.number} needs {', '.join(missing)}, which golden example "
                f"{example.id} does not have.",
                code="missing_variable",
            )


def tariff_of(session: Session, subject: Subject) -> Tariff:
    """How the workspace's calls are priced."""
    overrides = prices.overrides(session, subject.workspace_id)
    return Tariff(get_settings().flat_token_price, overrides)


def _summary(
    tariff: Tariff,
    arms: Sequence[Arm],
    examples: Sequence[GoldenExample],
    evaluators: Sequence[Mapping[str, Any]],
    repeats: int,
) -> PlanSummary:
    from app.statistics.power import (  # noqa: PLC0415 - SciPy costs the API's start 0.2 s
        minimum_detectable_difference,
    )

    cases = len(arms) * len(examples) * repeats
    judging = _judging(tariff, evaluators, get_settings().judge, cases)
    costs = [*judging]
    for arm in arms:
        text = len(arm.version.template or json.dumps(arm.version.messages))
        inputs = sum(len(json.dumps(example.input_data)) for example in examples)
        average = Usage(
            tokens_in=(text + inputs // len(examples)) // 4, tokens_out=TYPICAL_ANSWER_TOKENS
        )
        costs.append(_cost(tariff, arm.model, average, len(examples) * repeats))
    known = [cost.cost_usd for cost in costs if cost.cost_usd is not None]
    compared = len(examples) if len(arms) > 1 else None
    return PlanSummary(
        cases=cases,
        calls=cases * (1 + len(judging)),
        cost_usd_estimate=sum(known, Decimal(0)) if len(known) == len(costs) else None,
        cost_estimated=sum((cost.estimated_usd for cost in costs), Decimal(0)),
        minimum_detectable_difference=(
            minimum_detectable_difference(TYPICAL_SD, compared) if compared else None
        ),
    )


def judging_costs(
    evaluators: Sequence[Mapping[str, Any]],
    judge_model: str,
    cases: int,
    tariff: Tariff,
) -> list[Decimal | None]:
    """For each call that judging one case takes, what it may cost over so many cases."""
    costs = _judging(tariff, evaluators, judge_model, cases)
    return [cost.cost_usd for cost in costs]


def _judging(
    tariff: Tariff, evaluators: Sequence[Mapping[str, Any]], judge_model: str, cases: int
) -> list[Price]:
    models = judges_of(evaluators, judge_model)
    return [_cost(tariff, model, TYPICAL_JUDGE_TOKENS, cases) for model in models]


def _cost(tariff: Tariff, model: str, usage: Usage, calls: int) -> Price:
    if not calls:
        return Price(Decimal(0), Decimal(0), known=True)
    one = tariff.price(model, usage)
    known = one.cost_usd * calls if one.cost_usd is not None else None
    return Price(known, one.estimated_usd * calls, one.known)


def room(session: Session, subject: Subject, made: Plan, cap: Decimal | None) -> Room | None:
    """What the tightest hard-stop budget has left for it; None where none applies."""
    amount = made.summary.cost_estimated
    spender = Spender(
        workspace_id=subject.workspace_id, prompt_id=made.prompt.id, api_key_id=subject.key_id
    )
    return spend.room(session, spender, amount if cap is None else min(amount, cap))
