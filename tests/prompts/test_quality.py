"""What a prompt's card, a version and the history say of quality and use."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core.clock import now
from app.core.database import unit_of_work
from app.models import CaseState, Result, Ruling, Run, Shard
from tests.prompts.conftest import PROMPTS, arm
from tests.support.leads import give_lead
from tests.support.prompts import make_prompt
from tests.support.verdicts import make_experiment, make_verdict

TEMPLATES = ("A {{ question }}", "B {{ question }}", "C {{ question }}")


@pytest.fixture
def made(subject):
    return make_prompt(subject, templates=TEMPLATES)


def card(client, made):
    answer = client.get(f"{PROMPTS}/{made.prompt_id}")
    assert 200 == answer.status_code, answer.text
    return answer.json()


def activate(client, made, number):
    url = f"{PROMPTS}/{made.prompt_id}/versions/{made.version_ids[number - 1]}/activate"
    assert 200 == client.post(url).status_code


def version(client, made, number):
    url = f"{PROMPTS}/{made.prompt_id}/versions/{made.version_ids[number - 1]}"
    return client.get(url).json()


def listed(client, **params):
    answer = client.get(PROMPTS, params=params)
    assert 200 == answer.status_code, answer.text
    return [item["name"] for item in answer.json()["items"]]


def test_a_new_prompt_has_no_figures(client, made):
    """Neither score nor change nor cost; its owner is who made it."""
    found = card(client, made)

    assert (None, None, None, 0, 0, None, "test") == tuple(
        found[key]
        for key in ("production", "score", "change", "runs_7d", "cases_7d", "cost_7d", "owner")
    )


def test_the_score_is_that_of_production(client, made, finished):
    """Of the newest version before there is one; failed judgments and others' parts say nothing."""
    finished(str(made.prompt_id), [arm(1, avg_score=0.5), arm(3, avg_score=0.9)])
    finished(str(made.prompt_id), [arm(1, avg_score=None), arm(3, avg_score=None)])
    first = finished(str(made.prompt_id), [arm(2, avg_score=0.6)])
    finished(str(made.prompt_id), [arm(1, avg_score=0.1)], follows=first, trigger="confirm")
    before = card(client, made)["score"]
    activate(client, made, 1)
    found = card(client, made)

    assert {"value": 0.9, "interval": [0.7, 0.9], "n": 40} == before
    assert 0.5 == found["score"]["value"]
    assert {"version_id": str(made.version_ids[0]), "number": 1} == found["production"]


def test_the_change_is_to_the_version_in_production_before(client, subject, made):
    """As the newest verdict on that pair found it; a text that was only tried says nothing."""
    pair = {"baseline": made.version_ids[0], "candidate": made.version_ids[1]}
    found = make_verdict(subject, made.prompt_id, **pair)
    give_lead(found, 0.03, [-0.01, 0.07], 96, direction="lower")
    give_lead(make_verdict(subject, made.prompt_id, **pair, name="tried"), 0.5, None, 3)
    activate(client, made, 1)
    assert None is card(client, made)["change"]
    activate(client, made, 2)

    told = {"value": 0.03, "interval": [-0.01, 0.07], "n": 96, "direction": "lower"}
    assert told == card(client, made)["change"]
    make_verdict(subject, made.prompt_id, **pair)  # without a figure
    assert None is card(client, made)["change"]


def test_use_counts_calls_and_cases_of_seven_days(client, subject, made):
    """Apart, with one sum: an unknown price makes it unknown; what was not asked is no use."""
    experiment = make_experiment(subject, made.prompt_id, made.version_ids[:1])

    def run(**values):
        columns = {
            "prompt_id": made.prompt_id,
            "source": "run",
            "state": "completed",
            "template": {},
            "variables": {},
            "model": "openai:a",
            "parameters": {},
            "latency_ms": 1.0,
            "cost_usd": Decimal("0.25"),
            "created_by": "test",
        }
        with unit_of_work(subject.workspace_id) as session:
            session.add(Run(**(columns | values)))

    run()
    run(created_at=now() - timedelta(days=8))
    with unit_of_work(subject.workspace_id) as session:
        shard = Shard(experiment_id=experiment, number=0, first_case=0, cases=2)
        session.add(shard)
        session.flush()
        where = {"experiment_id": experiment, "shard_id": shard.id, "arm": 0, "repeat": 0}
        scored = {"state": CaseState.scored, "score": 1.0, "cost_usd": Decimal("0.5")}
        session.add(Result(**where, case_no=0, position=0, latency_ms=1.0, **scored))
        skipped = {"state": CaseState.budget_skipped, "cost_usd": Decimal(0)}
        session.add(Result(**where, case_no=1, position=1, **skipped))
    found = card(client, made)

    listed_runs = client.get("/api/v1/runs", params={"prompt": str(made.prompt_id)}).json()["total"]
    assert (1, 1, "0.75") == (found["runs_7d"], found["cases_7d"], found["cost_7d"])
    assert found["runs_7d"] + 1 == listed_runs  # the one that is older
    run(cost_usd=None)
    found = card(client, made)
    assert (2, 1, None) == (found["runs_7d"], found["cases_7d"], found["cost_7d"])


