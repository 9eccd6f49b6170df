"""An experiment with as many results as one likes, written by SQL: its roll-up, and its pages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import httpx2
from sqlalchemy import select, text

from app.core.database import Role, engine, system_unit_of_work
from app.embedded import surroundings
from app.experiments import rollup
from app.models import Experiment, ExperimentArm
from benchmarks.embedded_platform import Platform
from benchmarks.sample import Sample
from benchmarks.watching import timed

TURNS = 5
PAGES = {
    "experiments, first page": "/experiments",
    "results, first page": "/experiments/{id}/results",
    "results, the worst first": "/experiments/{id}/results?sort=score",
    "status": "/experiments/{id}/status",
    "runs, first page": "/runs",
}

# Each new example is the first one again: one generation, one judgement.
EXAMPLES = """
INSERT INTO experiment_examples (workspace_id, experiment_id, position, example_id, input_data,
                                 expected_output, context, criteria, tags, weight, critical)
SELECT workspace_id, experiment_id, n, gen_random_uuid(), input_data, expected_output, context,
       criteria, tags, weight, critical
  FROM experiment_examples, generate_series(:first, :last) n
 WHERE experiment_id = :id AND position = 0
"""
RESULTS = """
INSERT INTO results (workspace_id, experiment_id, case_no, shard_id, arm, position, repeat, state,
                     rendered_prompt, output, score, hallucination_rate, latency_ms, tokens_in,
                     tokens_out, cost_usd, cost_estimated)
SELECT workspace_id, experiment_id, n, shard_id, arm, n, repeat, state, rendered_prompt, output,
       (n % 101) / 100.0, (n % 7) / 10.0, 100 + n % 400, tokens_in, tokens_out, cost_usd,
       cost_estimated
  FROM results, generate_series(:first, :last) n
 WHERE experiment_id = :id AND case_no = 0
"""
SCORES = """
INSERT INTO case_scores (workspace_id, experiment_id, case_no, evaluator, evaluator_version, state,
                         value, hallucination_rate, reason)
SELECT workspace_id, experiment_id, n, evaluator, evaluator_version, state, (n % 101) / 100.0,
       (n % 7) / 10.0, reason
  FROM case_scores, generate_series(:first, :last) n
 WHERE experiment_id = :id AND case_no = 0
"""


@contextmanager
def _database(platform: Platform) -> Iterator[None]:
    surroundings.adopt(platform.environment)
    try:
        yield
    finally:
        surroundings.let_go()


def fill(platform: Platform, experiment_id: UUID, results: int) -> None:
    """Brings a finished experiment with scored cases to so many results."""
    with _database(platform):
        with system_unit_of_work() as session:
            count = text("SELECT count(*) FROM results WHERE experiment_id = :id")
            first = session.scalar(count, {"id": experiment_id})
            asked = {"id": experiment_id, "first": first, "last": results - 1}
            for statement in (EXAMPLES, RESULTS, SCORES):
                session.execute(text(statement), asked)
        with engine(Role.owner).connect() as owner, owner.begin():  # nobody else may
            owner.execute(text("ANALYZE experiment_examples, results, case_scores"))


def roll_up_ms(platform: Platform, experiment_id: UUID) -> Sample:
    """Reading all results and making of them what the experiment's page shows."""
    found = Sample()
    with _database(platform):
        for _ in range(TURNS):
            with system_unit_of_work() as session:
                experiment = session.get_one(Experiment, experiment_id)
                mine = ExperimentArm.experiment_id == experiment_id
                arms = session.scalars(select(ExperimentArm).where(mine)).all()
                started = time.perf_counter()
                rollup.arm_results(session, experiment, arms)
                found.append((time.perf_counter() - started) * 1000)
    return found


def pages_ms(client: httpx2.Client, experiment_id: UUID) -> dict[str, Sample]:
    """How long each list takes."""
    found: dict[str, Sample] = {}
    for name, path in PAGES.items():
        sample = found[name] = Sample()
        for _ in range(TURNS):
            sample.append(timed(client, path.format(id=experiment_id))[1])
    return found
