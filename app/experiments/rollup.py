"""From results to numbers: per version the scores with their intervals, per pair the difference.

Idempotent: computed from the stored results alone, written once with the final status. One that
cannot be computed fails its experiment; only an outage of the database is waited for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.core import lease, logs
from app.core.database import system_unit_of_work
from app.experiments import announcing, confirming, dispatch, following, outcomes
from app.experiments.outcomes import Outcome
from app.models import (
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
SHARES = {"p50": 0.5, "p95": 0.95}
# the error's kind and not its text, which may quote what a model said
NOT_ROLLED_UP = (
    "The results could not be rolled up: {kind}; the cases are kept. The worker's log says more; "
    "retry-failed rolls them up again."
)


class ExampleMean(NamedTuple):
    """One example under one arm, averaged over its repeats."""

    score: float
    hallucination_rate: float | None


Means = Mapping[int, Mapping[int, ExampleMean]]  # arm → position → mean


def roll_up(experiment_id: UUID) -> None:
    """Computes and stores the results; a second delivery finds them there."""
    try:
        _roll_up(experiment_id)
    except Exception as error:  # whatever it is, it comes again
        if lease.is_away(error) or isinstance(error, PoolTimeout):
            raise  # the sweeper sends it again
        log.exception("roll_up_failed", experiment_id=str(experiment_id))
        _fail(experiment_id, NOT_ROLLED_UP.format(kind=type(error).__name__))


def _roll_up(experiment_id: UUID) -> None:
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
        _end(session, experiment, _final(experiment))
    log.info("experiment_rolled_up", experiment_id=str(experiment_id))


def _fail(experiment_id: UUID, why: str) -> None:
    """A deterministic error comes again: nobody is helped by an experiment that never ends."""
    with system_unit_of_work() as session:
        experiment = dispatch.locked(session, experiment_id)
        if not _due(experiment):
            return
        experiment.error = why
        # those of before a retry; a cancelled one without any would be rolled up again
        experiment.results = [] if experiment.status == ExperimentStatus.cancelled else None
        experiment.comparisons = experiment.verdict = None
        _end(session, experiment, ExperimentStatus.failed)


def _end(session: Session, experiment: Experiment, status: ExperimentStatus) -> None:
    """A cancelled one stays cancelled."""
    if experiment.status != ExperimentStatus.cancelled:
        experiment.status = status
        experiment.finished_at = func.clock_timestamp()
        announcing.announce(session, experiment)
    experiment.updated_at = func.clock_timestamp()
    following.notify(session, experiment)


def _judged(session: Session, experiment: Experiment) -> bool:
    """Stores the verdicts; False while critical examples run again."""
    in_force = verdicts.policy_of(session, experiment)
    evidences = verdicts.collect(session, experiment, in_force)
    cancelled = experiment.status == ExperimentStatus.cancelled
    if not cancelled and confirming.awaits(session, experiment, evidences, in_force.policy):
        return False
    keep(experiment, verdicts.store(session, experiment, evidences, in_force))
    return True


def keep(experiment: Experiment, found: Sequence[Verdict]) -> None:
    """The verdicts in the experiment's row: that on the newest candidate is the experiment's."""
    newest_first = sorted(found, key=lambda one: one.candidate.version_number, reverse=True)
    experiment.comparisons = [_compared(verdict) for verdict in newest_first]
    experiment.verdict = newest_first[0].model_dump(mode="json") if newest_first else None


def _compared(verdict: Verdict) -> dict[str, Any]:
    """One line of the table of versions: the first metric, and the verdict on all."""
    lead = verdict.metrics[0] if verdict.metrics else None
    return {
        "baseline": verdict.baseline.version_number,
        "candidate": verdict.candidate.version_number,
        "baseline_arm": verdict.baseline.arm,
        "candidate_arm": verdict.candidate.arm,
        "metric": lead.metric if lead else None,
        "direction": lead.direction if lead else None,
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
    found = outcomes.by_arm(session, experiment.id)
    evaluators: dict[int, dict[str, Any]] = defaultdict(dict)
    for arm, evaluator, values in outcomes.judged(session, experiment, len(arms)):
        evaluators[arm][evaluator] = _described(mean_interval(values))
    return [
        _identity(arm)
        | _scores(found.get(arm.arm, ()))
        | _totals(found.get(arm.arm, ()))
        | {"evaluators": evaluators[arm.arm]}
        for arm in arms
    ]


def _identity(arm: ExperimentArm) -> dict[str, Any]:
    return {
        "arm": arm.arm,
        "version_id": str(arm.version_id),
        "version_number": arm.version_number,
        "model": arm.model,
    }


def _scores(ended: Sequence[Outcome]) -> dict[str, Any]:
    scored = outcomes.together([some for some in ended if some.state == CaseState.scored])
    scores = outcomes.means(scored["position"], scored["score"])
    rates = outcomes.means(scored["position"], scored["rate"])
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


def _totals(ended: Sequence[Outcome]) -> dict[str, Any]:
    """Money, tokens, latency and states."""
    latencies = np.sort(outcomes.together(ended)["latency_ms"])
    answered = latencies[~np.isnan(latencies)]
    cost = sum(some.cost_usd for some in ended if some.cost_usd is not None)
    states = {some.state: some.cases for some in ended}
    return {
        "tokens_in": sum(some.tokens_in for some in ended),
        "tokens_out": sum(some.tokens_out for some in ended),
        "cost_usd": None if any(some.unpriced for some in ended) else str(cost or 0),
        "cost_estimated": str(sum(some.cost_estimated for some in ended)),
        "latency_ms": {share: outcomes.percentile(answered, at) for share, at in SHARES.items()},
        "states": {state.value: states.get(state, 0) for state in CaseState},
    }


def _described(estimate: Estimate | None) -> dict[str, Any]:
    return {
        "mean": estimate.mean if estimate else None,
        "interval": interval(estimate),
        "n": estimate.n if estimate else 0,
    }
