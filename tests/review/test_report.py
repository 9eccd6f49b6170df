"""The report on a judge: what it says, and what it refuses to say."""

import pytest

from app.core.config import get_settings
from tests.review.judged import (
    CONTAINS,
    drawn,
    judged,
    label,
    label_all,
    report_of,
    sample_of,
)
from tests.support.experiments import ASKED, MOCK, finished, started
from tests.support.prompts import make_prompt


@pytest.fixture
def experiment(client, subject, worker, provider):
    """Sixty outputs, of which the judge fails twenty."""
    return judged(client, subject, 60)


def test_without_labels_it_says_what_the_judge_says(client, experiment):
    """The raw rate stands alone; why it is not corrected is said."""
    report = report_of(client, experiment)

    assert ("contains", "failed") == (report["evaluator"], report["question"])
    assert (pytest.approx(1 / 3), 60) == (
        report["rate"]["judge"]["value"],
        report["rate"]["judge"]["n"],
    )
    assert {"scored": 60} == report["states"]
    assert 0 == report["labels"] == sum(report["confusion"].values())
    assert [None] * 5 == [
        report[name]
        for name in ("sensitivity", "specificity", "raw_agreement", "prevalence", "kappa")
    ]
    assert report["rate"]["corrected"]["value"] is None
    assert "No random sample" in report["rate"]["corrected"]["because"]


def test_labels_make_a_confusion_matrix(client, experiment):
    """Of 0 to 8 the judge fails 0, 3, 6; people fail 0, 1, 2, 3."""
    label_all(client, experiment, range(9), lambda case_no: float(case_no > 3))
    report = report_of(client, experiment, evaluator="contains")

    assert {
        "true_positives": 2,
        "false_negatives": 2,
        "false_positives": 1,
        "true_negatives": 4,
    } == report["confusion"]
    assert (0.5, 0.8) == (report["sensitivity"]["value"], report["specificity"]["value"])
    assert (6 / 9, 4 / 9) == (report["raw_agreement"], report["prevalence"])
    # chance agreement: 3/9 · 4/9 + 6/9 · 5/9
    assert pytest.approx((6 / 9 - 42 / 81) / (1 - 42 / 81)) == report["kappa"]["value"]
    low, high = report["kappa"]["interval"]
    assert -1 <= low <= report["kappa"]["value"] <= high <= 1


def test_labels_people_chose_correct_nothing(client, experiment):
    """However many there are: without a drawn sample the rate stays as judged."""
    label_all(client, experiment, range(60))
    rate = report_of(client, experiment)["rate"]

    assert rate["corrected"]["value"] is None
    assert rate["rogan_gladen"]["value"] is None
    assert "picked" in rate["corrected"]["because"]


def test_a_sample_labelled_in_part_corrects_the_rate(client, experiment):
    """People fail half of what the judge lets pass: the corrected rate is higher, with its n."""
    sample = sample_of(client, drawn(client, experiment, 40))
    too_few, enough = sample["unlabelled"][:10], sample["unlabelled"][:30]
    label_all(client, experiment, too_few, lambda case_no: float(case_no % 3 == 1))
    before = report_of(client, experiment)["rate"]["corrected"]
    label_all(client, experiment, enough, lambda case_no: float(case_no % 3 == 1))
    report = report_of(client, experiment)
    corrected = report["rate"]["corrected"]
    human = sum(case_no % 3 != 1 for case_no in enough) / 30

    assert "10 cases of the sample are labelled" in before["because"]
    assert (30, 30) == (report["drawn_at_random"], corrected["n"])
    assert corrected["because"] is None
    assert 0 <= corrected["judge_weight"] <= 1
    assert abs(corrected["value"] - human) < 0.15
    assert corrected["interval"][0] <= corrected["value"] <= corrected["interval"][1]
    assert corrected["value"] > report["rate"]["judge"]["value"]


def test_all_labelled_is_peoples_own_rate(client, subject, worker, provider):
    """Where nothing is left to guess, the judge has no weight."""
    experiment = judged(client, subject, 6)
    drawn(client, experiment, 6)
    label_all(client, experiment, range(6), lambda case_no: float(case_no != 1))
    corrected = report_of(client, experiment)["rate"]["corrected"]

    assert (pytest.approx(1 / 6), 6, 0.0) == (
        corrected["value"],
        corrected["n"],
        corrected["judge_weight"],
    )


