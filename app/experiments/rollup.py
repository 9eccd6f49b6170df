"""From results to numbers: per version the scores with their intervals, per pair the difference.

Idempotent: computed from the stored results alone, written once with the final status.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import logs
from app.core.database import system_unit_of_work
from app.experiments import announcing, confirming, following
from app.models import (
    CaseScore,
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentStatus,
    Result,
)
from app.statistics.estimates import Estimate, mean_interval, rate_interval
from app.verdicts import service as verdicts
from app.verdicts.schemas import Verdict

log = logs.get()
FAILING_BELOW = 0.5


class ExampleMean(NamedTuple):
    """One example under one arm, averaged over its repeats."""

    score: float
    hallucination_rate: float | None


class Scores(NamedTuple):
    """The means of one arm's examples; rates only of those that were judged for it."""

    scores: Sequence[float] = ()
    rates: Sequence[float] = ()


Means = Mapping[int, Mapping[int, ExampleMean]]  # arm → position → mean


def roll_up(experiment_id: UUID) -> None:
    """Computes and stores the results; a second delivery finds them there."""
    with system_unit_of_work() as session:
        experiment = session.scalars(
            select(Experiment).where(Experiment.id == experiment_id).with_for_update(key_share=True)
        ).one_or_none()
        if experiment is None or not _due(experiment):
            return
        arms = session.scalars(
            select(ExperimentArm)
            .where(ExperimentArm.experiment_id == experiment_id)
            .order_by(ExperimentArm.arm)
        ).all()
        experiment.results = arm_results(session, experiment, arms)
        if not _judged(session, experiment):
            return
        if experiment.status != ExperimentStatus.cancelled:
            experiment.status = _final(experiment)
            experiment.finished_at = func.clock_timestamp()
            announcing.announce(session, experiment)
        experiment.updated_at = func.clock_timestamp()
        following.notify(session, experiment)
    log.info("experiment_rolled_up", experiment_id=str(experiment_id))


def _judged(session: Session, experiment: Experiment) -> bool:
    """Stores the verdicts; False while critical examples run again."""
    in_force = verdicts.policy_of(session, experiment)
    evidences = verdicts.collect(session, experiment, in_force)
    cancelled = experiment.status == ExperimentStatus.cancelled
    if not cancelled and confirming.awaits(session, experiment, evidences, in_force.policy):
        return False
    found = verdicts.store(session, experiment, evidences, in_force)
    experiment.comparisons = [_compared(verdict) for verdict in found]
    newest = max(found, key=lambda verdict: verdict.candidate.version_number, default=None)
    experiment.verdict = newest.model_dump(mode="json") if newest else None
    return True


def _compared(verdict: Verdict) -> dict[str, Any]:
    """One line of the table of versions: the first metric, and the verdict on all."""
    lead = verdict.metrics[0] if verdict.metrics else None
    return {
        "baseline": verdict.baseline.version_number,
        "candidate": verdict.candidate.version_number,
        "baseline_arm": verdict.baseline.arm,
        "candidate_arm": verdict.candidate.arm,
        "metric": lead.metric if lead else None,
        "difference": lead.difference if lead else None,
        "interval": lead.interval if lead else None,
        "p_value": lead.p_value if lead else None,
        "adjusted_p": lead.adjusted_p if lead else None,
        "verdict": verdict.verdict.value,
        "sentence": verdict.sentence,
        "n_pairs": verdict.n_pairs,
        "wins": lead.wins if lead else 0,
        "ties": lead.ties if lead else 0,
        "losses": lead.losses if lead else 0,
    }


def _due(experiment: Experiment) -> bool:
    if experiment.status == ExperimentStatus.cancelled:
        return experiment.results is None
    return experiment.status == ExperimentStatus.rolling_up


def _final(experiment: Experiment) -> ExperimentStatus:
    done = int(experiment.counts.get(CaseState.scored, 0))
    if "stopped" in experiment.options:  # what it made unnecessary is no error
        done += int(experiment.counts.get(CaseState.cancelled, 0))
    if done == experiment.planned:
        return ExperimentStatus.completed
    return ExperimentStatus.completed_with_errors


def example_means(session: Session, experiment_id: UUID) -> Means:
    """Scored results, averaged per arm and example: the unit of every statistic."""
    rows = session.execute(
        select(
            Result.arm,
            Result.position,
            func.avg(Result.score),
            func.avg(Result.hallucination_rate),
        )
        .where(Result.experiment_id == experiment_id, Result.state == CaseState.scored)
        .group_by(Result.arm, Result.position)
    )
    means: dict[int, dict[int, ExampleMean]] = defaultdict(dict)
    for arm, position, score, rate in rows:
        means[arm][position] = ExampleMean(score, rate)
    return means


