"""Only like is compared with like: by what the stored results and experiments say."""

from typing import Any

import pytest

from app.core.database import unit_of_work
from app.models import Experiment
from tests.support.experiments import MOCK, finished, started
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt
from tests.support.results import Answer, put_results, put_verdict
from tests.support.verdicts import MODEL, make_experiment

COMPARE = "/api/v1/compare"


@pytest.fixture
def made(subject):
    return make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=4)


def perfect(arm: int, position: int, repeat: int) -> Answer:
    return Answer(1.0, others={"similarity": 1.0, "exact": 1.0})


def ran(subject, made, version: int, **columns: Any) -> str:
    """An experiment of one version whose every answer is perfect, judged by both evaluators."""
    columns = {"evaluators": ("similarity", "exact"), **columns}
    run = make_experiment(subject, made.prompt_id, [made.version_ids[version - 1]], **columns)
    put_results(subject, run, perfect)
    put_verdict(subject, run)
    return str(run)


def compared(client, before: str, after: str) -> dict[str, Any]:
    answer = client.get(COMPARE, params={"baseline": before, "candidate": after})
    assert 200 == answer.status_code, answer.text
    return answer.json()


def test_another_primary_evaluator_is_another_score(client, subject, made):
    """The same evaluators in another order: `score` is similarity there and exact here."""
    before = ran(subject, made, 1)
    after = ran(subject, made, 2, evaluators=("exact", "similarity"))
    verdict = compared(client, before, after)

    assert "not_comparable" == verdict["verdict"]
    assert "primary evaluators differ (similarity and exact)" in verdict["sentence"]
    assert ["primary evaluators"] == [item["what"] for item in verdict["differences"]]


def test_a_judges_own_model_is_part_of_who_judged(client, subject, made):
    """Its newer version asks another model; naming the one that is asked anyway changes nothing."""
    runs = [ran(subject, made, version) for version in (1, 2, 2)]
    with unit_of_work(subject.workspace_id) as session:
        default = session.get_one(Experiment, runs[0]).judge_model
        for run, own in zip(runs[1:], (default, "openai:own"), strict=True):
            experiment = session.get_one(Experiment, run)
            first, second = experiment.evaluators
            experiment.evaluators = [first, {**second, "judge_model": own}]
    alike, unlike = (compared(client, runs[0], run) for run in runs[1:])

    assert [] == alike["differences"]
    assert "not_comparable" == unlike["verdict"]
    assert f"({default} and {default}, openai:own for exact)" in unlike["sentence"]


def test_versions_are_compared_under_the_same_model(client, subject, worker, provider):
    """Two versions asked of two models: the arms of one model are a pair."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=4)
    finished(client, started(client, made, versions=[1, 2], models=[MODEL, MOCK]))
    verdict = compared(client, *map(str, made.version_ids))

    assert [1, 2] == [verdict[side]["version_number"] for side in ("baseline", "candidate")]
    assert MODEL == verdict["baseline"]["model"] == verdict["candidate"]["model"]
    assert [] == verdict["differences"]


def test_a_recorded_score_does_not_replace_the_one_that_counts(client, subject, made):
    """A result's `score` is its primary evaluator's, whatever else is stored under that name."""
    runs = [
        make_experiment(subject, made.prompt_id, [version], evaluators=("similarity",))
        for version in made.version_ids
    ]
    for run in runs:
        put_results(subject, run, lambda *_: Answer(0.75, others={"score": 0.25, "failure": 1.0}))
        put_verdict(subject, run)
    verdict = compared(client, *map(str, runs))

    assert ["score", "failure"] == [row["metric"] for row in verdict["metrics"]]
    assert (0.75, 0.0) == tuple(row["candidate"] for row in verdict["metrics"])
