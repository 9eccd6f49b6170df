"""Random samples: drawn from what was judged, shown without what the judge said."""

import pytest

from app.core.config import get_settings
from app.models import ExperimentStatus
from tests.review.judged import drawn, judged, label, sample_of
from tests.support.experiments import ASKED, MOCK, finished, started
from tests.support.prompts import make_prompt


def path(experiment):
    return f"/api/v1/experiments/{experiment}/label-sample"


def test_a_sample_is_a_random_part_of_what_was_judged(client, subject, worker, provider):
    """So many different cases, in random order, from all that have a score."""
    experiment = judged(client, subject, 30)
    sample = sample_of(client, drawn(client, experiment, 20))
    cases = [case["case_no"] for case in sample["cases"]]

    assert (20, 30) == (sample["size"], sample["population"])
    assert 20 == len(set(cases))
    assert set(cases) <= set(range(30))
    assert sorted(cases) != cases
    assert cases == sample["unlabelled"]


def test_what_the_judge_said_is_not_shown(client, subject, worker, provider, monkeypatch):
    """The material, and the claims as texts; no score, no verdict, no reason, no version."""
    monkeypatch.setattr(get_settings(), "judge_model", "openai:mock-judge")
    made = make_prompt(subject, templates=[ASKED], examples=2, model=MOCK)
    experiment = started(client, made, evaluators=["hallucination"])
    finished(client, experiment)
    sample = sample_of(client, drawn(client, experiment, 2, evaluator="hallucination"))
    case = sample["cases"][0]

    assert {
        "case_no",
        "input_data",
        "expected_output",
        "context",
        "criteria",
        "output",
        "claims",
        "people",
        "labelled_by_me",
    } == case.keys()
    assert case["output"]
    assert case["context"]
    assert [{"text", "quote", "start", "end"}] == [set(claim) for claim in case["claims"]]


def test_it_says_what_is_still_to_do(client, stranger, subject, worker, provider):
    """Labelled cases leave the list of those to do; a stranger finds no sample."""
    experiment = judged(client, subject, 4)
    sample_id = drawn(client, experiment, 3)
    first, *rest = sample_of(client, sample_id)["unlabelled"]
    label(client, experiment, first)
    sample = sample_of(client, sample_id)

    assert rest == sample["unlabelled"]
    assert [(1, True), (0, False), (0, False)] == [
        (case["people"], case["labelled_by_me"]) for case in sample["cases"]
    ]
    assert 404 == stranger.get(f"/api/v1/label-samples/{sample_id}").status_code
    assert (
        404
        == stranger.post(path(experiment), json={"evaluator": "contains", "size": 1}).status_code
    )


def test_a_larger_sample_begins_with_the_last(client, subject, worker, provider):
    """No label is lost; the same size again is refused and names the sample that is there."""
    experiment = judged(client, subject, 8)
    first = drawn(client, experiment, 3)
    again = client.post(path(experiment), json={"evaluator": "contains", "size": 3})
    larger = sample_of(client, drawn(client, experiment, 100))

    assert 409 == again.status_code
    assert first == again.json()["sample_id"]
    assert sample_of(client, first)["unlabelled"] == larger["unlabelled"][:3]
    assert list(range(8)) == sorted(larger["unlabelled"])


def test_only_judged_cases_are_drawn(client, subject, worker, provider):
    """What ended without a score has nothing to be compared with."""
    failing = ASKED + "{% if number < 3 %} [[mock:status=400]]{% endif %}"
    made = make_prompt(subject, templates=[failing], examples=5, model=MOCK)
    experiment = started(client, made)
    finished(client, experiment)
    sample = sample_of(client, drawn(client, experiment, 5, evaluator="similarity"))

    assert {3, 4} == set(sample["unlabelled"])


def test_without_a_score_there_is_nothing_to_draw(client, subject, worker):
    """Refused with the reason."""
    made = make_prompt(subject, examples=1, model="anthropic:mock-gen")
    experiment = started(client, made)
    finished(client, experiment)
    refused = client.post(path(experiment), json={"evaluator": "similarity", "size": 1})

    assert 409 == refused.status_code
    assert "nothing to draw" in refused.json()["detail"]


@pytest.mark.parametrize("asked", [{"evaluator": "nonesuch"}, {"size": 0}])
def test_what_is_wrong_is_named(client, subject, worker, provider, asked):
    """An evaluator the experiment does not have, a sample of nothing."""
    experiment = judged(client, subject, 1)
    refused = client.post(path(experiment), json={"evaluator": "contains", "size": 1} | asked)

    assert 422 == refused.status_code


def test_what_still_runs_is_not_drawn_from(client, subject):
    """The cases judged last would never be drawn; nobody works in this test."""
    made = make_prompt(subject, examples=1)
    experiment = started(client, made)
    client.post(f"/api/v1/experiments/{experiment}/pause")
    refused = client.post(path(experiment), json={"evaluator": "similarity", "size": 1})

    assert 409 == refused.status_code
    assert ExperimentStatus.paused in refused.json()["detail"]


def test_a_sample_of_before_a_retry_is_drawn_anew(client, subject, worker, provider):
    """More cases are judged now: the new sample is drawn from all of them."""
    failing = ASKED + "{% if number < 3 %} [[mock:status=400,times=1]]{% endif %}"
    made = make_prompt(subject, templates=[failing], examples=6, model=MOCK)
    experiment = started(client, made)
    finished(client, experiment)
    drawn(client, experiment, 3, evaluator="similarity")
    client.post(f"/api/v1/experiments/{experiment}/retry-failed")
    finished(client, experiment)
    sample = sample_of(client, drawn(client, experiment, 2, evaluator="similarity"))

    assert (2, 6) == (sample["size"], sample["population"])
