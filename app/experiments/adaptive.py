"""Experiments that end as soon as they have an answer, in front of the engine's own end.

The examples are asked in a random order that is frozen with the plan, and so are the looks
(`statistics/adaptive.py`). Only a contiguous part from the first example on is looked at, so that
slow cases do not choose what counts. What the experiment says depends on these examples alone: it
ends where the first of them decided, whatever had been answered beyond.
"""

import random
from collections.abc import Sequence
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.core import logs
from app.core.database import unit_of_work
from app.core.errors import invalid
from app.experiments import dispatch
from app.experiments.selection import Arm
from app.models import CaseState, Experiment, GoldenExample, Ruling, Shard
from app.statistics.adaptive import Look, Stop, first_stop, plan_looks
from app.verdicts import service as verdicts
from app.verdicts.evidence import Evidence, group_of, visited
from app.verdicts.measures import lead_differences
from app.verdicts.policy import Policy, PolicyInForce
from app.verdicts.verdict import judge

log = logs.get()
ARMS = 2
LOOKED_AT = 50  # times at most, for each reads all that came before
OPTIONS = frozenset({"adaptive", "stopped"})
ANSWERS = (Ruling.passed, Ruling.regression)
FIRST_MISSING = text(
    """
    SELECT n FROM generate_series(0, :last) n
     WHERE NOT EXISTS (SELECT FROM results
                        WHERE experiment_id = :experiment AND case_no = n AND NOT retrying)
     ORDER BY n LIMIT 1
    """
)


def check(arms: Sequence[Arm], examples: Sequence[GoldenExample], repeats: int) -> None:
    """Raises a 422 for a plan whose error rates could not be kept."""
    if len(arms) != ARMS:
        found = "1 version" if len(arms) == 1 else f"{len(arms)} versions × models"
        raise invalid(
            "#/adaptive",
            f"An adaptive experiment compares one candidate with one baseline, not {found}; "
            "name two versions.",
        )
    if repeats != 1:
        raise invalid("#/adaptive", "An adaptive experiment asks each example once; repeats is 1.")
    groups = [group for example in examples if (group := group_of(example.tags))]
    if len(set(groups)) < len(groups):
        raise invalid(
            "#/adaptive",
            "Examples that share a group: tag are not independent, which an adaptive experiment "
            "needs; leave adaptive out.",
        )


def in_random_order(examples: Sequence[GoldenExample], seed: int) -> list[GoldenExample]:
    return random.Random(seed).sample(examples, len(examples))  # noqa: S311 - a repeatable order


def options(examples: int, policy: Policy) -> dict[str, Any]:
    """What is frozen with the plan: the level of the bets, and the looks."""
    looks = plan_looks(examples, alpha=policy.alpha)
    return {"bets": policy.alpha / 2, "looks": [look._asdict() for look in looks]}


def look(experiment: Experiment, written: Sequence[int]) -> Stop | None:
    """After these cases were stored: where the examples visited so far end it, if they do.

    A look that fails ends nothing: the experiment only takes longer.
    """
    try:
        with unit_of_work(experiment.workspace_id) as session:
            now = session.get_one(Experiment, experiment.id)
            reached = _reached(session, now, written) if _may_stop(now) else None
            return _find_stop(session, now, *reached) if reached else None
    except Exception:  # whatever it was, the cases are stored and the plan goes on
        log.exception("look_failed", experiment_id=str(experiment.id))
        return None


def _may_stop(experiment: Experiment) -> bool:
    """Not a second time, nor when the failed cases of one that has ended are tried again."""
    return (
        "stopped" not in experiment.options
        and experiment.results is None
        and experiment.status in dispatch.ROLLABLE
    )


def _reached(
    session: Session, experiment: Experiment, written: Sequence[int]
) -> tuple[int, int] | None:
    """Examples visited before these cases and now; None where there is nothing new to look at.

    Whoever stores the case that completes a part sees that it was not complete before.
    """
    last = {"experiment": experiment.id, "last": experiment.planned - 1}
    missing = session.scalar(FIRST_MISSING, last)
    if missing is None:
        return None  # it ends by itself
    now, before = missing // ARMS, min([missing, *written]) // ARMS
    looks = [found["examples"] for found in experiment.options["adaptive"]["looks"]]
    stride = ceil(looks[-1] / LOOKED_AT)
    due = now // stride > before // stride or any(before < n <= now for n in looks)
    return (before, now) if due else None


def _find_stop(session: Session, experiment: Experiment, before: int, now: int) -> Stop | None:
    in_force = verdicts.policy_of(session, experiment)
    (evidence,) = verdicts.collect(session, experiment, in_force)
    plan = experiment.options["adaptive"]
    return first_stop(
        lead_differences(evidence, in_force.policy)[:now],
        [Look(**found) for found in plan["looks"]],
        lambda stop: _is_answer(evidence, in_force, stop),
        alpha=plan["bets"],
        least=in_force.policy.minimum_pairs,
        after=before,
    )


def _is_answer(evidence: Evidence, in_force: PolicyInForce, stop: Stop) -> bool:
    """Whether the verdict on what was visited until there is one."""
    assert evidence.sequential is not None
    levels = {
        "look": stop.look.number if stop.look else None,
        "worse": stop.look.worse if stop.look else None,
        "within": stop.look.within if stop.look else None,
    }
    at = evidence.sequential.model_copy(update={"visited": stop.visited, **levels})
    return judge(visited(evidence, at), in_force).verdict in ANSWERS


def end(experiment: Experiment, stop: Stop) -> None:
    """Cases not stored end as cancelled, and the roll-up is sent.

    Does nothing where the experiment was cancelled, paused or ended meanwhile.
    """
    with unit_of_work(experiment.workspace_id) as session:
        shards = _lock_open_shards(session, experiment)
        now = dispatch.locked(session, experiment.id)
        if _may_stop(now):
            _end(session, now, stop, shards)


def _lock_open_shards(session: Session, experiment: Experiment) -> Sequence[UUID]:
    open_shards = (
        select(Shard.id)
        .where(Shard.experiment_id == experiment.id, Shard.state.in_(dispatch.OPEN))
        .order_by(Shard.number)  # as everybody locks them: any other order may deadlock
        .with_for_update(key_share=True)
    )
    return session.scalars(open_shards).all()


def _end(session: Session, experiment: Experiment, stop: Stop, shards: Sequence[UUID]) -> None:
    ended = update(Shard).where(Shard.id.in_(shards))
    session.execute(ended.values(state="cancelled", owner=None, lease_until=None, next_send=None))
    planned = experiment.options["adaptive"]["looks"][-1]["examples"]
    reason = f"Stopped early: decided after {stop.visited} of {planned} examples."
    left = dispatch.fill_missing(session, experiment, CaseState.cancelled, reason=reason)
    stopped = {
        "visited": stop.visited,
        "planned": planned,
        "saved_calls": left * experiment.plan["calls"] // experiment.planned,
        "by": f"look {stop.look.number}" if stop.look else "betting",
        "look": stop.look.number if stop.look else None,
    }
    experiment.options = experiment.options | {"stopped": stopped}
    dispatch.close_if_done(session, experiment.id)
    log.info("experiment_stopped_early", experiment_id=str(experiment.id), **stopped)
