"""Figures over time through HTTP: sums, gaps, groups, filters, percentiles, and the file."""

import csv
import io
import statistics
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import now
from app.core.database import unit_of_work
from app.models import CaseState
from tests.analytics.conftest import ANALYTICS, MODEL, add_cases, run_of
from tests.support.fixtures import make_subject, make_workspace
from tests.support.prompts import make_prompt
from tests.support.verdicts import make_experiment

START = datetime(2026, 3, 2, tzinfo=UTC)
SUMMED = ("runs", "errors", "unpriced", "tokens_in", "tokens_out")
CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "minutes": st.integers(0, 5 * 24 * 60 - 1),
            "failed": st.booleans(),
            "source": st.sampled_from(["run", "query", "playground"]),
            "model": st.sampled_from([f"openai:m{number}" for number in range(9)]),
            "cost": st.none() | st.integers(0, 10**9),
            "latency": st.none() | st.integers(1, 10_000),
            "score": st.none() | st.integers(0, 10),
        }
    ),
    max_size=30,
)


def asked(client, path=ANALYTICS, days=5, **params):
    window = {"from": START.isoformat(), "to": (START + timedelta(days=days)).isoformat()}
    answer = client.get(path, params={**window, **params})
    assert 200 == answer.status_code, answer.text
    return answer


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    calls=CALLS,
    by=st.sampled_from(["none", "prompt", "model", "source", "version"]),
    interval=st.sampled_from(["hour", "day", "week"]),
    tz=st.sampled_from(["UTC", "Asia/Kathmandu"]),
)
def test_buckets_and_groups_add_up_and_the_file_says_the_same(client_of, calls, by, interval, tz):
    """Over buckets, and over groups, the counts and the money are the totals; CSV equals JSON."""
    from tests.support.fixtures import make_key  # noqa: PLC0415 - loaded after this file

    subject = make_subject(make_workspace())
    client = client_of(make_key(subject))
    with unit_of_work(subject.workspace_id) as session:
        session.add_all(_stored(subject, call) for call in calls)
    told = asked(client, by=by, interval=interval, tz=tz).json()

    assert len(calls) == told["totals"]["runs"]
    for group in told["groups"]:
        _adds_up(group, group["totals"])
    for name in SUMMED[:3]:
        assert told["totals"][name] == sum(group["totals"][name] for group in told["groups"])
    by_class = sum(error["count"] for error in told["errors_by_class"])
    assert told["totals"]["errors"] == by_class
    for error in told["errors_by_class"]:
        assert error["count"] == sum(error["per_bucket"])
    text = asked(client, f"{ANALYTICS}/export", by=by, interval=interval, tz=tz).text
    _says_the_same(text, told)


def _stored(subject, call):
    cost = None if call["cost"] is None else Decimal(call["cost"]).scaleb(-10)
    return run_of(
        subject,
        at=START + timedelta(minutes=call["minutes"]),
        state="failed" if call["failed"] else "completed",
        error_code="timeout" if call["failed"] else None,
        source=call["source"],
        model=call["model"],
        cost_usd=cost,
        latency_ms=call["latency"],
        score=None if call["score"] is None else call["score"] / 10,
    )


def _adds_up(group, totals):
    for name in SUMMED:
        assert (totals[name] or 0) == sum(value or 0 for value in group[name])
    if not totals["unpriced"]:
        costs = [Decimal(cost) for cost in group["cost_usd"] if cost is not None]
        assert Decimal(totals["cost_usd"] or 0) == sum(costs)
    for place, runs in enumerate(group["runs"]):
        if not runs:
            assert group["latency_p95"][place] is None
            assert group["cost_usd"][place] is None
            assert group["score"][place] is None


def _says_the_same(text, told):
    assert text.startswith("\ufeff")
    rows = {(row["key"], row["bucket"]): row for row in csv.DictReader(io.StringIO(text[1:]))}
    for group in told["groups"]:
        for place, bucket in enumerate(told["buckets"]):
            names = [name for name in group if isinstance(group[name], list)]
            _same(rows.pop((group["key"], bucket)), {n: group[n][place] for n in names})
        _same(rows.pop((group["key"], "total")), group["totals"])
    _same(rows.pop(("", "total")), told["totals"])
    assert {} == rows


def _same(row, figures):
    for name, value in figures.items():
        if name in {"score", "hallucination"}:
            low, high = value["interval"] if value else ("", "")
            ends = value["value"] if value else "", low, high, value["n"] if value else ""
            for part, expected in zip(("value", "low", "high", "n"), ends, strict=True):
                assert str(expected) == row[f"{name}_{part}"]
        else:
            assert ("" if value is None else str(value)) == row[name]


