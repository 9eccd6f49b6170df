"""The review queue: one person at a time, blind, never twice; answers become labels."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from app.core.clock import new_id
from app.core.database import unit_of_work
from app.models import ExperimentExample, ReviewItem, Role
from app.review import queue
from app.review.queue import Wanted
from tests.review.queued import act, asked, done, doubtful, ended, standing
from tests.support.fixtures import make_key, make_subject

LABELS = "/api/v1/human-labels"


@pytest.fixture
def colleague(client_of, workspace):
    """Another person of the same workspace, who may do no more than review."""
    return client_of(make_key(make_subject(workspace, Role.moderator)))


def labels_of(client, experiment):
    return client.get(LABELS, params={"experiment": str(experiment)}).json()["items"]


def examples_of(subject, experiment):
    """The golden examples of the experiment's snapshot."""
    found = select(ExperimentExample.example_id).where(
        ExperimentExample.experiment_id == experiment
    )
    with unit_of_work(subject.workspace_id) as session:
        return {str(example) for example in session.scalars(found)}


def expire(workspace):
    """Every lease runs out."""
    with unit_of_work(workspace) as session:
        session.execute(update(ReviewItem).values(lease_until=func.clock_timestamp()))


def test_an_item_shows_the_material_and_not_the_judgment(client, subject):
    """All one needs to judge the output oneself; nothing of what the judge said."""
    experiment = ended(subject, [{"hallucination": 0.5}])
    item = asked(client)["item"]

    assert (str(experiment), "nightly", 0, 1) == (
        item["experiment_id"],
        item["experiment_name"],
        item["case_no"],
        item["version_number"],
    )
    assert item["example_id"] in examples_of(subject, experiment)
    assert ("judge_unsure", "hallucinated") == (item["reason"], item["question"])
    assert ("1.7 litres (0)", "1.7 litres", "It holds 1.7 litres.", "Names the volume.") == (
        item["output"],
        item["expected_output"],
        item["context"],
        item["criteria"],
    )
    assert [{"text", "quote", "start", "end"}] == [set(claim) for claim in item["claims"]]
    assert not {"score", "value", "verdict", "state", "hallucination_rate"} & item.keys()
    assert "the context is silent" not in str(item)
    assert "not_found" not in str(item)


def test_an_answer_is_a_label_and_unveils_the_judge(client, subject):
    """After the answer, and not before, the judge's word and whether it is the same."""
    experiment = ended(subject, [{"hallucination": 0.5}])
    item = asked(client)["item"]
    told = done(client, item["id"], hallucinated=False, comment="it is in the context")
    (label,) = labels_of(client, experiment)

    assert (label["id"], False, "it is in the context") == (
        told["label_id"],
        label["hallucinated"],
        label["comment"],
    )
    assert (0.5, True, 0.5) == (
        told["judge"]["score"],
        told["judge"]["hallucination"],
        told["judge"]["hallucination_rate"],
    )
    assert "not_found" == told["judge"]["claims"][0]["verdict"]
    assert told["agrees"] is False
    assert {"item": None, "remaining": 0} == asked(client)


@pytest.mark.parametrize(
    ("score", "value", "agrees"), [(0.4, 0.0, True), (0.6, 0.0, False), (None, 1.0, None)]
)
def test_agreement_is_about_failing_and_unknown_without_a_score(
    client, subject, score, value, agrees
):
    """A judge nobody could read is neither right nor wrong."""
    ended(subject, [{"correctness": score}])
    item = asked(client)["item"]
    told = done(client, item["id"], value=value)

    assert "failed" == item["question"]
    assert agrees is told["agrees"]
    assert told["judge"]["hallucination"] is None


def test_a_rubric_s_levels_come_with_the_item(client, subject):
    """The form is made of them; the judge's own criteria, or the item's."""
    ended(subject, [{"rubric": 0.6}])
    item = asked(client)["item"]

    assert "score" == item["question"]
    assert 6 == len(item["rubric"]["levels"])
    assert item["rubric"]["criteria"] is None


def test_two_people_never_have_the_same_item(subject, workspace):
    """Two at once work twenty items off: each is answered once, by one of them."""
    doubtful(subject, 20)
    people = [subject, make_subject(workspace, Role.moderator)]
    start = Barrier(len(people))

    def work_off(person):
        start.wait()
        answered = []
        while True:
            with unit_of_work(workspace) as session:
                item = queue.hand_out(session, person, Wanted()).item
            if item is None:
                return answered
            with unit_of_work(workspace) as session:
                queue.complete(session, person, item.id, {"value": 1.0})
            answered.append(item.id)

    with ThreadPoolExecutor(len(people)) as pool:
        found = list(pool.map(work_off, people))

    assert all(found)
    assert 20 == len({item for answered in found for item in answered})
    assert 20 == sum(map(len, found))


def test_who_asks_again_gets_the_same_item(client, colleague, subject):
    """A page that is loaded again loses nothing; others get the next one."""
    doubtful(subject, 2)
    first = asked(client)
    again = asked(client)
    other = asked(colleague)

    assert first["item"]["id"] == again["item"]["id"]
    assert (2, 2, 1) == (first["remaining"], again["remaining"], other["remaining"])
    assert other["item"]["id"] != first["item"]["id"]


def test_the_next_item_can_be_fetched_beforehand(client, subject):
    """Named in `skip`, the one on the screen stays leased and another one comes."""
    doubtful(subject, 2)
    first = asked(client)["item"]["id"]
    second = asked(client, skip=[first])["item"]["id"]

    assert first != second
    assert asked(client, skip=[first, second])["item"] is None


