"""The list of experiments: what a line says, how it is filtered and sorted."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core.clock import now
from app.models import ExperimentStatus
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt
from tests.support.results import Answer, put_results, put_verdict
from tests.support.verdicts import MODEL, make_experiment

LIST = "/api/v1/experiments"
TWO = (GROUNDED, UNGROUNDED)


def listed(client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(LIST, params=query)
    assert 200 == answer.status_code, answer.text
    page = answer.json()
    assert len(page["items"]) <= page["total"]
    return page["items"]


def test_a_line_says_what_came_out(client, subject):
    """Versions with their means, the difference, the losses, latency, where it comes from."""
    made = make_prompt(subject, templates=TWO, examples=6)
    experiment = make_experiment(
        subject,
        made.prompt_id,
        made.version_ids,
        baseline_arm=0,
        git={"sha": "abc", "pr": 7},
        plan={"cost_usd_estimate": "0.5"},
        max_cost_usd=Decimal(2),
    )
    put_results(subject, experiment, lambda arm, *_: Answer(0.5 if arm else 1.0))
    put_verdict(subject, experiment)
    (row,) = listed(client)
    versions = [(v["number"], v["model"], v["mean"]["value"]) for v in row["versions"]]

    assert [(1, MODEL, 1.0), (2, MODEL, 0.5)] == versions
    assert 6 == row["versions"][0]["mean"]["n"]
    assert (-0.5, 6) == (row["difference"]["value"], row["difference"]["n"])
    assert row["difference"]["interval"][0] < -0.5 < row["difference"]["interval"][1]
    assert (6, 120.4, None) == (row["regressed"], row["p95_ms"], row["eta_s"])
    assert ("0.5", "2") == (row["planned_cost_usd"], row["max_cost_usd"])
    assert {"sha": "abc", "ref": None, "pr": 7} == row["git"]
    assert (20, MODEL) == (row["examples"], row["judge_model"])  # 40 planned, two versions


def test_a_line_of_many_versions_is_about_the_newest(client, subject):
    """Verdict, difference and losses are one comparison's: the newest candidate's."""
    made = make_prompt(subject, templates=[*TWO, "{{ question }}"], examples=6)
    experiment = make_experiment(subject, made.prompt_id, made.version_ids, baseline_arm=1)
    put_results(subject, experiment, lambda arm, *_: Answer((0.1, 1.0, 0.75)[arm]))
    put_verdict(subject, experiment)
    (row,) = listed(client)
    status = client.get(f"{LIST}/{experiment}/status").json()

    assert (2, -0.25) == (row["candidate_arm"], row["difference"]["value"])
    assert "v3 is worse than v2: score 0.75" in row["sentence"]
    assert [3, 1] == [line["candidate"] for line in status["comparisons"]]
    assert 3 == status["verdict"]["candidate"]["version_number"]


def test_a_running_line_says_when_it_will_be_done(client, subject):
    """At the pace so far; numbers that are not there yet are null."""
    made = make_prompt(subject, templates=TWO)
    make_experiment(
        subject,
        made.prompt_id,
        made.version_ids,
        status=ExperimentStatus.running,
        counts={"scored": 8, "provider_error": 2},
        planned=40,
        started_at=now() - timedelta(seconds=20),
        results=None,
    )
    (row,) = listed(client)

    assert 60 <= row["eta_s"] <= 120
    assert [None, None] == [version["mean"] for version in row["versions"]]
    assert [None] * 4 == [row[n] for n in ("difference", "regressed", "p95_ms", "git")]


def test_one_version_alone_has_its_own_latency(client, subject):
    """Of several without a baseline there is no one number."""
    made = make_prompt(subject, templates=TWO)
    for versions in (made.version_ids[:1], made.version_ids):
        experiment = make_experiment(subject, made.prompt_id, versions)
        put_results(subject, experiment, lambda *_: Answer(1.0))
        put_verdict(subject, experiment)

    assert [None, 120.4] == [row["p95_ms"] for row in listed(client)]


def test_nothing_judged_is_no_mean_and_no_difference(client, subject):
    """Null, never 0."""
    made = make_prompt(subject, templates=TWO)
    experiment = make_experiment(subject, made.prompt_id, made.version_ids, baseline_arm=0)
    put_results(subject, experiment, lambda *_: Answer(None))
    put_verdict(subject, experiment)
    (row,) = listed(client)

    assert [None, None] == [version["mean"] for version in row["versions"]]
    assert (None, None) == (row["difference"], row["p95_ms"])


@pytest.fixture
def four(subject) -> dict[str, str]:
    """Four experiments by name; two prompts."""
    first, second = (make_prompt(subject, templates=TWO) for _ in range(2))
    made = {}
    for name, prompt, more in [
        ("beta", first, {"tags": ["nightly"], "cost_usd": Decimal(3), "gap": 0.0}),
        ("Alpha 100%", first, {"cost_usd": Decimal(1), "gap": -0.5}),
        ("delta", second, {"cost_estimated": Decimal(2), "gap": None}),
        ("alpha", second, {"tags": ["nightly", "x"], "cost_usd": Decimal(3), "gap": 0.25}),
    ]:
        gap = more.pop("gap")
        line = {"difference": gap, "interval": None, "n_pairs": 4, "losses": 0, "candidate_arm": 1}
        experiment = make_experiment(
            subject, prompt.prompt_id, prompt.version_ids, name=name, comparisons=[line], **more
        )
        made[name] = str(experiment)
    return made | {"first": str(first.prompt_id), "second_name": second.name}


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("-created_at", ["alpha", "delta", "Alpha 100%", "beta"]),
        ("created_at", ["beta", "Alpha 100%", "delta", "alpha"]),
        ("name", ["alpha", "Alpha 100%", "beta", "delta"]),
        ("-cost_usd", ["alpha", "beta", "delta", "Alpha 100%"]),
        ("difference", ["Alpha 100%", "beta", "alpha", "delta"]),
    ],
)
def test_each_order_holds_over_its_pages(client, four, sort, names):
    """Page by page the same rows in the same order, ties too."""
    found, cursor = [], None
    for _ in names:
        query = {"sort": sort, "limit": 1, **({"cursor": cursor} if cursor else {})}
        page = client.get(LIST, params=query).json()
        found += [row["name"] for row in page["items"]]
        cursor = page["next_cursor"]

    assert names == found == [row["name"] for row in listed(client, sort=sort)]
    assert cursor is None


def test_the_worst_first_knows_which_way_is_better(client, subject):
    """A rise of what should fall is a loss; an old line that does not say it goes by its metric."""
    made = make_prompt(subject, templates=TWO)
    for name, gap, more in [
        ("fell", -0.3, {"metric": "score", "direction": "higher"}),
        ("failing more", 0.5, {"metric": "failure", "direction": "lower"}),
        ("old", 0.4, {"metric": "hallucination_rate"}),
        ("asked for", -0.2, {"metric": "failure", "direction": "higher"}),
        ("failing less", -0.1, {"metric": "failure", "direction": "lower"}),
    ]:
        line = {"difference": gap, "interval": None, "n_pairs": 4, "losses": 0, "candidate_arm": 1}
        make_experiment(
            subject, made.prompt_id, made.version_ids, name=name, comparisons=[line | more]
        )
    rows = listed(client, sort="difference")

    assert [
        ("failing more", "lower"),
        ("old", "lower"),
        ("fell", "higher"),
        ("asked for", "higher"),
        ("failing less", "lower"),
    ] == [(row["name"], row["difference"]["direction"]) for row in rows]


def test_a_cursor_belongs_to_its_order(client, four):
    """Another order's cursor is refused."""
    cursor = client.get(LIST, params={"limit": 1, "sort": "name"}).json()["next_cursor"]

    assert 400 == client.get(LIST, params={"cursor": cursor}).status_code


def test_filters_narrow_the_list(client, four):
    """By words of both names, prompt and tag; signs mean themselves."""
    found = [
        [row["name"] for row in listed(client, **query)]
        for query in (
            {"q": "ALPHA"},
            {"q": "100%"},
            {"q": four["second_name"]},
            {"prompt_id": four["first"]},
            {"prompt": four["first"]},
            {"tag": "nightly"},
            {"tag": "nightly", "q": "beta"},
        )
    ]

    assert [
        ["alpha", "Alpha 100%"],
        ["Alpha 100%"],
        ["alpha", "delta"],
        ["Alpha 100%", "beta"],
        ["Alpha 100%", "beta"],
        ["alpha", "beta"],
        ["beta"],
    ] == found
