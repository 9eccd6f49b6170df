"""Canaries: frozen, judged again once a day, and what is told when a judge moves."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from app.core.celery_app import Task, publish
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.models import Canary
from app.review import canary_checks
from app.review.canary_checks import has_moved
from tests.review.judged import body, judged, label
from tests.support.experiments import ASKED, MOCK, finished, started
from tests.support.fixtures import eventually
from tests.support.prompts import make_prompt

PATH = "/api/v1/canaries"
CHECKS = "/api/v1/canary-checks"
JUDGE = "openai:mock-judge"
HALLUCINATION = "hallucination"


@pytest.fixture(autouse=True)
def _alone():
    """A round is over all workspaces: those of other tests take no part, and come back."""
    with system_unit_of_work() as session:
        others = [dict(row) for row in session.execute(select(Canary.__table__)).mappings()]
        session.query(Canary).delete()
    yield
    with system_unit_of_work() as session:
        session.query(Canary).delete()
        if others:
            session.execute(insert(Canary), others)


def freeze(client, experiment, case_no, evaluator=HALLUCINATION):
    answer = client.post(PATH, json=of_case(experiment, case_no, evaluator))
    assert 201 == answer.status_code, answer.text
    return answer.json()


def of_case(experiment, case_no, evaluator):
    return {"experiment_id": experiment, "case_no": case_no, "evaluator": evaluator}


@pytest.fixture
def experiment(client, subject, worker, provider, monkeypatch):
    """Three labelled outputs, which the judge gave a 1."""
    monkeypatch.setattr(get_settings(), "judge_model", JUDGE)
    provider.configure(judge_score="0")
    made = make_prompt(subject, templates=[ASKED], examples=3, model=MOCK)
    experiment_id = started(client, made, evaluators=[HALLUCINATION])
    finished(client, experiment_id)
    for case_no in range(3):
        label(client, experiment_id, case_no, evaluator=HALLUCINATION, value=float(case_no > 0))
    provider.reset()
    return experiment_id


def rounds(client, least=1):
    """The rounds of the workspace, once there are so many; the task is sent each time."""
    publish(Task.check_canaries.value, {})

    def look():
        items = client.get(CHECKS).json()["items"]
        return items if len(items) >= least else None

    found = eventually(look)
    assert found, client.get(CHECKS).json()
    return found


def a_day_passes():
    with system_unit_of_work() as session:
        session.execute(text("UPDATE canary_checks SET created_at = created_at - interval '1 day'"))


def test_a_canary_holds_all_that_is_judged(client, experiment):
    """Output and material, the label, the score it got and the judge that gave it."""
    canary = freeze(client, experiment, 1)
    listed = client.get(PATH).json()

    assert [canary] == listed["items"]
    assert (1.0, 1.0, JUDGE, HALLUCINATION) == tuple(
        canary[name] for name in ("label", "first_score", "judge_model", "evaluator")
    )
    assert {"input_data", "expected_output", "context", "criteria", "output"} == set(
        canary["example"]
    )


def test_the_same_judge_does_not_move(client, provider, experiment):
    """The task judges each canary once; asked again the same day, it asks nobody."""
    for case_no in range(3):
        freeze(client, experiment, case_no)
    (check,) = rounds(client)
    calls = provider.stats()["models"]
    again = canary_checks.check_all()

    assert (3, 0, 2, False) == tuple(check[name] for name in ("n", "unjudged", "agreed", "moved"))
    assert (HALLUCINATION, JUDGE) == (check["evaluator"], check["judge_model"])
    assert {"mock-judge": 3} == calls == provider.stats()["models"]
    assert 0 == again


def test_another_judge_behind_the_name_moves(client, workspace, provider, experiment):
    """A day later the same model says the opposite: moved, and every call is booked."""
    for case_no in range(3):
        freeze(client, experiment, case_no)
    rounds(client)
    a_day_passes()
    provider.configure(judge_score="1")
    newest, oldest = rounds(client, least=2)
    query = "SELECT count(*) FROM cost_entries WHERE workspace_id = :id AND source = 'canary'"
    with system_unit_of_work() as session:
        booked = session.execute(text(query), {"id": workspace}).scalar_one()
        told = session.scalars(text("SELECT title FROM events WHERE kind = 'judge.changed'")).all()

    assert ["scores its 3 canaries otherwise" in title for title in told] == [True]
    assert (True, False) == (newest["moved"], oldest["moved"])
    assert [0.0] * 3 == [row["score"] for row in newest["report"]]
    assert [1.0] * 3 == [row["first_score"] for row in newest["report"]]
    assert 1 == newest["agreed"]
    assert 6 == booked


def test_what_was_not_judged_is_counted_apart(client, provider, experiment):
    """An unreadable judge has not moved and agrees with nobody; the reason is kept."""
    freeze(client, experiment, 1)
    provider.configure(err_judge_malformed=1.0)
    (check,) = rounds(client)

    assert (1, 1, 0, False) == tuple(check[name] for name in ("n", "unjudged", "agreed", "moved"))
    assert "judge_unparseable" == check["report"][0]["state"]
    assert check["report"][0]["reason"]


def test_a_round_is_priced_as_the_workspace_says_and_needs_money(client, provider, experiment):
    """Where its worst price does not fit nobody is asked, and each canary says why it has no score.

    A day later there is money: it is judged, at the workspace's own price, and nothing stays held.
    """
    freeze(client, experiment, 1)
    own = {"model": JUDGE, "input_usd": "1000", "output_usd": "0", "valid_from": "2026-01-01"}
    assert client.post("/api/v1/prices", json=own).is_success
    limit = {"limit_usd": "0.5", "hard_stop": True}
    budget = client.post("/api/v1/budgets", json=limit).json()
    before = client.get(f"/api/v1/budgets/{budget['id']}").json()["spent_usd"]
    (stopped,) = rounds(client)
    asked = provider.stats()["models"]
    a_day_passes()
    assert client.patch(f"/api/v1/budgets/{budget['id']}", json={"limit_usd": "9"}).is_success
    judged, _ = rounds(client, least=2)
    after = client.get(f"/api/v1/budgets/{budget['id']}").json()
    query = "SELECT sum(tokens_in), sum(cost_usd) FROM cost_entries WHERE source = 'canary'"
    with system_unit_of_work() as session:
        tokens, paid = session.execute(text(f"{query} AND cost_usd > 0")).one()
    row = stopped["report"][0]

    assert (1, 1, 0, False) == tuple(stopped[name] for name in ("n", "unjudged", "agreed", "moved"))
    assert ("judge_error", None) == (row["state"], row["score"])
    assert "budget of this workspace has" in row["reason"]
    assert {} == asked
    assert 0 == judged["unjudged"]
    assert Decimal(tokens) / 1000 == paid == Decimal(after["spent_usd"]) - Decimal(before)
    assert "0" == after["reserved_usd"]


def test_two_workers_do_not_pay_twice(client, provider, experiment):
    """While one is at a judge's canaries, another finds nothing to do."""
    freeze(client, experiment, 1)
    (group,) = canary_checks._groups()
    with system_unit_of_work() as session:
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": group.lock}
        )
        done = canary_checks.check_all()

    assert 0 == done
    assert {} == provider.stats()["models"]