def test_a_gap_is_a_gap(client, subject, add_run):
    """A day without calls has no money, no latency and no score; only counts are 0."""
    add_run(at=START + timedelta(hours=1), score=0.5, rate=0.25)
    add_run(at=START + timedelta(days=2), score=1.0)
    told = asked(client, days=3).json()
    (group,) = told["groups"]

    assert ("all", "all calls") == (group["key"], group["name"])
    assert [1, 0, 1] == group["runs"]
    assert ["0.001", None, "0.001"] == group["cost_usd"]
    assert [100.0, None, 100.0] == group["latency_p50"]
    assert [10, None, 10] == group["tokens_in"]
    assert [0.5, None, 1.0] == [score and score["value"] for score in group["score"]]
    assert [0.25, None, None] == [rate and rate["value"] for rate in group["hallucination"]]
    assert [0.0, 1.0] == group["score"][0]["interval"]  # one answer says nothing
    assert 0.75 == told["totals"]["score"]["value"]


def test_percentiles_are_of_the_calls(client, add_run):
    """Not of the buckets' percentiles: 1 slow call on a day of its own is 1 of 5."""
    latencies = [100.0, 110.0, 120.0, 130.0]
    for latency in latencies:
        add_run(at=START + timedelta(hours=1), latency_ms=latency)
    add_run(at=START + timedelta(days=1), latency_ms=9_000.0)
    told = asked(client).json()

    assert 120.0 == told["totals"]["latency_p50"]
    expected = statistics.quantiles([*latencies, 9_000.0], n=20, method="inclusive")[18]
    assert expected == pytest.approx(told["totals"]["latency_p95"])
    assert 115.0 == told["groups"][0]["latency_p50"][0]


def test_an_unknown_price_is_not_free(client, add_run):
    """The sum is unknown, how many calls and what they may have cost is told."""
    add_run(at=START, cost_usd=None, cost_estimated=Decimal("0.5"))
    add_run(at=START)
    add_run(at=START, cost_usd=None, cost_estimated=None, latency_ms=None, state="pending")
    totals = asked(client).json()["totals"]

    assert (3, 1, None, "0.501") == tuple(
        totals[name] for name in ("runs", "unpriced", "cost_usd", "cost_estimated")
    )


def test_six_groups_and_the_rest(client, add_run):
    """The largest by calls stand alone, the others together; percentiles are of their calls."""
    for number in range(9):
        for _ in range(10 - number):
            add_run(at=START, model=f"openai:m{number}")
    told = asked(client, by="model").json()

    assert [*(f"openai:m{number}" for number in range(6)), "other (3)"] == [
        group["name"] for group in told["groups"]
    ]
    assert ("other", 4 + 3 + 2) == (told["groups"][-1]["key"], told["groups"][-1]["runs"][0])


def test_groups_have_names(client, subject, made, add_run):
    """A prompt its name, a version its number; calls without a prompt say so."""
    add_run(at=START, made=made)
    add_run(at=START, made=made, version=2)
    add_run(at=START, source="query")

    def named(by):
        return {
            group["name"]: group["totals"]["runs"]
            for group in asked(client, by=by).json()["groups"]
        }

    assert {made.name: 2, "without a prompt": 1} == named("prompt")
    assert {f"{made.name} v1": 1, f"{made.name} v2": 1, "without a version": 1} == named("version")
    assert {"run": 2, "query": 1} == named("source")
    assert {MODEL: 3} == named("model")


def test_cases_of_experiments_count(client, subject, made):
    """What was asked does, by the model of its arm; skipped, cancelled and retried cases do not."""
    experiment_id = make_experiment(subject, made.prompt_id, made.version_ids[:2])
    add_cases(
        subject,
        experiment_id,
        [
            {"arm": 0, "position": 0, "score": 0.2},
            {"arm": 1, "position": 0, "score": 0.6},
            {"arm": 0, "position": 1, "score": 1.0, "hallucination_rate": 0.5},
            {"arm": 1, "position": 1, "state": CaseState.provider_error, "error_code": "timeout"},
            {"arm": 0, "position": 2, "state": CaseState.judge_error},
            {"arm": 1, "position": 2, "state": CaseState.budget_skipped},
            {"arm": 0, "position": 3, "state": CaseState.cancelled},
            {"arm": 1, "position": 3, "state": CaseState.worker_lost, "retrying": True},
        ],
    )
    told = analytics_of(client, by="source")

    assert ["experiment"] == [group["key"] for group in told["groups"]]
    assert (5, 2) == (told["totals"]["runs"], told["totals"]["errors"])
    assert {"timeout": 1, "judge_error": 1} == {
        error["error_code"]: error["count"] for error in told["errors_by_class"]
    }
    # an example counts once: (0.2 + 0.6) / 2 and 1.0
    assert (0.7, 2) == (
        pytest.approx(told["totals"]["score"]["value"]),
        told["totals"]["score"]["n"],
    )
    assert 0 == analytics_of(client, source="run")["totals"]["runs"]
    assert 5 == analytics_of(client, model="local:extractive-baseline")["totals"]["runs"]
    assert 0 == analytics_of(client, model=MODEL)["totals"]["runs"]
    assert 5 == analytics_of(client, prompt_id=str(made.prompt_id))["totals"]["runs"]
    assert 0 == analytics_of(client, prompt_id=str(experiment_id))["totals"]["runs"]


