"""Budgets and prices over HTTP: made, shown as they stand, obeyed by calls people wait for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text, update

from app.accounts import keys
from app.accounts.subject import Scope
from app.budgets import spend, standing, watching
from app.budgets.ledger import Line
from app.budgets.schemas import BudgetState
from app.budgets.spend import BudgetGone, Spender
from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.database import system_unit_of_work, unit_of_work
from app.models import (
    BudgetPeriodKind,
    BudgetScope,
    CostEntry,
    Event,
    EventKind,
    Reservation,
    Run,
)
from tests.support.fixtures import eventually
from tests.support.prompts import make_prompt

URL = "/api/v1/budgets"
UNKNOWN = "openai:nobody-lists-this"


def made(client, **asked):
    answer = client.post(URL, json={"limit_usd": "1", "hard_stop": True, **asked})
    assert 201 == answer.status_code, answer.text
    return answer.json()


def spent(subject, dollars: str, **more) -> None:
    with unit_of_work(subject.workspace_id) as session:
        session.add(
            CostEntry(
                kind="completion",
                source="run",
                model=UNKNOWN,
                tokens_in=1,
                tokens_out=1,
                tokens_estimated=False,
                cost_usd=None,
                cost_estimated=Decimal(dollars),
                latency_ms=1,
                **more,
            )
        )


def line(**changes) -> Line:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    known = {
        "id": new_id(),
        "scope": BudgetScope.workspace,
        "prompt_id": None,
        "api_key_id": None,
        "object_name": None,
        "period": BudgetPeriodKind.month,
        "time_zone": "UTC",
        "limit_usd": Decimal(100),
        "alert_share": Decimal("0.8"),
        "hard_stop": False,
        "enabled": True,
        "created_by": "test",
        "created_at": start,
        "updated_at": start,
        "starts_at": start,
        "ends_at": datetime(2026, 4, 1, tzinfo=UTC),
        "read_at": start + timedelta(days=10),
        "spent_usd": Decimal(40),
        "stopped_at": None,
        "reserved_usd": Decimal(0),
    }
    return Line(**{**known, **changes})


def test_the_forecast_is_a_straight_line_that_says_what_it_rests_on():
    """40 in ten days of 31 are 124 in the month, and 100 after 25; two days are too little."""
    found = standing.forecast(line())

    assert (Decimal(124), 10.0) == (found.usd, found.days)
    assert datetime(2026, 3, 26, tzinfo=UTC) == found.limit_at
    assert standing.forecast(line(read_at=line().starts_at + timedelta(days=1))) is None
    assert standing.forecast(line(spent_usd=Decimal(10))).limit_at is None


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, BudgetState.ok),
        ({"spent_usd": Decimal(80)}, BudgetState.alert),
        ({"spent_usd": Decimal(100)}, BudgetState.exceeded),
        ({"stopped_at": datetime.now(UTC)}, BudgetState.ok),  # not a hard stop any more
        ({"stopped_at": datetime.now(UTC), "hard_stop": True}, BudgetState.exceeded),
    ],
)
def test_a_budget_is_ok_alert_or_exceeded(changes, state):
    """A hard stop is exceeded as soon as it has refused something."""
    assert state == standing.state_of(line(**changes))


def test_a_budget_counts_what_falls_under_it_from_the_periods_start(client, subject):
    """What was spent before it was made counts; another prompt's and another key's does not."""
    prompts = [make_prompt(subject).prompt_id for _ in range(2)]
    with unit_of_work(subject.workspace_id) as session:
        key = keys.create(session, subject, name="ci", scopes=frozenset({Scope.run})).row.id
    spent(subject, "0.1", prompt_id=prompts[0])
    ids = {
        "workspace": made(client)["id"],
        "prompt": made(client, scope="prompt", prompt_id=str(prompts[0]), period="day")["id"],
        "key": made(client, scope="key", api_key_id=str(key), time_zone="Asia/Kolkata")["id"],
    }
    spent(subject, "0.2", prompt_id=prompts[0], api_key_id=key)
    spent(subject, "0.4", prompt_id=prompts[1])
    found = {scope: client.get(f"{URL}/{budget_id}").json() for scope, budget_id in ids.items()}

    assert {"workspace": "0.7", "prompt": "0.3", "key": "0.2"} == {
        scope: budget["spent_usd"] for scope, budget in found.items()
    }
    assert "ci" == found["key"]["object_name"]
    assert found["key"]["period_from"].endswith("18:30:00Z")  # midnight in Kolkata
    assert {*ids.values()} == {row["id"] for row in client.get(URL).json()["items"]}


def test_budgets_are_changed_and_removed(client, stranger):
    """Only what is sent changes; a stranger sees none of it."""
    budget = made(client)
    changed = client.patch(f"{URL}/{budget['id']}", json={"limit_usd": "2.5"}).json()

    assert ("2.5", True) == (changed["limit_usd"], changed["hard_stop"])
    assert 404 == stranger.get(f"{URL}/{budget['id']}").status_code
    assert 404 == stranger.delete(f"{URL}/{budget['id']}").status_code
    assert 204 == client.delete(f"{URL}/{budget['id']}").status_code
    assert [] == client.get(URL).json()["items"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_usd": "0"},
        {"scope": "prompt"},
        {"scope": "workspace", "prompt_id": str(new_id())},
        {"scope": "prompt", "prompt_id": str(new_id())},
        {"scope": "key", "api_key_id": str(new_id())},
        {"alert_share": "1.5"},
        {"time_zone": "Mars/Olympus"},
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(client, wrong):
    """422, in words."""
    assert 422 == client.post(URL, json={"limit_usd": "1", **wrong}).status_code


def test_of_64_at_once_none_exceeds_the_budget(client, subject):
    """Sixty-four callers reserve a tenth each: ten get it, and what is held is the limit."""
    made(client)
    spender = Spender(workspace_id=subject.workspace_id)

    def reserve(_: int) -> bool:
        try:
            with unit_of_work(subject.workspace_id) as session:
                spend.reserve(session, spender, new_id(), Decimal("0.1"))
        except BudgetGone:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(reserve, range(64)))

    assert 10 == sum(got)
    (budget,) = client.get(URL).json()["items"]
    assert ("1", "0", "0") == (budget["reserved_usd"], budget["left_usd"], budget["spent_usd"])


def test_a_run_that_does_not_fit_is_refused_and_says_what_is_missing(client, subject):
    """402 for a run, a question and a trial; nothing is stored, and a free model still answers."""
    budget = made(client, limit_usd="0.01")
    prompt = make_prompt(subject, model=UNKNOWN)
    run = {"prompt_version_id": str(prompt.version_ids[0]), "variables": {"question": "q"}}
    run["variables"]["context"] = "c"
    trial = {"template": "Hi", "variables": {}, "model": UNKNOWN}
    refused = [
        client.post("/api/v1/run", json=run),
        client.post("/api/v1/query", json={"query": "Who?", "model": UNKNOWN}),
        client.post("/api/v1/playground/stream", json=trial),
    ]
    problem = refused[0].json()

    assert [402] * 3 == [answer.status_code for answer in refused]
    assert ("budget_gone", budget["id"]) == (problem["code"], problem["budget"]["id"])
    assert "0.01" == problem["budget"]["left_usd"]
    assert Decimal(problem["budget"]["missing_usd"]) > 0
    assert budget["period_to"] == problem["budget"]["renews_at"]
    with unit_of_work(subject.workspace_id) as session:
        assert 0 == session.scalar(select(func.count()).select_from(Run))
    assert 202 == client.post("/api/v1/query", json={"query": "Who?"}).status_code


def test_a_run_is_settled_by_what_it_cost(client, subject, worker, provider):
    """Its reservation is gone when it has ended, and its price is in the budget; the key is noted."""
    budget = made(client)
    asked = client.post("/api/v1/query", json={"query": "Who?", "model": "openai:mock-gen"})
    url = asked.json()["status_url"]

    assert eventually(lambda: client.get(url).json()["status"] == "completed")
    found = client.get(f"{URL}/{budget['id']}").json()
    with unit_of_work(subject.workspace_id) as session:
        entry = session.scalars(select(CostEntry)).one()
        reservations = session.scalar(select(func.count()).select_from(Reservation))

    assert entry.cost_estimated == Decimal(found["spent_usd"])
    assert entry.api_key_id is not None
    assert (0, "0") == (reservations, found["reserved_usd"])


def test_each_threshold_is_told_once_a_period(client, subject):
    """First the alert, then that it is used up; sweeping again tells nothing new."""
    budget = made(client, hard_stop=False)

    def told() -> list[EventKind]:
        watching.sweep()
        with system_unit_of_work() as session:
            mine = select(Event.kind).where(Event.object_id == budget["id"]).order_by(Event.id)
            return list(session.scalars(mine))

    spent(subject, "0.5")
    before = told()
    spent(subject, "0.35")
    alerted = [told(), told()]
    spent(subject, "0.35")

    assert [] == before
    assert [[EventKind.budget_alert]] * 2 == alerted
    assert [EventKind.budget_alert, EventKind.budget_exceeded] == told()
    assert told() == told()


def test_an_expired_reservation_holds_nothing(client, subject):
    """A holder that died is not waited for."""
    made(client)
    spender = Spender(workspace_id=subject.workspace_id)
    with unit_of_work(subject.workspace_id) as session:
        spend.reserve(session, spender, new_id(), Decimal(1))
        session.execute(update(Reservation).values(lease_until=text("now() - interval '1 s'")))
    with unit_of_work(subject.workspace_id) as session:
        spend.reserve(session, spender, new_id(), Decimal(1))

    assert "1" == client.get(URL).json()["items"][0]["reserved_usd"]


def test_a_price_of_ones_own_counts_from_its_day_on(client, subject):
    """The newest valid one; listed prices and unknown ones are told apart."""
    make_prompt(subject, model=UNKNOWN)
    make_prompt(subject, model="openai:gpt-4o-mini")
    price = {"model": UNKNOWN, "input_usd": "1", "output_usd": "10", "valid_from": "2026-01-01"}
    first = client.post("/api/v1/prices", json=price).json()
    twice = client.post("/api/v1/prices", json=price)
    later = client.post("/api/v1/prices", json=price | {"valid_from": "2999-01-01"}).json()
    found = client.get("/api/v1/prices").json()
    by_model = {row["model"]: row for row in found["items"]}

    assert 409 == twice.status_code
    assert ("override", "1", "10") == tuple(
        by_model[UNKNOWN][name] for name in ("source", "input_usd", "output_usd")
    )
    assert [later["id"], first["id"]] == [row["id"] for row in by_model[UNKNOWN]["overrides"]]
    assert ("listed", "0.15", "0.6") == tuple(
        by_model["openai:gpt-4o-mini"][name] for name in ("source", "input_usd", "output_usd")
    )
    assert "local" == by_model["local:extractive-baseline"]["source"]
    assert "10" == found["flat_rate_usd"]
    assert 204 == client.delete(f"/api/v1/prices/{first['id']}").status_code
    assert 404 == client.delete(f"/api/v1/prices/{first['id']}").status_code
    assert 422 == client.post("/api/v1/prices", json=price | {"model": "nobody"}).status_code


def test_models_on_offer_have_a_price_before_they_are_used(client, subject, monkeypatch):
    """Those of configured providers with their day; what nobody lists is unknown, never 0."""
    settings = get_settings()
    monkeypatch.setattr(settings, "default_model", "openai:gpt-4o-mini")
    monkeypatch.setattr(settings, "judge_model", UNKNOWN)
    monkeypatch.setattr(settings, "openai_api_key", None)
    monkeypatch.setattr(settings, "openai_base_url", "http://127.0.0.1:9/v1")
    monkeypatch.setattr(settings, "anthropic_api_key", SecretStr("sk-of-nobody"))
    monkeypatch.setattr(settings, "anthropic_base_url", None)
    monkeypatch.setattr(settings, "hf_api_token", SecretStr("hf_of_nobody"))
    monkeypatch.setattr(settings, "hf_base_url", None)
    make_prompt(subject, model="openai:gpt-4.1")
    own = {"input_usd": "1", "output_usd": "2", "valid_from": "2026-01-01"}
    client.post("/api/v1/prices", json=own | {"model": "anthropic:claude-haiku-4-5"})
    later = own | {"model": "anthropic:claude-sonnet-4-5", "valid_from": "2999-01-01"}
    client.post("/api/v1/prices", json=later)
    found = client.get("/api/v1/prices").json()
    told = {
        row["model"]: (row["source"], row["priced_at"], row["in_use"]) for row in found["items"]
    }
    today = now().date().isoformat()

    assert found["lists"].startswith("genai-prices ")
    assert {
        "anthropic:claude-haiku-4-5": ("override", "2026-01-01", False),
        "anthropic:claude-sonnet-4-5": ("listed", today, False),
        "huggingface:Qwen/Qwen3-32B": ("unknown", None, False),
        "local:extractive-baseline": ("local", None, False),
        "openai:gpt-4.1": ("listed", today, True),
        "openai:gpt-4o-mini": ("listed", today, False),
        UNKNOWN: ("unknown", None, False),
    } == told
    assert {(None, None)} == {
        (row["input_usd"], row["output_usd"])
        for row in found["items"]
        if row["source"] == "unknown"
    }


def test_a_plan_tells_the_room_there_is(client, subject):
    """Before anything is started: what is left, and what is missing."""
    prompt = make_prompt(subject, model=UNKNOWN)
    body = {"prompt_id": str(prompt.prompt_id), "experiment_name": "x", "evaluators": ["exact"]}
    free = client.post("/api/v1/experiments/plan", json=body).json()
    budget = made(client, limit_usd="0.001")
    short = client.post("/api/v1/experiments/plan", json=body).json()
    fits = client.post("/api/v1/experiments/plan", json=body | {"max_cost_usd": "0.001"}).json()

    assert (None, None) == (free["budget"], free["cost_usd_estimate"])
    assert budget["id"] == short["budget"]["budget_id"]
    assert Decimal(short["cost_estimated"]) - Decimal("0.001") == Decimal(
        short["budget"]["missing_usd"]
    )
    assert "0" == fits["budget"]["missing_usd"]
    assert 402 == client.post("/api/v1/experiments/run", json=body).status_code
