"""One line of the list of experiments."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from app.core.clock import now
from app.experiments import service
from app.experiments.schemas import ExperimentSummary, GitRead, Progress, VersionScore
from app.models import Direction, Experiment, ExperimentArm, ExperimentStatus
from app.prompts.version_schemas import Difference, Estimate
from app.verdicts.policy import usual_direction


def summary(
    experiment: Experiment, prompt_name: str, arms: Sequence[ExperimentArm]
) -> ExperimentSummary:
    results = {row["arm"]: row for row in experiment.results or []}
    first = experiment.comparisons[0] if experiment.comparisons else None
    candidate = first["candidate_arm"] if first else None
    return ExperimentSummary(
        id=experiment.id,
        name=experiment.name,
        prompt_id=experiment.prompt_id,
        prompt_name=prompt_name,
        status=experiment.status,
        trigger=experiment.trigger,
        tags=experiment.tags,
        progress=Progress(**service.progress(experiment)),
        primary_evaluator=experiment.primary_evaluator,
        judge_model=experiment.judge_model,
        examples=experiment.planned // max(1, len(arms) * experiment.repeats),
        verdict=experiment.verdict["verdict"] if experiment.verdict else None,
        sentence=experiment.verdict["sentence"] if experiment.verdict else None,
        cost_usd=None if experiment.cost_unknown else experiment.cost_usd,
        cost_estimated=experiment.cost_estimated,
        planned_cost_usd=experiment.plan.get("cost_usd_estimate"),
        max_cost_usd=experiment.max_cost_usd,
        versions=[
            VersionScore(
                number=arm.version_number,
                model=arm.model,
                mean=_mean(results.get(arm.arm, {})),
            )
            for arm in arms
        ],
        candidate_arm=candidate,
        difference=_difference(first) if first else None,
        regressed=first["losses"] if first else None,
        p95_ms=_p95_ms(results, candidate),
        git=git(experiment),
        eta_s=eta_s(experiment),
        created_by=experiment.created_by,
        created_at=experiment.created_at,
        finished_at=experiment.finished_at,
    )


def _mean(result: Mapping[str, Any]) -> Estimate | None:
    value = result.get("avg_score")
    if value is None:
        return None
    return Estimate(value=value, interval=result["score_interval"], n=result["n"])


def direction(comparison: Mapping[str, Any]) -> Direction:
    """Of the compared metric; stored comparisons from before it was kept go by its name."""
    return comparison.get("direction") or usual_direction(comparison.get("metric"))


def _difference(comparison: Mapping[str, Any]) -> Difference | None:
    value = comparison["difference"]
    if value is None:
        return None
    return Difference(
        value=value,
        interval=comparison["interval"],
        n=comparison["n_pairs"],
        direction=direction(comparison),
    )


def _p95_ms(results: Mapping[int, Mapping[str, Any]], candidate: int | None) -> float | None:
    if candidate is None and len(results) != 1:
        return None
    found: float | None = results.get(candidate or 0, {}).get("latency_ms", {}).get("p95")
    return found


def git(experiment: Experiment) -> GitRead | None:
    found = experiment.git
    if not found:
        return None
    return GitRead(sha=found.get("sha"), ref=found.get("ref"), pr=found.get("pr"))


def eta_s(experiment: Experiment) -> int | None:
    """Whole seconds left at the pace so far, at least 1; None unless it runs."""
    done = sum(map(int, experiment.counts.values()))
    runs = experiment.status == ExperimentStatus.running
    if not runs or not done or experiment.started_at is None:
        return None
    elapsed = (now() - experiment.started_at).total_seconds()
    return max(1, ceil(elapsed / done * (experiment.planned - done)))
