"""What gets into the review queue: doubtful cases of ended experiments by themselves, once."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.models import Experiment, Result, ReviewItem
from app.review import queue_filling
from app.review.queue_doubts import MOST_OF_EXPERIMENT
from app.review.queue_filling import people_for
from tests.review.judged import CONTAINS, drawn, label, sample_of
from tests.review.queued import QUEUE, asked, done, doubtful, ended, standing
from tests.support.experiments import MOCK, finished, started
from tests.support.prompts import make_prompt


def items(workspace):
    """(reason, case, evaluator) of all there are."""
    columns = (ReviewItem.reason, ReviewItem.case_no, ReviewItem.evaluator)
    with unit_of_work(workspace) as session:
        return sorted(tuple(row) for row in session.execute(select(*columns)))


def sampled(client, **body):
    answer = client.post(f"{QUEUE}/sample", json=body)
    assert 201 == answer.status_code, answer.text
    return answer.json()


def test_unsure_judges_are_asked_about(client, subject, workspace):
    """Strictly between .25 and .75, or unreadable; the sure ones are not."""
    scores = [0.25, 0.26, 0.5, 0.74, 0.75, 0.0, 1.0, None]
    ended(subject, [{"correctness": score} for score in scores])
    standing(client)

    assert [("judge_unsure", case_no, "correctness") for case_no in (1, 2, 3, 7)] == items(
        workspace
    )


def test_two_who_ask_at_once_both_see_what_there_is(client, subject, workspace):
    """As a page does that shows the queue and its first item: the second waits for the first."""
    ended(subject, [{"correctness": 0.5}])
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(workspace) as session:
            queue_filling.fill(session, subject)
            second = pool.submit(asked, client)
            wait([second], timeout=1)  # for one that does not wait

        assert second.result(timeout=30)["item"]


def test_what_counts_is_never_unsure(client, subject, workspace):
    """Half of the words shared is a fact; half of the claims supported is an estimate."""
    ended(subject, [{"similarity": 0.5, "grounding": 0.5}, {"similarity": 0.0, "grounding": 1.0}])
    standing(client)

    assert [("judge_unsure", 0, "grounding")] == items(workspace)


@pytest.mark.parametrize(
    ("first", "second", "asks"), [(0.9, 0.4, True), (0.4, 0.9, True), (1.0, 0.51, False)]
)
def test_judges_that_disagree_are_asked_about(client, subject, workspace, first, second, asks):
    """By half of the scale or more; the item is about the experiment's first evaluator."""
    ended(subject, [{"hallucination": first, "correctness": second}])
    standing(client)
    found = items(workspace)

    assert asks == (("judges_disagree", 0, "hallucination") in found)
    assert len(found) == 1


def test_new_failures_are_asked_about(client, subject, workspace, worker, provider):
    """What the verdict counts as newly failing, under the candidate."""
    good = "[[mock:reply=verdigris {{ number }}]]"
    bad = "[[mock:reply={% if number < 2 %}plain{% else %}verdigris{% endif %} {{ number }}]]"
    made = make_prompt(subject, templates=[good, bad], examples=4, model=MOCK)
    experiment = started(client, made, evaluators=[CONTAINS], versions=["all"])
    finished(client, experiment)
    first = asked(client)["item"]

    assert [("regression", 1, "contains"), ("regression", 3, "contains")] == items(workspace)
    assert (2, "plain 0") == (first["version_number"], first["output"])


def test_an_experiment_gives_a_few_items_once(client, subject, workspace):
    """At most twenty, the least sure first; asking again changes nothing."""
    ended(subject, [{"correctness": 0.3}] * 10 + [{"correctness": 0.5}] * 15)
    first, again = standing(client), standing(client)
    cases = [case_no for _, case_no, _ in items(workspace)]

    assert MOST_OF_EXPERIMENT == first["total"] == again["total"] == len(cases)
    assert set(range(10, 25)) <= set(cases)


def test_an_experiment_that_ended_again_is_looked_through_again(client, subject, workspace):
    """After a retry: what is there stays with its answers, what is new comes in."""
    experiment = doubtful(subject, 2)
    done(client, asked(client)["item"]["id"])
    with unit_of_work(workspace) as session:
        session.execute(update(Experiment).values(updated_at=func.clock_timestamp()))
    told = standing(client)

    assert 1 == told["total"]
    assert 2 == len(items(workspace))
    assert str(experiment) == asked(client)["item"]["experiment_id"]


