"""The first page: what needs somebody, five figures, what runs, and production."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core.clock import now
from app.core.database import unit_of_work
from app.models import CostEntry, ExperimentStatus, ReviewItem, Ruling
from tests.analytics.conftest import DASHBOARD, add_cases, run_of
from tests.support.fixtures import make_subject, make_workspace
from tests.support.leads import give_headline, give_lead
from tests.support.prompts import make_prompt
from tests.support.verdicts import SENTENCES, make_experiment, make_verdict


def shown(client, **params):
    answer = client.get(DASHBOARD, params=params)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def tiles(client, **params):
    return {tile["key"]: tile for tile in shown(client, **params)["tiles"]}


def detail_of_first(client):
    return shown(client)["attention"][0]["detail"]


def activate(client, made, number):
    url = f"/api/v1/prompts/{made.prompt_id}/versions/{made.version_ids[number - 1]}/activate"
    assert 200 == client.post(url).status_code


def results_of(*scores):
    """An experiment's results: (version number, mean score) for each arm."""
    return [
        {
            "arm": arm,
            "version_number": number,
            "avg_score": score,
            "score_interval": [score - 0.1, score + 0.1],
            "n": 40,
        }
        for arm, (number, score) in enumerate(scores)
    ]


@pytest.mark.parametrize("days", [1, 7, 30])
def test_an_empty_workspace_has_a_page(client, days):
    """Nothing is 0 that was not measured, and each tile says why it is empty."""
    page = shown(client, days=days)

    assert ([], [], [], 0, []) == tuple(
        page[key] for key in ("attention", "running", "prompts", "prompts_total", "label_moves")
    )
    for tile in page["tiles"]:
        assert (None, None, None) == (tile["value"], tile["exact"], tile["change"])
        assert tile["note"]
        assert {None} == {part for point in tile["series"] for part in point[1:]}
    assert (24 if days == 1 else days) == len(page["tiles"][0]["series"])


def test_days_are_one_of_three(client):
    """Another number is a 422."""
    assert 422 == client.get(DASHBOARD, params={"days": 2}).status_code
    assert 422 == client.get(DASHBOARD, params={"tz": "Mars/Base"}).status_code


def test_tiles_have_value_interval_change_and_n(client, subject, made):
    """Quality and hallucination are production's, the others those of all calls."""
    activate(client, made, 1)
    week = timedelta(days=7, hours=1)
    with unit_of_work(subject.workspace_id) as session:
        for number in range(10):
            good = {"score": 0.8 + number / 100, "rate": 0.1}
            bad = {"score": 0.4 + number / 100, "rate": 0.3}
            session.add(run_of(subject, made=made, at=now() - timedelta(seconds=5), **good))
            session.add(run_of(subject, made=made, at=now() - week, **bad))
            session.add(run_of(subject, made=made, version=2, at=now(), score=0.0, latency_ms=900))
        session.add(run_of(subject, at=now(), state="failed", error_code="timeout"))
    found = tiles(client)

    quality = found["quality"]
    assert (0.845, 10) == (pytest.approx(quality["value"]["value"]), quality["value"]["n"])
    assert (0.4, 20) == (pytest.approx(quality["change"]["value"]), quality["change"]["n"])
    assert quality["change"]["interval"][0] < 0.4 < quality["change"]["interval"][1]
    assert 0.1 == pytest.approx(found["hallucination"]["value"]["value"])
    assert (pytest.approx(-0.2), None) == (
        found["hallucination"]["change"]["value"],
        found["hallucination"]["change"]["interval"],  # nothing varies: no error is known
    )
    assert (21, None) == (found["latency"]["value"]["n"], found["latency"]["value"]["interval"])
    assert 800.0 == pytest.approx(found["latency"]["change"]["value"])
    assert "0.021" == found["cost"]["exact"]
    assert pytest.approx(0.011) == found["cost"]["change"]["value"]
    assert (1 / 21, 21) == (
        pytest.approx(found["errors"]["value"]["value"]),
        found["errors"]["value"]["n"],
    )
    assert 31 == found["errors"]["change"]["n"]
    assert quality["value"]["value"] == quality["series"][-1][1]


