"""How an experiment stands, in one answer."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.core.clock import now
from app.core.database import unit_of_work
from app.models import CaseState, ExperimentStatus, Result
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt
from tests.support.results import Answer, put_results
from tests.support.verdicts import MODEL, make_experiment

PLAN = {
    "cases": 12,
    "calls": 12,
    "cost_usd_estimate": "0.5",
    "minimum_detectable_difference": None,
}


@pytest.fixture
def made(subject):
    """Two versions, six examples."""
    return make_prompt(subject, templates=(GROUNDED, UNGROUNDED), examples=6)


def experiment_of(subject, made, **values: Any) -> UUID:
    columns = {"plan": PLAN, "planned": 12, "results": None, **values}
    return make_experiment(subject, made.prompt_id, made.version_ids, **columns)


def standing(client, experiment_id: UUID) -> dict[str, Any]:
    answer = client.get(f"/api/v1/experiments/{experiment_id}/status")
    assert 200 == answer.status_code, answer.text
    return answer.json()


def test_the_status_says_where_the_run_comes_from(client, subject, made):
    """Its prompt, its gate, who started it and why, its cap: no other request is needed."""
    gate = client.post("/api/v1/gates", json={"prompt_id": str(made.prompt_id), "name": "release"})
    assert 201 == gate.status_code, gate.text
    experiment_id = experiment_of(
        subject,
        made,
        trigger="ci",
        tags=["nightly"],
        git={"sha": "abc", "pr": 7},
        max_cost_usd=Decimal(2),
        gate_id=UUID(gate.json()["id"]),
        seed=4307,
    )
    found = standing(client, experiment_id)

    assert (made.name, "release") == (found["prompt_name"], found["gate"])
    assert ("ci", "test", ["nightly"]) == (found["trigger"], found["created_by"], found["tags"])
    assert {"sha": "abc", "ref": None, "pr": 7} == found["git"]
    assert ("2", "0.5") == (found["max_cost_usd"], found["planned_cost_usd"])
    assert (4307, None) == (found["seed"], found["eta_s"])


ALL = {"tags": None, "split": None, "sample": None}


@pytest.mark.parametrize(
    ("options", "golden", "models"),
    [
        ({"golden": {**ALL, "sample": 20, "ids": None}, "models": []}, {**ALL, "sample": 20}, []),
        ({"golden": {**ALL, "ids": None}, "models": ["a:b"]}, ALL, ["a:b"]),
        ({"models": []}, None, []),
        ({"representative": True}, ALL, []),
        ({"representative": False}, None, [MODEL]),
    ],
)
def test_the_status_says_what_was_chosen(client, subject, made, options, golden, models):
    """What a rerun must choose again; of an older run only what is sure."""
    found = standing(client, experiment_of(subject, made, options=options))

    assert (golden, models) == (found["golden"], found["models"])


def test_a_run_keeps_what_it_was_asked_for(client, made):
    """The sample, the split and the models stand in its status."""
    asked = {
        "prompt": made.name,
        "experiment_name": "some",
        "versions": [1],
        "models": [MODEL],
        "golden": {"sample": 2},
    }
    started = client.post("/api/v1/experiments/run", json=asked).json()
    found = standing(client, started["experiment_id"])

    assert ({**ALL, "sample": 2}, [MODEL]) == (found["golden"], found["models"])


def test_a_comparison_says_which_way_is_better(client, subject, made):
    """Kept with it; else by its metric's name."""
    line = {
        "baseline": 1, "candidate": 2, "baseline_arm": 0, "candidate_arm": 1, "difference": 0.1,
        "interval": [0.05, 0.2], "p_value": 0.01, "adjusted_p": 0.01, "verdict": "regression",
        "sentence": "Worse.", "n_pairs": 6, "wins": 0, "ties": 2, "losses": 4,
    }  # fmt: skip
    kept = line | {"metric": "politeness", "direction": "lower"}
    older = [line | {"metric": "failure"}, line | {"metric": "score"}]
    found = standing(client, experiment_of(subject, made, comparisons=[kept, *older]))

    assert ["lower", "lower", "higher"] == [one["direction"] for one in found["comparisons"]]


