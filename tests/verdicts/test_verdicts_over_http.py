"""The verdict as its readers get it: from experiments that really ran."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.core.clock import now
from app.core.database import unit_of_work
from app.models import Experiment, JudgeCertificate, VerdictRecord
from app.verdicts.standing import certified_until
from app.verdicts.verdict import judge_again
from tests.support.experiments import cases, finished, started
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt
from tests.support.verdicts import make_experiment


def test_a_prompt_edit_that_breaks_answers_is_a_regression(client, subject, worker):
    """The status, the list and the comparison show one object; what broke is named."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=40)
    experiment = started(client, made)
    status = finished(client, experiment)
    old, new = (str(version) for version in made.version_ids)
    compared = client.get("/api/v1/compare", params={"baseline": old, "candidate": new})
    by_run = client.get("/api/v1/compare", params={"baseline": experiment, "candidate": experiment})
    listed = client.get("/api/v1/experiments", params={"verdict": "regression"}).json()["items"]
    verdict = status["verdict"]

    assert "regression" == verdict["verdict"] == status["comparisons"][0]["verdict"]
    assert "v2 is worse than v1" in verdict["sentence"]
    assert verdict == compared.json() == by_run.json()
    assert [(experiment, verdict["sentence"])] == [(row["id"], row["sentence"]) for row in listed]
    broken = {row["example_id"] for row in verdict["changes"]["newly_failing"]}
    failed = {row["example_id"] for row in cases(client, experiment, only="failed", arm=1)}
    assert broken
    assert broken <= failed


def test_a_verdict_can_be_computed_again_from_what_is_stored(client, subject, worker):
    """Bit for bit, without the results."""
    made = make_prompt(subject, templates=[UNGROUNDED, GROUNDED], examples=24)
    finished(client, started(client, made, evaluators=["similarity", "hallucination"]))
    with unit_of_work(subject.workspace_id) as session:
        record = session.scalars(
            select(VerdictRecord)
            .where(VerdictRecord.prompt_id == made.prompt_id)
            .options(undefer(VerdictRecord.evidence))
        ).one()
        again = judge_again(record.content, record.evidence).model_dump(mode="json")

        assert record.content == again


def test_a_version_against_itself_measures_the_noise(client, subject, worker):
    """A/A: nothing differs, and a later verdict says how much two identical runs do."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=24)
    same = finished(client, started(client, made, versions=[1, 1]))["verdict"]
    later = finished(client, started(client, made))["verdict"]

    assert 0.0 == same["metrics"][0]["difference"]
    assert any("same version" in warning for warning in same["warnings"])
    assert 0.0 == later["metrics"][0]["noise_floor"]


def test_twelve_cases_are_inconclusive_and_say_what_is_needed(client, subject, worker):
    """Few cases never pass, and never turn a build red."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=12)
    verdict = finished(client, started(client, made))["verdict"]

    assert "inconclusive" == verdict["verdict"]
    assert verdict["settle"]["examples"] > 12
    assert verdict["settle"]["sentence"] in verdict["sentence"]


def test_a_single_version_has_no_verdict(client, subject, worker):
    """Nothing to compare with is no pass."""
    made = make_prompt(subject, examples=4)
    status = finished(client, started(client, made))

    assert (None, []) == (status["verdict"], status["comparisons"])


def test_two_runs_are_compared_when_examples_and_judges_agree(client, subject, worker):
    """Each version ran alone; together they have a verdict that may open no label."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=30)
    runs = [finished(client, started(client, made, versions=[number])) for number in (1, 2)]
    before, after = (run["experiment_id"] for run in runs)
    verdict = client.get("/api/v1/compare", params={"baseline": before, "candidate": after}).json()

    assert ("regression", False, 30) == (
        verdict["verdict"],
        verdict["representative"],
        verdict["n_pairs"],
    )


def test_other_examples_are_not_comparable(client, subject, worker):
    """A sample beside the whole set is another question."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=30)
    before = finished(client, started(client, made, versions=[1]))["experiment_id"]
    sample = {"versions": [2], "golden": {"sample": 25}}
    after = finished(client, started(client, made, **sample))["experiment_id"]
    verdict = client.get("/api/v1/compare", params={"baseline": before, "candidate": after}).json()

    assert "not_comparable" == verdict["verdict"]
    assert "golden examples differ" in verdict["sentence"]