def arm_results(
    session: Session, experiment: Experiment, arms: Sequence[ExperimentArm]
) -> list[dict[str, Any]]:
    """One row per arm; what was not judged counts in none of the means."""
    scores = _scores_by_arm(session, experiment.id)
    totals = _totals(session, experiment.id)
    evaluators = _evaluator_means(session, experiment, len(arms))
    return [
        _identity(arm)
        | _scores(scores.get(arm.arm, Scores()))
        | totals[arm.arm]
        | {"evaluators": evaluators.get(arm.arm, {})}
        for arm in arms
    ]


def _identity(arm: ExperimentArm) -> dict[str, Any]:
    return {
        "arm": arm.arm,
        "version_id": str(arm.version_id),
        "version_number": arm.version_number,
        "model": arm.model,
    }


def _scores(found: Scores) -> dict[str, Any]:
    scores, rates = found
    failures = sum(score < FAILING_BELOW for score in scores)
    average, hallucination = mean_interval(scores), mean_interval(rates)
    return {
        "avg_score": average.mean if average else None,
        "score_interval": interval(average),
        "min_score": min(scores, default=None),
        "max_score": max(scores, default=None),
        "avg_hallucination_rate": hallucination.mean if hallucination else None,
        "hallucination_interval": interval(hallucination),
        "hallucination_n": len(rates),
        "failure_count": failures,
        "failure_rate_interval": interval(rate_interval(failures, len(scores))),
        "n": len(scores),
    }


def interval(estimate: Estimate | None) -> list[float] | None:
    return [estimate.low, estimate.high] if estimate else None


def _totals(session: Session, experiment_id: UUID) -> dict[int, dict[str, Any]]:
    """Money, tokens, latency and states, in one statement."""
    answered = Result.latency_ms.is_not(None)
    columns = [
        Result.arm,
        func.sum(Result.tokens_in),
        func.sum(Result.tokens_out),
        func.sum(Result.cost_usd),
        func.sum(Result.cost_estimated),
        func.count().filter(answered & Result.cost_usd.is_(None)),
        func.percentile_cont(0.5).within_group(Result.latency_ms).filter(answered),
        func.percentile_cont(0.95).within_group(Result.latency_ms).filter(answered),
        *[func.count().filter(Result.state == state.value) for state in CaseState],
    ]
    rows = session.execute(
        select(*columns).where(Result.experiment_id == experiment_id).group_by(Result.arm)
    )
    found = {}
    for arm, tokens_in, tokens_out, cost, estimated, unknown, p50, p95, *states in rows:
        found[arm] = {
            "tokens_in": int(tokens_in),
            "tokens_out": int(tokens_out),
            "cost_usd": None if unknown else str(cost or 0),
            "cost_estimated": str(estimated),
            "latency_ms": {"p50": p50, "p95": p95},
            "states": dict(zip([state.value for state in CaseState], states, strict=True)),
        }
    return found


def _scores_by_arm(session: Session, experiment_id: UUID) -> dict[int, Scores]:
    """Arrays, because 100,000 rows of their own cost 0.3 s of processor time to read."""
    mean = (
        select(
            Result.arm,
            func.avg(Result.score).label("score"),
            func.avg(Result.hallucination_rate).label("rate"),
        )
        .where(Result.experiment_id == experiment_id, Result.state == CaseState.scored)
        .group_by(Result.arm, Result.position)
        .subquery()
    )
    rates = func.array_agg(mean.c.rate).filter(mean.c.rate.is_not(None))
    rows = session.execute(
        select(mean.c.arm, func.array_agg(mean.c.score), rates).group_by(mean.c.arm)
    )
    return {arm: Scores(scores, rates or []) for arm, scores, rates in rows}


def _evaluator_means(
    session: Session, experiment: Experiment, arms: int
) -> dict[int, dict[str, dict[str, Any]]]:
    """Per arm and evaluator: mean over examples with its interval, and how many it judged.

    A case's number says its arm and its example (`claims.py`): no join with the results.
    """
    arm = (CaseScore.case_no % arms).label("arm")
    mean = (
        select(arm, CaseScore.evaluator, func.avg(CaseScore.value).label("value"))
        .where(CaseScore.experiment_id == experiment.id, CaseScore.value.is_not(None))
        .group_by(arm, CaseScore.evaluator, CaseScore.case_no // (arms * experiment.repeats))
        .subquery()
    )
    rows = session.execute(
        select(mean.c.arm, mean.c.evaluator, func.array_agg(mean.c.value)).group_by(
            mean.c.arm, mean.c.evaluator
        )
    )
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for arm, evaluator, judged in rows:
        found[arm][evaluator] = _described(mean_interval(judged))
    return found


def _described(estimate: Estimate | None) -> dict[str, Any]:
    return {
        "mean": estimate.mean if estimate else None,
        "interval": interval(estimate),
        "n": estimate.n if estimate else 0,
    }