def test_the_status_names_the_versions_before_any_case_has_run(client, subject, made):
    """The baseline first, each with the labels that stand on it; a text that is tried has none."""
    url = f"/api/v1/prompts/{made.prompt_id}/versions/{made.version_ids[1]}/activate"
    for label in ("staging", "production"):
        assert 200 == client.post(url, json={"label": label}).status_code
    arms = standing(client, experiment_of(subject, made, baseline_arm=1))["arms"]
    tried = standing(client, experiment_of(subject, made, names=[None, "hunk 1"]))["arms"]

    assert [
        (1, 2, None, ["production", "staging"]),
        (0, 1, None, []),
    ] == [(arm["arm"], arm["version_number"], arm["name"], arm["labels"]) for arm in arms]
    assert [(None, []), ("hunk 1", [])] == [(arm["name"], arm["labels"]) for arm in tried]


def test_what_a_run_has_not_is_null(client, subject, made):
    """No gate, no commit, no cap; while it runs, the time left."""
    experiment_id = experiment_of(
        subject,
        made,
        status=ExperimentStatus.running,
        started_at=now() - timedelta(seconds=20),
        counts={"scored": 6},
    )
    found = standing(client, experiment_id)

    assert [None] * 3 == [found[name] for name in ("gate", "git", "max_cost_usd")]
    assert 15 <= found["eta_s"] <= 60


def test_errors_are_told_once_for_each_cause(client, subject, made):
    """The most frequent first, with the first sentence; what is being tried again is none."""
    experiment_id = experiment_of(
        subject, made, counts={"scored": 6, "provider_error": 4, "judge_error": 2}
    )
    put_results(subject, experiment_id, _half_fails)
    with unit_of_work(subject.workspace_id) as session:
        mine = update(Result).where(Result.experiment_id == experiment_id)
        session.execute(mine.where(Result.position == 0, Result.arm == 1).values(error=None))
        session.execute(mine.where(Result.position == 1, Result.arm == 1).values(error="Away."))
        session.execute(mine.where(Result.position == 3, Result.arm == 1).values(retrying=True))
        session.execute(mine.where(Result.position == 5).values(error=None, error_code=None))
    causes = standing(client, experiment_id)["causes"]

    assert [
        ("provider_error", "unavailable", 3, "Away."),
        ("judge_error", "unavailable", 1, "The provider is away."),
        ("judge_error", None, 1, None),
    ] == [(c["state"], c["error_code"], c["count"], c["example"]) for c in causes]


def _half_fails(arm: int, position: int, _repeat: int) -> Answer:
    if arm == 0:
        return Answer(1.0)
    return Answer(None, state=CaseState.judge_error if position > 3 else CaseState.provider_error)


def test_causes_are_at_most_twenty(client, subject):
    """The rarest are left out."""
    many = make_prompt(subject, templates=(GROUNDED,), examples=22)
    experiment_id = experiment_of(subject, many, counts={"provider_error": 22})
    put_results(subject, experiment_id, lambda *_: Answer(None))
    with unit_of_work(subject.workspace_id) as session:
        mine = update(Result).where(Result.experiment_id == experiment_id)
        for position in range(21):
            session.execute(
                mine.where(Result.position == position).values(error_code=f"{position}")
            )
    found = standing(client, experiment_id)["causes"]

    assert 20 == len(found)


def test_only_a_run_with_errors_is_asked_for_them(client, subject, made, queries):
    """One statement more where something failed, none where all is well."""
    well, ill = (
        experiment_of(subject, made, counts=counts)
        for counts in ({"scored": 12}, {"scored": 6, "provider_error": 6})
    )
    with queries.counted() as statements:
        standing(client, well)
        few = len(statements)
    with queries.counted() as statements:
        standing(client, ill)
        more = len(statements)

    assert few + 1 == more