def test_an_evaluator_of_an_older_release_is_told(client, subject, worker, provider):
    """What cannot be built any more is unjudged, not forgotten."""
    experiment = judged(client, subject, 2)
    label(client, experiment, 1)
    freeze(client, experiment, 1, evaluator="contains")
    with system_unit_of_work() as session:
        session.execute(
            text("UPDATE canaries SET evaluator = jsonb_set(evaluator, '{name}', '\"gone\"')")
        )
    done = canary_checks.check_all()
    (check,) = client.get(CHECKS, params={"evaluator": "gone"}).json()["items"]

    assert 1 == done
    assert (1, 1) == (check["n"], check["unjudged"])
    assert "no evaluator 'gone'" in check["report"][0]["reason"]


def test_the_first_score_is_the_first_there_is(client, subject, worker, provider, monkeypatch):
    """A case the judge failed on becomes a canary whose first round says where it stands."""
    monkeypatch.setattr(get_settings(), "judge_model", "anthropic:mock-judge")
    made = make_prompt(subject, templates=[ASKED], examples=1, model=MOCK)
    experiment = started(client, made, evaluators=[HALLUCINATION])
    finished(client, experiment)
    label(client, experiment, 0, evaluator=HALLUCINATION)
    unscored = freeze(client, experiment, 0)["first_score"]
    with system_unit_of_work() as session:
        session.execute(
            text("UPDATE canaries SET judge_model = :model"),
            {"model": "local:extractive-baseline"},
        )
    canary_checks.check_all()
    (canary,) = client.get(PATH).json()["items"]

    assert unscored is None
    assert canary["first_score"] is not None