def test_an_item_that_is_left_lying_goes_to_somebody_else(client, colleague, subject, workspace):
    """After ten minutes; whoever had it may answer as long as nobody else has it."""
    doubtful(subject, 1)
    item = asked(client)["item"]["id"]
    before = asked(colleague)
    expire(workspace)
    after = asked(colleague)

    assert (None, item) == (before["item"], after["item"]["id"])
    assert 409 == act(client, item, "complete", value=1.0)
    assert done(colleague, item)


def test_a_late_answer_counts_if_nobody_else_has_the_item(client, subject, workspace):
    """Work is not thrown away for a long telephone call."""
    doubtful(subject, 1)
    item = asked(client)["item"]["id"]
    expire(workspace)

    assert done(client, item)


def test_a_skipped_item_is_left_to_others(client, colleague, subject):
    """Its person does not get it again, and another one gets it at once."""
    doubtful(subject, 1)
    item = asked(client)["item"]["id"]
    status = act(client, item, "skip")

    assert 204 == status == act(client, item, "skip")
    assert {"item": None, "remaining": 0} == asked(client)
    assert item == asked(colleague)["item"]["id"]
    assert 204 == act(client, item, "skip")  # leaves the other's lease alone
    assert done(colleague, item)
    assert 409 == act(client, item, "skip")


def test_one_in_ten_is_answered_by_two(client, colleague, subject):
    """The first answer opens it for another person, the second one closes it."""
    doubtful(subject, 1, people=2)
    item = asked(client)["item"]["id"]
    done(client, item)
    mine, theirs = asked(client), asked(colleague)
    done(colleague, item, value=0.0)

    assert mine["item"] is None
    assert item == theirs["item"]["id"]
    assert asked(colleague)["item"] is None
    assert {"value": 0.0, "n": 1} == {
        name: standing(client)["between_people"][name] for name in ("value", "n")
    }


def test_undo_takes_the_label_back_and_gives_the_item_again(client, colleague, subject):
    """To the same person, leased; nobody else is given it meanwhile."""
    experiment = doubtful(subject, 1)
    item = asked(client)["item"]["id"]
    done(client, item)
    undone = client.post(f"/api/v1/review-queue/{item}/undo").json()

    assert (item, 1) == (undone["item"]["id"], undone["remaining"])
    assert [] == labels_of(client, experiment)
    assert asked(colleague)["item"] is None
    assert done(client, item, value=0.0)
    assert [0.0] == [label["value"] for label in labels_of(client, experiment)]


def test_undo_of_a_label_that_is_gone(client, subject):
    """Deleted elsewhere meanwhile: the item comes back all the same."""
    doubtful(subject, 1)
    item = asked(client)["item"]["id"]
    told = done(client, item)
    client.delete(f"{LABELS}/{told['label_id']}")

    assert 200 == act(client, item, "undo")


def test_a_skip_can_be_undone(client, subject):
    """Pressed by mistake."""
    doubtful(subject, 1)
    item = asked(client)["item"]["id"]
    act(client, item, "skip")

    assert 200 == act(client, item, "undo")
    assert item == asked(client)["item"]["id"]


def test_what_cannot_be_done_is_refused_with_a_reason(client, colleague, subject):
    """A second answer, an answer to what is done, an undo of nothing, an answer that says nothing."""
    doubtful(subject, 1)
    item = asked(client)["item"]["id"]
    silent = act(client, item, "complete", comment="hm")
    done(client, item)

    assert 422 == silent
    assert 409 == act(client, item, "complete", value=1.0)
    assert 409 == act(colleague, item, "complete", value=1.0)
    assert 409 == act(colleague, item, "undo")
    assert 404 == act(client, str(new_id()), "complete", value=1.0)


def test_what_another_person_has_is_not_undone(client, colleague, subject):
    """The second reviewer has it on the screen; the first one has to wait."""
    doubtful(subject, 1, people=2)
    item = asked(client)["item"]["id"]
    done(client, item)
    asked(colleague)

    assert 409 == act(client, item, "undo")


def test_a_stranger_finds_nothing(client, stranger, subject):
    """Items of another workspace are nobody's."""
    experiment = doubtful(subject, 1)
    item = asked(client)["item"]["id"]

    assert 0 == standing(stranger)["total"]
    assert asked(stranger)["item"] is None
    assert {404} == {
        act(stranger, item, "complete", value=1.0),
        act(stranger, item, "skip"),
        act(stranger, item, "undo"),
        act(stranger, "next", "", experiment_id=str(experiment)) and 404,
    }


def test_a_part_of_the_queue_can_be_asked_for(client, subject):
    """One evaluator's items, or one experiment's."""
    first = doubtful(subject, 1)
    ended(subject, [{"rubric": 0.5}])
    of_rubric = asked(client, evaluator="rubric")
    of_first = asked(client, experiment_id=str(first))

    assert ("rubric", 1) == (of_rubric["item"]["evaluator"], of_rubric["remaining"])
    assert str(first) == of_first["item"]["experiment_id"]


def test_the_queue_says_how_it_stands(client, subject):
    """How many wait and why, what was done today, and how often people agree with the judge."""
    ended(subject, [{"correctness": 0.6}, {"correctness": 0.4}, {"correctness": 0.5}])
    empty = standing(client)
    for _ in range(2):
        done(client, asked(client)["item"]["id"], value=1.0)
    told = standing(client)

    assert {"regression": 0, "judges_disagree": 0, "judge_unsure": 3, "random": 0} == empty[
        "by_reason"
    ]
    assert (3, 0, None, None) == tuple(
        empty[name] for name in ("total", "done_today", "agreement", "between_people")
    )
    assert empty["oldest_at"]
    assert (1, 2, 2) == (told["total"], told["done_today"], told["agreement"]["n"])
