"""The roll-up's figures beside those PostgreSQL computes from the same rows."""

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.core.database import unit_of_work
from app.experiments import rollup
from app.models import CaseState, Experiment, ExperimentArm
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt
from tests.support.results import Answer, put_results
from tests.support.verdicts import make_experiment

EXAMPLES = 15
OF_CASES = """
    SELECT sum(tokens_in), sum(tokens_out),
           CASE WHEN count(*) FILTER (WHERE latency_ms IS NOT NULL AND cost_usd IS NULL) = 0
                THEN coalesce(sum(cost_usd), 0) END,
           sum(cost_estimated), percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms),
           percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms),
           count(*) FILTER (WHERE state = 'scored')
      FROM results WHERE experiment_id = :id AND arm = :arm
"""
OF_EXAMPLES = """
    WITH example AS (
        SELECT avg(score) AS score, avg(hallucination_rate) AS rate
          FROM results WHERE experiment_id = :id AND arm = :arm AND state = 'scored'
         GROUP BY position)
    SELECT count(score), avg(score), min(score), max(score), count(rate), avg(rate),
           count(*) FILTER (WHERE score < 0.5) FROM example
"""
OF_EVALUATORS = """
    WITH example AS (
        SELECT evaluator, avg(value) AS value
          FROM case_scores JOIN results USING (experiment_id, case_no)
         WHERE experiment_id = :id AND arm = :arm GROUP BY evaluator, position)
    SELECT evaluator, count(value), avg(value) FROM example
     GROUP BY evaluator HAVING count(value) > 0
"""


def varied(arm: int, position: int, repeat: int) -> Answer | None:
    """Some cases fail, some have not run; the last arm's answers have no hallucination rate."""
    drawn = random.Random(f"{arm} {position} {repeat}")
    if drawn.random() < 0.2:
        return None if drawn.random() < 0.3 else Answer(None)
    score = drawn.random()
    rate = None if arm else drawn.choice([None, 1 - score])
    return Answer(score, rate=rate, others={"exact": drawn.choice([0.0, 1.0, None])})


@pytest.fixture
def experiment_id(subject) -> UUID:
    """Two versions, fifteen examples, three repeats; every case took another time."""
    made = make_prompt(subject, templates=(GROUNDED, UNGROUNDED), examples=EXAMPLES)
    found = make_experiment(
        subject, made.prompt_id, made.version_ids, evaluators=("similarity", "exact"), repeats=3
    )
    put_results(subject, found, varied)
    with unit_of_work(subject.workspace_id) as session:
        times = "UPDATE results SET latency_ms = 100 + case_no * 37 % 89 + case_no / 7.0"
        session.execute(
            text(f"{times} WHERE experiment_id = :id AND latency_ms > 0"), {"id": found}
        )
    return found


def rolled_up(subject, experiment_id: UUID) -> list[dict[str, Any]]:
    with unit_of_work(subject.workspace_id) as session:
        experiment = session.get_one(Experiment, experiment_id)
        mine = ExperimentArm.experiment_id == experiment_id
        arms = session.scalars(select(ExperimentArm).where(mine).order_by(ExperimentArm.arm)).all()
        return rollup.arm_results(session, experiment, arms)


def asked(subject, experiment_id: UUID, statement: str, arm: int) -> Sequence[Any]:
    with unit_of_work(subject.workspace_id) as session:
        return session.execute(text(statement), {"id": experiment_id, "arm": arm}).all()


def test_an_arm_s_totals_are_those_of_its_cases(subject, experiment_id):
    """Tokens, money, latencies and states, to the last digit."""
    told = [
        (
            arm["tokens_in"],
            arm["tokens_out"],
            Decimal(arm["cost_usd"]),
            Decimal(arm["cost_estimated"]),
            *arm["latency_ms"].values(),
            arm["states"][CaseState.scored],
        )
        for arm in rolled_up(subject, experiment_id)
    ]

    assert [tuple(asked(subject, experiment_id, OF_CASES, arm)[0]) for arm in (0, 1)] == told
    assert told[0] != told[1]


def test_a_mean_is_over_examples_and_what_was_not_judged_counts_in_none(subject, experiment_id):
    """Repeats are averaged first; an arm without a rate has none."""
    rows = rolled_up(subject, experiment_id)
    names = "n avg_score min_score max_score hallucination_n avg_hallucination_rate failure_count"
    expected = [asked(subject, experiment_id, OF_EXAMPLES, arm)[0] for arm in (0, 1)]
    judged = [asked(subject, experiment_id, OF_EVALUATORS, arm) for arm in (0, 1)]

    assert [pytest.approx(tuple(row)) for row in expected] == [
        tuple(arm[name] for name in names.split()) for arm in rows
    ]
    assert [{name: (n, pytest.approx(mean)) for name, n, mean in arm} for arm in judged] == [
        {name: (one["n"], one["mean"]) for name, one in arm["evaluators"].items()} for arm in rows
    ]
    assert (0, None) == (rows[1]["hallucination_n"], rows[1]["avg_hallucination_rate"])


def test_an_arm_without_results_has_no_figures(subject, experiment_id):
    """Cancelled before its first case: nothing judged is None, and nothing was paid."""
    with unit_of_work(subject.workspace_id) as session:
        for table in ("case_scores", "results"):
            session.execute(
                text(f"DELETE FROM {table} WHERE experiment_id = :id"),
                {"id": experiment_id},
            )
    arm = rolled_up(subject, experiment_id)[0]

    assert (None, None, 0) == (arm["avg_score"], arm["score_interval"], arm["n"])
    assert {"p50": None, "p95": None} == arm["latency_ms"]
    assert ("0", 0, {}) == (arm["cost_usd"], arm["tokens_in"], arm["evaluators"])
    assert {0} == set(arm["states"].values())
