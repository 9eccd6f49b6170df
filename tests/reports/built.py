"""Reports made by hand: two versions on a few examples, with the texts a test is about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.experiments.schemas import ArmResult
from app.models import CaseState, ExperimentStatus, Ruling
from app.reports.report import Arm, Case, Header, Report, Score
from app.verdicts.policy import Policy
from app.verdicts.schemas import Verdict

EXPERIMENT = UUID(int=7)
EXAMPLES = [UUID(int=100 + position) for position in range(1000)]


def a_score(value: float | None = 1.0, **changed: Any) -> Score:
    fields = {
        "evaluator": "similarity",
        "version": "1",
        "state": "scored" if value is not None else "judge_error",
        "value": value,
        "hallucination_rate": None,
        "reason": "",
        "claims": (),
    }
    return Score(**(fields | changed))


def a_case(
    position: int, arm: int, *scores: Score, arms: int = 2, repeat: int = 0, **changed: Any
) -> Case:
    fields = {
        "case_no": position * arms + arm,
        "arm": arm,
        "version_number": arm + 1,
        "model": "local:model",
        "example_id": EXAMPLES[position],
        "position": position,
        "repeat": repeat,
        "state": CaseState.scored if scores else CaseState.provider_error,
        "input_data": {"question": "How long?"},
        "expected_output": "Three years.",
        "output": "Three years." if scores else None,
        "error_code": None,
        "error": None if scores else "The provider is away.",
        "latency_ms": 120.0,
        "tokens_in": 10,
        "tokens_out": 3,
        "cost_usd": Decimal("0.0001"),
        "cost_estimated": Decimal("0.0001"),
        "scores": scores,
    }
    return Case(**(fields | changed))


def an_arm(number: int, label: str | None = None, *, result: bool = True) -> Arm:
    found = ArmResult.model_validate(
        {
            "arm": number,
            "version_id": UUID(int=number),
            "version_number": number + 1,
            "model": "local:model",
            "avg_score": 0.75,
            "min_score": 0.0,
            "max_score": 1.0,
            "score_interval": [0.5, 0.9],
            "avg_hallucination_rate": None,
            "hallucination_interval": None,
            "hallucination_n": 0,
            "failure_count": 1,
            "failure_rate_interval": [0.0, 0.5],
            "n": 4,
            "tokens_in": 40,
            "tokens_out": 12,
            "cost_usd": None if number else "0.0004",
            "cost_estimated": "0.0004",
            "latency_ms": {"p50": 100.0, "p95": 1200.0},
            "states": {"scored": 4},
            "evaluators": {},
        }
    )
    return Arm(number, label or f"v{number + 1}", "local:model", found if result else None)


def a_header(**changed: Any) -> Header:
    fields = {
        "id": EXPERIMENT,
        "name": "nightly",
        "prompt": "support/answer",
        "status": ExperimentStatus.completed,
        "ended": True,
        "created_at": datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        "url": f"http://127.0.0.1:8000/experiments/{EXPERIMENT}",
        "baseline_arm": 0,
        "primary": "similarity",
        "evaluators": {"similarity": "1"},
        "judge_model": "local:judge",
        "repeats": 1,
        "seed": 42,
        "snapshot_hash": "3f9a1c" * 10,
        "cases": 8,
        "calls": 8,
        "tokens_in": 80,
        "tokens_out": 24,
        "cost_usd": Decimal("0.0008"),
        "cost_estimated": Decimal("0.0008"),
    }
    return Header(**(fields | changed))


def a_metric(metric: str = "score", **changed: Any) -> dict[str, Any]:
    return {
        "metric": metric,
        "direction": "higher",
        "gating": True,
        "n_pairs": 40,
        "unjudged": 0,
        "baseline": 0.87,
        "candidate": 0.8,
        "difference": -0.07,
        "interval": [-0.12, -0.01],
        "worst": -0.11,
        "p_value": 0.003,
        "adjusted_p": 0.006,
        "margin": 0.05,
        "minimum_detectable_difference": None,
        "noise_floor": None,
        "needed_pairs": None,
        "wins": 1,
        "ties": 35,
        "losses": 4,
        "worse": True,
        "within_margin": False,
        **changed,
    }


def a_change(position: int, baseline: float = 0.8, candidate: float = 0.4, **changed: Any) -> Any:
    return {
        "position": position,
        "example_id": EXAMPLES[position],
        "baseline": baseline,
        "candidate": candidate,
        "critical": False,
        "tags": [],
        **changed,
    }


def a_side(arm: int, **changed: Any) -> dict[str, Any]:
    return {
        "experiment_id": EXPERIMENT,
        "arm": arm,
        "version_id": UUID(int=arm),
        "version_number": arm + 1,
        "name": None,
        "model": "local:model",
        "states": {"scored": 4},
        "cost_usd": 0.0004,
        "latency_p95_ms": 400.0,
        **changed,
    }


def a_verdict(
    ruling: Ruling = Ruling.regression,
    *,
    candidate: int = 1,
    newly_failing: Sequence[Any] = (),
    worst_drops: Sequence[Any] = (),
    policy: Policy | None = None,
    **changed: Any,
) -> Verdict:
    fields = {
        "verdict": ruling,
        "sentence": f"v{candidate + 1} is worse than v1: score 0.80 against 0.87.",
        "reasons": ["score 0.80 against 0.87"],
        "warnings": [],
        "settle": None,
        "strict": False,
        "decision_version": 1,
        "seed": 42,
        "baseline": a_side(0),
        "candidate": a_side(candidate),
        "policy": {
            "gate": None,
            "gate_id": None,
            "number": None,
            "policy": policy or Policy(),
        },
        "n_pairs": 40,
        "representative": True,
        "n_examples": 40,
        "metrics": [a_metric()],
        "changes": {
            "newly_failing": newly_failing,
            "newly_failing_count": len(newly_failing),
            "fixed": [],
            "fixed_count": 0,
            "flaky": [],
            "flaky_count": 0,
            "worst_drops": worst_drops,
            "critical": [],
        },
        "slices": [],
        "cost_ratio": 0.69,
        "latency_ratio": None,
        "score_if_missing": None,
        "differences": [],
    }
    return Verdict.model_validate(fields | changed)


def a_report(
    *cases: Case, verdicts: Sequence[Verdict] = (), arms: int = 2, **header: Any
) -> Report:
    return Report(
        experiment=a_header(**header),
        arms=[an_arm(number) for number in range(arms)],
        verdicts=verdicts,
        cases=cases,
    )
