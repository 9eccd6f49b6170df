"""The verdict on two arms, alone and beside their cases."""

import pytest

from app.core.database import unit_of_work
from app.models import ExperimentStatus, PromptLabel
from tests.comparison.test_cases_over_http import (
    CASES,
    COMPARE,
    TWO,
    asked,
    made_experiment,
    sides_of,
)
from tests.support.prompts import make_prompt
from tests.support.results import Answer
from tests.support.verdicts import MODEL


def two_runs(subject, examples: int = 30) -> dict[str, str]:
    """One version each, in a run of its own."""
    made = make_prompt(subject, templates=TWO, examples=examples)
    runs = [
        made_experiment(subject, made, versions=[version], baseline_arm=None)
        for version in made.version_ids
    ]
    return {"baseline": f"{runs[0]}:0", "candidate": f"{runs[1]}:0"}


def test_an_arm_may_be_named_for_a_verdict(client, subject):
    """The same as by the experiment's id; turned round it is a verdict on the other arm."""
    made = make_prompt(subject, templates=TWO, examples=30)
    experiment = made_experiment(subject, made)
    by_id = asked(client, COMPARE, baseline=experiment, candidate=experiment)
    by_arm = asked(client, COMPARE, **sides_of(experiment))
    turned = asked(client, COMPARE, baseline=f"{experiment}:1", candidate=f"{experiment}:0")

    assert by_id == by_arm
    assert (1, 0) == (turned["baseline"]["arm"], turned["candidate"]["arm"])
    assert -by_arm["metrics"][0]["difference"] == turned["metrics"][0]["difference"]


@pytest.mark.parametrize("status", [ExperimentStatus.running, ExperimentStatus.paused])
def test_what_still_runs_has_no_verdict(client, subject, status):
    """Its cases are there; the verdict is neither shown beside them nor computed."""
    made = make_prompt(subject, templates=TWO)
    running = {"status": status, "results": None, "judged": False}
    experiment = made_experiment(subject, made, **running)
    table = asked(client, CASES, **sides_of(experiment))
    refused = client.get(COMPARE, params=sides_of(experiment))

    assert (None, [status, status]) == (table["verdict"], [s["status"] for s in table["sides"]])
    assert 4 == len(table["rows"])
    assert 404 == refused.status_code
    assert "no finished experiment" in refused.json()["detail"]


def test_an_arm_is_not_compared_with_itself(client, subject):
    """That it is no worse than itself is no evidence: a sentence, and no verdict in the table."""
    made = make_prompt(subject, templates=TWO, examples=30)
    experiment = made_experiment(subject, made)
    itself = {"baseline": f"{experiment}:1", "candidate": f"{experiment}:1"}
    refused = client.get(COMPARE, params=itself)

    assert (422, "same_side") == (refused.status_code, refused.json()["errors"][0]["code"])
    assert asked(client, CASES, **itself)["verdict"] is None


def test_the_cases_come_with_the_verdict_on_them(client, subject):
    """The stored one, whatever they are compared by; the list of one experiment has none."""
    made = make_prompt(subject, templates=TWO, examples=30)
    experiment = made_experiment(subject, made)
    verdict = asked(client, COMPARE, **sides_of(experiment))
    by_score, by_other = (
        asked(client, CASES, **sides_of(experiment), metric=metric) for metric in ("score", "exact")
    )
    listed = asked(client, f"/api/v1/experiments/{experiment}/cases")

    assert verdict == by_score["verdict"] == by_other["verdict"]
    assert (None, []) == (listed["verdict"], listed["others"])
    assert by_score["prompt"] == listed["prompt"]


def test_two_runs_come_with_their_verdict(client, subject, monkeypatch):
    """It is computed for a few examples; for many, the cases do not wait for it."""
    sides = two_runs(subject)
    verdict = asked(client, COMPARE, **sides)
    few = asked(client, CASES, **sides)
    monkeypatch.setattr("app.comparison.ruling.COMPUTED_BESIDE", 29)
    many = asked(client, CASES, **sides)

    assert verdict == few["verdict"]
    assert many["verdict"] is None


def test_further_candidates_have_a_short_verdict(client, subject, monkeypatch):
    """What each has in full alone; stored ones do not count as computed."""
    monkeypatch.setattr("app.comparison.ruling.COMPUTED_BESIDE", 0)
    made = make_prompt(subject, templates=(*TWO, "{{ question }}"), examples=30)
    experiment = made_experiment(subject, made)
    arms = [f"{experiment}:{arm}" for arm in range(3)]
    table = asked(client, CASES, baseline=arms[0], candidate=arms[1:])
    full = asked(client, COMPARE, baseline=arms[0], candidate=arms[2])
    lead = full["metrics"][0]

    assert arms[1] == "{experiment_id}:{arm}".format(**table["verdict"]["candidate"])
    assert [
        {
            "candidate": arms[2],
            "ruling": full["verdict"],
            **{name: full[name] for name in ("headline", "sentence")},
            "n": full["n_pairs"],
            **{name: lead[name] for name in ("direction", "difference", "interval")},
            **{name: lead[name] for name in ("wins", "ties", "losses")},
        }
    ] == table["others"]


def test_a_verdict_that_measured_nothing_is_short_too(client, subject):
    """A rate that is none, 2 of 1, leaves no first metric."""
    made = make_prompt(subject, templates=(*TWO, "{{ question }}"))
    experiment = made_experiment(subject, made, lambda *_: Answer(1.0, rate=2.0), judged=False)
    arms = [f"{experiment}:{arm}" for arm in range(3)]
    (other,) = asked(client, CASES, baseline=arms[0], candidate=arms[1:])["others"]

    assert ("invalid", None, None, 0) == tuple(
        other[name] for name in ("ruling", "direction", "difference", "losses")
    )


def test_what_stands_over_the_cases(client, subject):
    """Prompt, examples, judge and runs: the page asks for nothing else."""
    made = make_prompt(subject, templates=TWO)
    experiment = made_experiment(subject, made, names=[None, "a text"], name="nightly")
    with unit_of_work(subject.workspace_id) as session:
        for name, version_id in (
            ("staging", made.version_ids[0]),
            ("production", made.version_ids[0]),
            ("candidate", made.version_ids[1]),
        ):
            session.add(PromptLabel(prompt_id=made.prompt_id, name=name, version_id=version_id))
    table = asked(client, CASES, **sides_of(experiment))
    prompt = asked(client, f"/api/v1/prompts/{made.prompt_id}")
    listed = asked(client, "/api/v1/experiments", prompt_id=str(made.prompt_id))["items"][0]

    assert {"id": prompt["id"], "name": prompt["name"]} == table["prompt"]
    assert 64 == len(table["snapshot_hash"])
    assert ["exact", "similarity"] == table["evaluators"]
    assert [["production", "staging"], []] == [side["labels"] for side in table["sides"]]
    assert [("nightly", "completed", listed["created_at"])] * 2 == [
        (side["experiment_name"], side["status"], side["created_at"]) for side in table["sides"]
    ]


@pytest.mark.parametrize(
    ("evaluator", "model"), [("similarity", None), ("hallucination", MODEL)], ids=["plain", "judge"]
)
def test_the_judge_is_named_with_the_model_it_asks(client, subject, evaluator, model):
    """An evaluator that asks none has none."""
    made = make_prompt(subject, templates=TWO)
    experiment = made_experiment(subject, made, evaluators=(evaluator,))
    judge = asked(client, CASES, **sides_of(experiment))["judge"]

    assert (evaluator, model) == (judge["evaluator"], judge["model"])