def test_rogan_gladen_needs_a_judge_worth_it(client, experiment):
    """Shown for a good judge with twenty labels of either kind, and not before."""
    drawn(client, experiment, 59)
    sample = sample_of(client, drawn(client, experiment, 60))["unlabelled"]
    label_all(client, experiment, sample[:30])
    before = report_of(client, experiment)["rate"]["rogan_gladen"]
    failing = [case_no for case_no in sample if case_no % 3 == 0]
    passing = [case_no for case_no in sample if case_no % 3 != 0]
    label_all(client, experiment, failing + passing[:39])
    after = report_of(client, experiment)["rate"]["rogan_gladen"]

    assert before["value"] is None
    assert "20 labels of either kind" in before["because"]
    assert after["because"] is None
    assert 0 <= after["interval"][0] <= after["value"] <= after["interval"][1] <= 1


def test_a_sample_of_other_cases_corrects_nothing(client, subject, worker, provider):
    """More was judged after it was drawn: the old sample says nothing of the new cases."""
    failing = ASKED + "{% if number < 3 %} [[mock:status=400,times=1]]{% endif %}"
    made = make_prompt(subject, templates=[failing], examples=6, model=MOCK)
    experiment = started(client, made)
    finished(client, experiment)
    drawn(client, experiment, 3, evaluator="similarity")
    client.post(f"/api/v1/experiments/{experiment}/retry-failed")
    finished(client, experiment)

    because = report_of(client, experiment)["rate"]["corrected"]["because"]

    assert "drawn from other judged cases" in because


def test_hallucination_is_asked_as_such(client, subject, worker, provider, monkeypatch):
    """Judge and people are compared on any unsupported claim; the unreadable are counted apart."""
    monkeypatch.setattr(get_settings(), "judge_model", "openai:mock-judge")
    provider.configure(judge_score="1")  # it quotes what is not there: not_found
    refused = {2: "No. [[mock:reply=nonsense]]"}
    made = make_prompt(subject, templates=[ASKED], examples=3, model=MOCK, contexts=refused)
    experiment = started(client, made, evaluators=["hallucination"])
    finished(client, experiment)
    label(client, experiment, 0, evaluator="hallucination", hallucinated=True)
    label(client, experiment, 1, evaluator="hallucination", value=1.0)
    label(client, experiment, 2, evaluator="hallucination", value=0.5)
    report = report_of(client, experiment)

    assert "hallucinated" == report["question"]
    assert {"scored": 2, "judge_unparseable": 1} == report["states"]
    assert (2, 1) == (report["labels"], report["labelled_unjudged"])
    assert (1, 1) == (
        report["confusion"]["true_positives"],
        report["confusion"]["false_positives"],
    )


def test_labels_hold_for_the_same_outputs_judged_again(client, experiment):
    """A new judge is measured by what people said before; its own labels come first."""
    sample = sample_of(client, drawn(client, experiment, 30))["unlabelled"]
    label_all(client, experiment, sample)
    other = {**CONTAINS, "options": {"phrases": ["plain"]}}
    path = f"/api/v1/experiments/{experiment}/rejudge"
    again = client.post(path, json={"evaluators": [other]}).json()["experiment_id"]
    finished(client, again)
    before = report_of(client, again)
    label(client, again, sample[0], value=float(sample[0] % 3 == 0))
    after = report_of(client, again)
    right = ("true_positives", "true_negatives")

    assert (30, 30) == (before["labels"], before["drawn_at_random"])
    assert before["rate"]["corrected"]["value"] is not None
    assert [0, 0] == [before["confusion"][name] for name in right]
    assert before["kappa"]["value"] < 0
    assert 1 == sum(after["confusion"][name] for name in right)


@pytest.mark.parametrize(("who", "query", "status"), [("us", "nonesuch", 422), ("them", "", 404)])
def test_nobody_else_reads_it(client, stranger, experiment, who, query, status):
    """A stranger finds no experiment, and an evaluator it does not have is named."""
    caller = client if who == "us" else stranger
    params = {"evaluator": query} if query else {}
    answer = caller.get(f"/api/v1/experiments/{experiment}/judge-report", params=params)

    assert status == answer.status_code