def test_a_version_has_its_verdict(client, subject, made):
    """The newest against its parent or the one in production."""
    one, two, three = made.version_ids
    activate(client, made, 1)
    found = make_verdict(
        subject, made.prompt_id, baseline=one, candidate=three, ruling=Ruling.regression
    )
    give_lead(found, -0.2, [-0.3, -0.1], 40, direction="lower")
    make_verdict(subject, made.prompt_id, baseline=two, candidate=three)  # neither of the two
    told = version(client, made, 3)["verdict"]

    assert ("regression", 1, -0.2, [-0.3, -0.1], 40, "lower") == tuple(
        told[key]
        for key in ("ruling", "baseline_number", "difference", "interval", "n", "direction")
    )
    assert None is version(client, made, 1)["verdict"]


def test_prompts_that_got_worse_are_found(client, subject, made):
    """By the newest verdict on the newest version against production."""
    make_prompt(subject, templates=TEMPLATES)
    pair = {"baseline": made.version_ids[0], "candidate": made.version_ids[2]}
    make_verdict(subject, made.prompt_id, ruling=Ruling.regression, **pair)
    assert [] == listed(client, regressed=True)
    activate(client, made, 1)
    assert [made.name] == listed(client, regressed=True)
    make_verdict(subject, made.prompt_id, **pair)

    assert [] == listed(client, regressed=True)


def test_prompts_are_found_by_their_owner(client, made):
    """Who made them; somebody else has none."""
    assert [made.name] == listed(client, owner="test")
    assert [] == listed(client, owner="somebody")


def test_prompts_without_examples_are_found(client, made):
    """One golden example takes a prompt out of them."""
    assert 201 == client.post(PROMPTS, json={"name": "support/bare"}).status_code

    assert ["support/bare"] == listed(client, unexampled=True)
    assert {made.name, "support/bare"} == set(listed(client))


def test_a_folder_holds_what_is_below_it(client):
    """With or without its slash; a name that only begins alike is not in it, nor is a wild card."""
    for name in ("support/answer", "support/mail/reply", "supporting", "a_b/c", "axb/c"):
        assert 201 == client.post(PROMPTS, json={"name": name}).status_code

    inside = ["support/answer", "support/mail/reply"]
    assert inside == listed(client, folder="support/")
    assert inside == listed(client, folder="support")
    assert ["support/mail/reply"] == listed(client, folder="support/mail")
    assert ["a_b/c"] == listed(client, folder="a_b/")
    assert 422 == client.get(PROMPTS, params={"folder": "%"}).status_code


@pytest.mark.parametrize("sort", ["score", "-score"])
def test_prompts_are_sorted_by_score(client, subject, finished, sort):
    """Page by page, and those without a score last both ways."""
    names = {}
    for score in (0.5, None, 0.9, 0.5, None):
        made = make_prompt(subject, templates=("X",))
        names[made.name] = score
        finished(str(made.prompt_id), [arm(1, avg_score=score)])
    found, cursor = [], None
    while True:
        params = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = client.get(PROMPTS, params=params).json()
        found += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    expected = [0.5, 0.5, 0.9] if sort == "score" else [0.9, 0.5, 0.5]
    assert [*expected, None, None] == [names[name] for name in found]
    assert names.keys() == set(found)


def test_the_history_of_scores(client, made, finished):
    """A point for each version that was judged, with its labels, oldest first."""
    finished(str(made.prompt_id), [arm(3, avg_score=0.7), arm(1, avg_score=0.4)])
    newest = finished(str(made.prompt_id), [arm(1, avg_score=0.5)])
    activate(client, made, 1)
    page = client.get(f"{PROMPTS}/{made.prompt_id}/score-history").json()

    assert [(1, 0.5, ["production"]), (3, 0.7, [])] == [
        (point["version_number"], point["score"]["value"], point["labels"])
        for point in page["items"]
    ]
    assert str(newest) == page["items"][0]["experiment_id"]
    assert 2 == page["total"]


def test_a_strangers_history_is_not_there(stranger, made):
    """404, as for every prompt of others."""
    assert 404 == stranger.get(f"{PROMPTS}/{made.prompt_id}/score-history").status_code