def test_a_regression_comes_first_and_leads_to_the_comparison(client, subject, made):
    """The newest verdict on the newest version against production, with its difference."""
    activate(client, made, 1)
    pair = {"baseline": made.version_ids[0], "candidate": made.version_ids[2]}
    worse = make_verdict(subject, made.prompt_id, ruling=Ruling.regression, **pair)
    give_lead(worse, -0.07, [-0.12, -0.01], 96)
    make_experiment(
        subject,
        made.prompt_id,
        made.version_ids[:1],
        status=ExperimentStatus.running,
        created_at=now() - timedelta(minutes=6),
    )
    page = shown(client)

    first, second = page["attention"]
    assert ("regression", "regression") == (first["kind"], first["severity"])
    assert f"{made.name} v3 is worse than production v1" == first["title"]
    assert f"/compare?base={pair['baseline']}&with={pair['candidate']}" == first["action"]["url"]
    told = {"value": -0.07, "interval": [-0.12, -0.01], "n": 96, "direction": "higher"}
    assert told == first["difference"]
    assert SENTENCES[Ruling.regression] == first["detail"]  # the headline says the title only
    give_headline(worse, "v3 is worse than v1: score fell from 0.73 to 0.34, most of all in a.")
    assert "Score fell from 0.73 to 0.34, most of all in a." == detail_of_first(client)
    give_headline(worse, None)  # as verdicts were stored before
    assert SENTENCES[Ruling.regression] == detail_of_first(client)
    assert "stuck" == second["kind"]
    assert "regression" == page["prompts"][0]["latest_verdict"]
    make_verdict(subject, made.prompt_id, ruling=Ruling.passed, **pair)
    assert ["stuck"] == [item["kind"] for item in shown(client)["attention"]]


def test_a_gate_that_refuses_is_told(client, subject, made):
    """While the verdict in force is no pass; one under another policy is no refusal."""
    activate(client, made, 1)
    body = {"prompt_id": str(made.prompt_id), "name": "release", "label": "production"}
    gate = client.post("/api/v1/gates", json=body)
    assert 201 == gate.status_code, gate.text
    pair = {"baseline": made.version_ids[0], "candidate": made.version_ids[2]}
    unsure = {"ruling": Ruling.inconclusive, "gate_id": gate.json()["id"]}
    make_verdict(subject, made.prompt_id, **pair, **unsure, gate_number=7)
    assert [] == shown(client)["attention"]
    make_verdict(subject, made.prompt_id, **pair, **unsure, gate_number=1)
    (told,) = shown(client)["attention"]

    assert ("gate", "decision") == (told["kind"], told["severity"])
    assert f"The gate release keeps {made.name} v3 from production" == told["title"]
    assert "40 examples cannot tell v3 from v1." == told["detail"]
    assert told["action"]["url"].startswith("/experiments/")


def test_a_failing_provider_is_told(client, subject):
    """Ten of the last twenty calls, as the breaker counts; an older or a smaller failure is none."""
    with unit_of_work(subject.workspace_id) as session:
        for number in range(20):
            failed = {"state": "failed", "error_code": "unavailable"} if number < 10 else {}
            at = now() - timedelta(seconds=number)
            session.add(run_of(subject, at=at, model="openai:a", **failed))
            session.add(run_of(subject, at=at - timedelta(hours=1), model="anthropic:b", **failed))
            if number < 9:
                session.add(run_of(subject, at=at, model="huggingface:c", **failed))
    (told,) = shown(client)["attention"]

    assert ("circuit", "/settings/system") == (told["kind"], told["action"]["url"])
    assert "openai keeps failing" in told["title"]
    assert "10 of its last 20 calls" in told["detail"]