def test_what_people_labelled_already_is_not_asked_again(client, subject, workspace):
    """Whoever it was, and by whichever door."""
    experiment = ended(subject, [{"correctness": 0.5}, {"correctness": 0.5}])
    label(client, str(experiment), 0, evaluator="correctness", value=1.0)
    standing(client)

    assert [("judge_unsure", 1, "correctness")] == items(workspace)


@pytest.mark.parametrize(
    "columns",
    [
        {"finished_at": now() - timedelta(days=31)},
        {"status": "running"},
        {"results": None},
        {"trigger": "confirm"},
    ],
)
def test_other_experiments_give_none(client, subject, columns):
    """Old ones, those that run, those without results, and parts of others."""
    ended(subject, [{"correctness": 0.5}], **columns)

    assert 0 == standing(client)["total"]


def test_a_case_without_an_output_is_not_handed_out(client, subject, workspace):
    """It is being run again: there is nothing to look at."""
    doubtful(subject, 2)
    with unit_of_work(workspace) as session:
        session.execute(update(Result).where(Result.case_no == 0).values(output=None))
    told = asked(client)

    assert (1, 1) == (told["item"]["case_no"], told["remaining"])


def test_one_in_ten_needs_two_people():
    """By its id alone: nobody chooses which."""
    found = [people_for(new_id()) for _ in range(5_000)]

    assert {1, 2} == set(found)
    assert 350 < found.count(2) < 650


def test_a_random_sample_of_an_experiment_is_a_label_sample(client, subject, workspace):
    """Its labels may correct the judge's rate; more are drawn when more are asked for."""
    experiment = str(ended(subject, [{"correctness": 1.0}] * 10))
    first = sampled(client, experiment_id=experiment, size=4)
    again = sampled(client, experiment_id=experiment, size=4)
    last = sampled(client, experiment_id=experiment, size=4)

    assert ({"added": 4, "remaining": 4}, {"added": 4, "remaining": 8}) == (first, again)
    assert {"added": 2, "remaining": 10} == last
    assert {("random", case_no, "correctness") for case_no in range(10)} == set(items(workspace))


def test_a_label_sample_that_is_there_is_used_first(client, subject, workspace):
    """What was drawn to be labelled goes into the queue before anything is drawn anew."""
    experiment = str(ended(subject, [{"correctness": 1.0}] * 10))
    sample = sample_of(client, drawn(client, experiment, 3, evaluator="correctness"))
    sampled(client, experiment_id=experiment, size=2)

    assert sorted(sample["unlabelled"][:2]) == [case_no for _, case_no, _ in items(workspace)]


def test_a_random_sample_of_everything(client, subject, workspace):
    """Over all experiments; no case that is there already, and 409 when none is left."""
    for _ in range(2):
        ended(subject, [{"correctness": 1.0, "similarity": 0.2}] * 3)
    first = sampled(client, size=4)
    second = sampled(client, size=4)
    refused = client.post(f"{QUEUE}/sample", json={"size": 4})

    assert ({"added": 4, "remaining": 4}, {"added": 2, "remaining": 6}) == (first, second)
    assert {"correctness"} == {evaluator for *_, evaluator in items(workspace)}
    assert 409 == refused.status_code
    assert "run an experiment" in refused.json()["detail"]


def test_what_cannot_be_sampled_is_refused(client, stranger, subject):
    """Another's experiment, one that runs, one nobody judged, a sample of nothing."""
    mine = str(ended(subject, [{"correctness": 1.0}]))
    runs = str(ended(subject, [{"correctness": 1.0}], status="running"))
    unread = str(ended(subject, [{"correctness": None}]))
    path = f"{QUEUE}/sample"

    assert 404 == stranger.post(path, json={"experiment_id": mine, "size": 1}).status_code
    assert 409 == client.post(path, json={"experiment_id": runs, "size": 1}).status_code
    assert 409 == client.post(path, json={"experiment_id": unread, "size": 1}).status_code
    assert 422 == client.post(path, json={"experiment_id": mine, "size": 0}).status_code