def test_only_a_labelled_output_becomes_one_and_once(client, subject, worker, provider):
    """Without a label, without an output, or a second time it is refused with the reason."""
    experiment = judged(client, subject, 2)
    label(client, experiment, 1)
    freeze(client, experiment, 1, evaluator="contains")
    refused = [
        client.post(PATH, json=of_case(experiment, case_no, "contains")) for case_no in (0, 9, 1)
    ]

    assert [409] * 3 == [answer.status_code for answer in refused]
    assert ["Nobody", "Nobody", "This output"] == [
        " ".join(answer.json()["detail"].split()[: 1 + (n == 2)])
        for n, answer in enumerate(refused)
    ]


def test_a_judge_has_so_many_and_no_more(client, subject, worker, provider, monkeypatch):
    """Each is paid for every day."""
    monkeypatch.setattr("app.review.canaries.MOST", 1)
    experiment = judged(client, subject, 2)
    for case_no in range(2):
        label(client, experiment, case_no)
    first = freeze(client, experiment, 0, evaluator="contains")
    full = client.post(PATH, json=of_case(experiment, 1, "contains"))
    client.delete(f"{PATH}/{first['id']}")

    assert 409 == full.status_code
    assert freeze(client, experiment, 1, evaluator="contains")


def test_another_workspace_has_none(client, stranger, subject, worker, provider):
    """Neither canaries nor rounds; deleting one is the 404 of what is not there."""
    experiment = judged(client, subject, 2)
    label(client, experiment, 1)
    canary = freeze(client, experiment, 1, evaluator="contains")
    canary_checks.check_all()

    assert [0, 0] == [stranger.get(path).json()["total"] for path in (PATH, CHECKS)]
    assert 404 == stranger.delete(f"{PATH}/{canary['id']}").status_code
    assert 404 == stranger.post(PATH, json=of_case(experiment, 1, "contains")).status_code
    assert [204, 404] == [client.delete(f"{PATH}/{canary['id']}").status_code for _ in range(2)]
    assert 1 == client.get(CHECKS).json()["total"]
    assert body(experiment, 1)["case_no"] == 1


def test_a_round_ends_in_time(client, subject, worker, provider, monkeypatch):
    """Judges that are left when time is up stay due."""
    experiment = judged(client, subject, 2)
    label(client, experiment, 1)
    freeze(client, experiment, 1, evaluator="contains")
    with monkeypatch.context() as patch:
        patch.setattr(canary_checks, "LONGEST_S", -1.0)
        cut = canary_checks.check_all()

    assert (0, 1) == (cut, canary_checks.check_all())


# --- what counts as moved ---


@pytest.mark.parametrize(
    ("scores", "moved"),
    [
        ([], False),
        ([(1.0, 1.0)] * 10, False),
        ([(1.0, 0.9)] * 10, False),
        ([(1.0, 0.88)] * 10, True),
        ([(0.5, 0.49)] + [(1.0, 1.0)] * 9, False),
        ([(0.5, 0.49)] * 2 + [(1.0, 1.0)] * 8, True),
    ],
)
def test_moved_is_a_change_or_many_flips(scores, moved):
    """More than a tenth of the scale on average, or of the judged from pass to fail or back."""
    assert moved is has_moved(scores)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_the_same_scores_have_never_moved(scores):
    """Whatever they are."""
    assert has_moved([(score, score) for score in scores]) is False