def test_what_runs_has_progress_and_what_stands_still_is_told(client, subject, made):
    """The time left follows from the pace; a paused experiment waits on purpose."""
    old = now() - timedelta(minutes=10)
    values = {"started_at": old, "created_at": old, "counts": {"scored": 20}, "results": None}
    one = [made.version_ids[0]]
    busy, still, paused = (
        make_experiment(subject, made.prompt_id, one, status=status, name=status, **values)
        for status in (
            ExperimentStatus.running,
            ExperimentStatus.rolling_up,
            ExperimentStatus.paused,
        )
    )
    add_cases(subject, busy, [{"arm": 0, "position": 0}], at=now())
    add_cases(subject, still, [{"arm": 0, "position": 0}], at=old)
    page = shown(client)

    assert [str(paused), str(still), str(busy)] == [e["experiment_id"] for e in page["running"]]
    running = page["running"][-1]
    assert (20, 40) == (running["progress"]["scored"], running["progress"]["planned"])
    assert 600 == pytest.approx(running["eta_s"], abs=60)
    assert None is page["running"][0]["eta_s"]
    (told,) = page["attention"]
    assert ("stuck", f"/experiments/{still}") == (told["kind"], told["action"]["url"])
    assert "20 of 40 cases are done" in told["detail"]


def test_a_stale_baseline_is_told(client, subject, made):
    """Once its golden examples are others."""
    experiment = make_experiment(subject, made.prompt_id, made.version_ids[:1])
    body = {
        "prompt_id": str(made.prompt_id),
        "version_id": str(made.version_ids[0]),
        "experiment_id": str(experiment),
        "reason": "approved",
    }
    assert 201 == client.post("/api/v1/baselines", json=body).status_code
    assert [] == shown(client)["attention"]
    url = f"/api/v1/prompts/{made.prompt_id}/golden-examples/{made.example_ids[0]}"
    assert 204 == client.delete(url).status_code
    (told,) = shown(client)["attention"]

    assert ("baseline", f"/prompts/{made.name}") == (told["kind"], told["action"]["url"])
    assert "changed or deleted" in told["detail"]


def test_answers_that_wait_for_review_are_told(client, subject, made):
    """How many, and for how long the oldest; those that are done wait no more."""
    experiment = make_experiment(subject, made.prompt_id, made.version_ids[:1])

    def put(case_no, **values):
        columns = {"evaluator": "similarity", "reason": "judge_unsure", "question": "score"}
        with unit_of_work(subject.workspace_id) as session:
            session.add(ReviewItem(experiment_id=experiment, case_no=case_no, **columns, **values))

    put(0, done_at=now())
    assert [] == shown(client)["attention"]
    put(1)
    assert "1 answer waits for review" == shown(client)["attention"][0]["title"]
    put(2, created_at=now() - timedelta(days=3, hours=1))
    (told,) = shown(client)["attention"]

    assert ("review", "work", "2 answers wait for review") == (
        told["kind"],
        told["severity"],
        told["title"],
    )
    assert "the oldest for 3 d" in told["detail"]
    assert "/evaluations/review" == told["action"]["url"]


def test_at_most_seven_need_somebody(client, subject, made):
    """The worst are kept."""
    old = now() - timedelta(minutes=10)
    for _ in range(9):
        make_experiment(
            subject,
            made.prompt_id,
            made.version_ids[:1],
            created_at=old,
            status=ExperimentStatus.running,
            results=None,
        )

    assert 7 == len(shown(client)["attention"])


