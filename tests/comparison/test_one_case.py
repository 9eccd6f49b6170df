"""One case of a comparison: both sides, every repeat, and what people said of the judge."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.evaluators.base import build
from app.models import CaseScore, Experiment, ExperimentStatus, HumanLabel, JudgeCertificate
from tests.comparison.asking import CASES, TWO, asked, made_experiment, rows_of, sides_of
from tests.support.prompts import make_prompt
from tests.support.results import Answer
from tests.support.verdicts import MODEL


def test_one_case_in_full(client, subject):
    """Every repeat with its judgments, what a person said of it, and the judge's standing."""
    made = make_prompt(subject, templates=TWO, examples=3)
    experiment = made_experiment(subject, made, repeats=2)
    label = {
        "experiment_id": experiment,
        "case_no": 9,  # example 2, repeat 0, arm 1
        "evaluator": "similarity",
        "hallucinated": True,
        "comment": "not in the text",
    }
    given = _human_label(label)
    label_id = str(given.id)
    with unit_of_work(subject.workspace_id) as session:
        session.add(given)
        session.add(_certificate())
    found = asked(client, f"{CASES}/{made.example_ids[2]}", **sides_of(experiment))
    repeat = found["sides"][1]["repeats"][0]
    evaluation = next(e for e in repeat["evaluations"] if e["evaluator"] == "similarity")

    assert {
        "evaluator": "similarity",
        "kappa": {"value": 0.7, "interval": [0.5, 0.9], "n": 60},
    } == (found["judge"])
    assert (str(made.example_ids[2]), 2) == (found["example"]["id"], found["example"]["position"])
    assert "How often should I descale it?" == found["example"]["input_data"]["question"]
    assert [[8, 10], [9, 11]] == [[r["case_no"] for r in s["repeats"]] for s in found["sides"]]
    assert (True, "because", []) == tuple(
        evaluation[name] for name in ("is_primary", "reason", "claims")
    )
    assert evaluation["hallucination"] is (evaluation["hallucination_rate"] > 0)
    assert {
        "label_id": label_id,
        "value": None,
        "hallucinated": True,
        "comment": "not in the text",
        "labelled_by": "ann",
    } == evaluation["overridden_by"]


def test_a_reply_that_could_not_be_read_is_told(client, subject):
    """The judge's own words, where they were kept; else null."""
    made = make_prompt(subject, templates=TWO, examples=1)
    experiment = made_experiment(subject, made, lambda *_: Answer(1.0))
    with unit_of_work(subject.workspace_id) as session:
        mine = (CaseScore.experiment_id == experiment, CaseScore.case_no == 1)
        kept = {"raw": "Well, it depends."}
        session.execute(update(CaseScore).where(*mine).values(details=kept))
    found = asked(client, f"{CASES}/{made.example_ids[0]}", **sides_of(experiment))
    replies = [
        [e["raw_reply"] for e in side["repeats"][0]["evaluations"] if e["is_primary"]]
        for side in found["sides"]
    ]

    assert [[None], ["Well, it depends."]] == replies


def test_a_label_holds_for_outputs_that_are_judged_again(client, subject):
    """The newest label of the first experiment shows in the one that follows it."""
    made = make_prompt(subject, templates=TWO, examples=1)
    first = made_experiment(subject, made, lambda *_: Answer(1.0))
    again = made_experiment(
        subject, made, lambda *_: Answer(1.0), trigger="rejudge", follows=UUID(first)
    )
    path = f"{CASES}/{made.example_ids[0]}"
    before = asked(client, path, **sides_of(again))
    said = {"experiment_id": first, "case_no": 1, "evaluator": "similarity", "value": 0.25}
    with unit_of_work(subject.workspace_id) as session:
        session.add(_human_label(said))
    after = asked(client, path, **sides_of(again))

    assert before["judge"] is None
    assert [None, 0.25] == [
        said and said["value"]
        for found in (before, after)
        for said in [_of_similarity(found["sides"][1])["overridden_by"]]
    ]


def _of_similarity(side: dict[str, Any]) -> dict[str, Any]:
    judged = side["repeats"][0]["evaluations"]
    return next(entry for entry in judged if entry["evaluator"] == "similarity")


def test_an_example_of_one_side_only(client, subject):
    """The other side has no repeats; an example of neither is not found."""
    made = make_prompt(subject, templates=TWO, examples=2)
    runs = [
        made_experiment(subject, made, versions=[version], baseline_arm=None, example_ids=[example])
        for version, example in zip(made.version_ids, made.example_ids, strict=True)
    ]
    query = {"baseline": f"{runs[0]}:0", "candidate": f"{runs[1]}:0"}
    found = asked(client, f"{CASES}/{made.example_ids[0]}", **query)
    nowhere = client.get(f"{CASES}/{new_id()}", params=query)

    assert [1, 0] == [len(side["repeats"]) for side in found["sides"]]
    assert 404 == nowhere.status_code


def test_a_case_to_be_tried_again_has_not_run(client, subject):
    """Neither in the table nor in the one case."""
    made = make_prompt(subject, templates=TWO, examples=1)
    experiment = made_experiment(subject, made, lambda *_: Answer(None))
    with unit_of_work(subject.workspace_id) as session:
        session.get_one(Experiment, UUID(experiment)).status = ExperimentStatus.running
        session.connection().exec_driver_sql(
            f"UPDATE results SET retrying = true WHERE experiment_id = '{experiment}' AND arm = 1"
        )
    (row,) = rows_of(asked(client, CASES, **sides_of(experiment)))
    found = asked(client, f"{CASES}/{made.example_ids[0]}", **sides_of(experiment))

    assert ["provider_error", None] == [side[1] for side in row["sides"]]
    assert row["group"] is None
    assert [1, 0] == [len(side["repeats"]) for side in found["sides"]]


def _human_label(fields: dict[str, Any]) -> HumanLabel:
    return HumanLabel(id=new_id(), labelled_by="ann", **fields)


def _certificate() -> JudgeCertificate:
    return JudgeCertificate(
        id=new_id(),
        evaluator="similarity",
        evaluator_version=build("similarity").version,
        judge_model=MODEL,
        admissible=False,
        n=60,
        report={"state": "decided", "kappa": {"value": 0.7, "interval": [0.5, 0.9]}},
        expires_at=now(),
        created_by="test",
    )