def test_what_has_no_results_cannot_be_compared(client, subject):
    """An unknown id, and a version nobody ran, are the same 404."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED])
    old, new = made.version_ids
    answers = [
        client.get("/api/v1/compare", params={"baseline": str(old), "candidate": str(wanted)})
        for wanted in (new, made.prompt_id)
    ]

    assert [404, 404] == [answer.status_code for answer in answers]
    assert "no finished experiment" in answers[0].json()["detail"]


def test_critical_examples_run_again_before_they_block(client, subject, worker):
    """Three runs more, all of which fail: the experiment ends only then, and blocks by name."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=24)
    critical = str(made.example_ids[0])
    changed = client.patch(
        f"/api/v1/prompts/{made.prompt_id}/golden-examples/{critical}", json={"critical": True}
    )
    experiment = started(client, made)
    verdict = finished(client, experiment)["verdict"]
    listed = client.get("/api/v1/experiments", params={"prompt": str(made.prompt_id)}).json()
    again = client.get("/api/v1/experiments", params={"trigger": "confirm"}).json()["items"]

    assert 200 == changed.status_code, changed.text
    assert "regression" == verdict["verdict"]
    assert "1 critical example that passed before fails in most of its runs" in verdict["sentence"]
    assert [critical] == [row["example_id"] for row in verdict["changes"]["critical"]]
    assert [experiment] == [row["id"] for row in listed["items"]]
    assert [6] == [row["progress"]["scored"] for row in again]


def test_a_gate_may_demand_a_certified_judge(client, subject, worker):
    """Only a valid certificate of this judge lets pass, and a later examination it failed ends it."""
    made = make_prompt(subject, templates=[GROUNDED, f"{GROUNDED} "], examples=60)
    policy = {"require_certificate": True}
    body = {"prompt_id": str(made.prompt_id), "name": "certified", "policy": policy}
    gate = client.post("/api/v1/gates", json=body)
    asked = {"gate": "certified", "evaluators": ["hallucination"]}
    before = finished(client, started(client, made, **asked))
    with unit_of_work(subject.workspace_id) as session:
        for model, ends_in, kappa in (
            ("openai:other", 1, 0.6),
            (before["judge_model"], -1, 0.6),
            (before["judge_model"], 1, 0.1),
        ):
            session.add(certificate(before, model, ends_in, kappa))
    still = finished(client, started(client, made, **asked))
    with unit_of_work(subject.workspace_id) as session:
        session.add(certificate(before, before["judge_model"], 1, 0.6))
    after = finished(client, started(client, made, **asked))
    with unit_of_work(subject.workspace_id) as session:
        session.add(certificate(before, before["judge_model"], 1, 0.6, admissible=False))
    fallen = finished(client, started(client, made, **asked))

    assert 201 == gate.status_code, gate.text
    assert "no valid certificate" in before["verdict"]["sentence"]
    assert "inconclusive" == still["verdict"]["verdict"]
    assert "pass" == after["verdict"]["verdict"]
    assert "inconclusive" == fallen["verdict"]["verdict"]


def certificate(
    status, model: str, ends_in: int, min_kappa: float, *, admissible: bool = True
) -> JudgeCertificate:
    (judge,) = status["evaluators"]
    return JudgeCertificate(
        evaluator=judge["name"],
        evaluator_version=judge["version"],
        judge_model=model,
        admissible=admissible,
        n=50,
        report={"state": "decided", "min_kappa": min_kappa},
        expires_at=now() + timedelta(days=ends_in),
        created_by="test",
    )


@pytest.mark.parametrize(
    "changed", [{"name": "long_gone"}, {"options": {"unheard_of": 1}}], ids=["name", "options"]
)
def test_an_evaluator_that_is_known_no_more_is_not_certified(subject, changed):
    """An older experiment still gets its verdict; a gate that wants a certificate refuses it."""
    made = make_prompt(subject, templates=[GROUNDED])
    experiment_id = make_experiment(subject, made.prompt_id, made.version_ids)
    with unit_of_work(subject.workspace_id) as session:
        experiment = session.get_one(Experiment, experiment_id)
        experiment.evaluators = [{**experiment.evaluators[0], **changed}]
        experiment.primary_evaluator = experiment.evaluators[0]["name"]

        assert certified_until(session, experiment) is None