def test_prompts_in_production(client, subject, made):
    """The most used first, with who moved the label, how far ahead the newest is, and scores."""
    make_prompt(subject, templates=("unused",))
    run_it(subject, made)
    for scores in ([(1, 0.6)], [(1, 0.7), (3, 0.9)], [(1, None)]):
        make_experiment(
            subject,
            made.prompt_id,
            made.version_ids[:1],
            results=results_of(*scores) if scores[0][1] else [{"arm": 0, "avg_score": None}],
        )
    activate(client, made, 1)
    page = shown(client)

    assert 2 == page["prompts_total"]
    line = page["prompts"][0]
    assert (made.name, 3, 2) == (line["name"], line["latest_number"], line["ahead"])
    assert (1, "key:test") == (line["production"]["number"], line["production"]["moved_by"])
    assert (0.7, 40) == (line["score"]["value"], line["score"]["n"])
    assert [0.6, 0.9] == line["trend"]
    assert None is line["change"]
    assert None is page["prompts"][1]["production"]
    assert [made.name] == [mark["prompt_name"] for mark in page["label_moves"]]


def run_it(subject, made):
    with unit_of_work(subject.workspace_id) as session:
        session.add(run_of(subject, made=made))


def test_strangers_see_nothing(client_of, subject, made):
    """Another workspace's page is empty."""
    from tests.support.fixtures import make_key  # noqa: PLC0415 - loaded after this file

    run_it(subject, made)
    page = shown(client_of(make_key(make_subject(make_workspace()))))

    assert ([], 0) == (page["prompts"], page["prompts_total"])


def test_the_page_costs_few_statements(client, subject, made, queries):
    """As many for eight prompts as for one."""
    make_experiment(subject, made.prompt_id, made.version_ids[:1])
    with queries.counted() as few:
        shown(client)
    for _ in range(5):
        make_prompt(subject, templates=("Y",))
    with queries.counted() as many:
        shown(client)

    assert len(few) == len(many) <= 25


def budget(client, limit, **asked):
    answer = client.post("/api/v1/budgets", json={"limit_usd": limit, **asked})
    assert 201 == answer.status_code, answer.text


def spend(subject, usd, **more):
    columns = {"kind": "completion", "source": "run", "model": "openai:gpt-5-mini"}
    columns |= {"tokens_in": 1, "tokens_out": 1, "tokens_estimated": False, "latency_ms": 1}
    money = {"cost_usd": Decimal(usd), "cost_estimated": Decimal(usd)}
    with unit_of_work(subject.workspace_id) as session:
        session.add(CostEntry(**columns, **money, **more))


def test_a_budget_past_its_share_or_its_limit_is_told(client, subject, made):
    """The most used first; one with room, and one that is switched off, are not named."""
    spend(subject, "9", prompt_id=made.prompt_id)
    budget(client, "10", hard_stop=True)
    budget(client, "5", scope="prompt", prompt_id=str(made.prompt_id), period="day")
    budget(client, "100")
    budget(client, "1", enabled=False)
    told = shown(client)["attention"]

    assert [
        f"{made.name} has used up the day's budget",
        "The workspace has used 90 % of the month's budget",
    ] == [item["title"] for item in told]
    assert {("budget", "decision", "/settings/budgets")} == {
        (item["kind"], item["severity"], item["action"]["url"]) for item in told
    }
    assert "no call is refused" in told[0]["detail"]
    assert told[1]["detail"].startswith("$9 of $10;")
    assert told[1]["detail"].endswith("Calls that do not fit are refused at the limit.")


def test_the_cost_stands_beside_the_budget_of_the_workspace(client, subject, made):
    """The month's before the day's, the tighter of two; a prompt's is not the workspace's."""
    assert None is tiles(client)["cost"]["budget"]
    spend(subject, "2", prompt_id=made.prompt_id)
    budget(client, "1", scope="prompt", prompt_id=str(made.prompt_id))
    budget(client, "3", period="day")
    budget(client, "100")
    budget(client, "10")
    found = tiles(client)

    assert None is found["quality"]["budget"]
    beside = found["cost"]["budget"]
    assert ("month", "ok") == (beside["period"], beside["state"])
    assert (2.0, 10.0) == (float(beside["spent_usd"]), float(beside["limit_usd"]))