def test_failed_calls_alone(client, subject, made, add_run):
    """Single runs and cases of experiments, also by their source; what did well is left out."""
    experiment_id = make_experiment(subject, made.prompt_id, made.version_ids[:2])
    failure = {"state": CaseState.provider_error, "error_code": "timeout"}
    add_cases(
        subject,
        experiment_id,
        [{"arm": 0, "position": 0, "score": 0.2}, {"arm": 1, "position": 0, **failure}],
    )
    at = now() - timedelta(hours=1)
    add_run(at=at)
    add_run(at=at, source="gateway", state="failed", error_code="timeout")
    told = analytics_of(client, by="source", failed=True)

    assert {"experiment": 1, "gateway": 1} == {
        group["key"]: group["totals"]["runs"] for group in told["groups"]
    }
    assert (2, 2) == (told["totals"]["runs"], told["totals"]["errors"])
    assert 1 == analytics_of(client, source="gateway")["totals"]["runs"]
    assert 4 == analytics_of(client)["totals"]["runs"]


def analytics_of(client, **params):
    until = now()
    window = {"from": (until - timedelta(days=7)).isoformat(), "to": until.isoformat()}
    answer = client.get(ANALYTICS, params={**window, **params})
    assert 200 == answer.status_code, answer.text
    return answer.json()


def test_the_period_before_and_what_moved(client, subject, made):
    """Slower, dearer and failing more often than the days before: each with its interval."""
    other = make_prompt(subject, templates=("X",))
    with unit_of_work(subject.workspace_id) as session:
        for number in range(25):
            jitter = number % 5
            session.add(
                run_of(subject, made=made, at=START - timedelta(hours=1), latency_ms=100 + jitter)
            )
            late = {"at": START + timedelta(hours=1), "latency_ms": 200 + jitter}
            failed = {"state": "failed", "error_code": "timeout"} if number < 12 else {}
            session.add(run_of(subject, made=made, **late, **failed))
            session.add(run_of(subject, made=other, at=START - timedelta(hours=1)))
    told = asked(client).json()

    assert (25, 50) == (told["totals"]["runs"], told["previous"]["runs"])
    movers = {mover["metric"]: mover for mover in told["movers"]}
    assert {"latency", "errors"} == movers.keys()
    assert (102.0, 202.0) == tuple(movers["latency"][side]["value"] for side in ("before", "after"))
    assert 100.0 == pytest.approx(movers["latency"]["change"]["value"])
    assert "latency" == told["movers"][0]["metric"]
    low, high = movers["errors"]["change"]["interval"]
    assert 0 < low < 12 / 25 < high
    assert (25, 50) == (movers["errors"]["after"]["n"], movers["errors"]["change"]["n"])


def test_labels_that_moved_are_marked(client, made):
    """With the prompt's name; another prompt's are left out where one is asked for."""
    version = made.version_ids[0]
    client.post(f"/api/v1/prompts/{made.prompt_id}/versions/{version}/activate")
    (mark,) = analytics_of(client)["label_moves"]

    assert (made.name, "production", None, 1) == tuple(
        mark[name] for name in ("prompt_name", "label", "from_number", "to_number")
    )
    assert [mark] == analytics_of(client, prompt_id=str(made.prompt_id))["label_moves"]
    assert [] == analytics_of(client, prompt_id=str(version))["label_moves"]


def test_another_workspace_is_not_counted(client, subject, add_run):
    """Runs of a stranger are in nobody else's figures."""
    stranger = make_subject(make_workspace())
    with unit_of_work(stranger.workspace_id) as session:
        session.add(run_of(stranger, at=START))
    told = asked(client).json()

    assert (0, [], None) == (
        told["totals"]["runs"],
        told["groups"],
        told["totals"]["cost_usd"],
    )


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"to": "2026-03-01T00:00:00Z"}, "is empty"),
        ({"to": "2028-03-01T00:00:00Z"}, "at most 400 days"),
        ({"to": "2026-05-01T00:00:00Z", "interval": "hour"}, "at most 31 days"),
        ({"to": "2026-03-03T00:00:00Z", "tz": "Mars/Base"}, "no time zone"),
        ({}, "to"),
    ],
)
def test_a_window_has_to_make_sense(client, params, said):
    """422 with a sentence that says what to change."""
    answer = client.get(ANALYTICS, params={"from": "2026-03-02T00:00:00Z", **params})

    assert 422 == answer.status_code
    assert said in answer.text


def test_the_file_is_named_and_typed(client):
    """A browser saves it, and nothing runs in it."""
    answer = asked(client, f"{ANALYTICS}/export")

    assert 'attachment; filename="analytics.csv"' == answer.headers["content-disposition"]
    assert answer.headers["content-type"].startswith("text/csv")
