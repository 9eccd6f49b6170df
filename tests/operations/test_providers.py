"""Providers and models as operators see them, and one real call that shows whether it works."""

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.budgets.prices import by_lists
from app.core import redis
from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.llm.catalogue import SUGGESTED
from app.llm.credentials import credentials
from app.llm.leases import Line, Report, Terms
from app.llm.quota import Quota, Stated
from app.models import CostEntry, Role
from app.runs import providers, shared_limits
from tests.support.fixtures import NOBODY, make_key, make_subject
from tests.support.prompts import make_prompt

KEY = "sk-mock-canary-of-some-length-9f3c"
MOCK = "openai:mock-gen"
GREETINGS = "/api/v1/providers/openai/test"


@pytest.fixture
def settings(monkeypatch):
    """`settings(name=value)` for this test; the models of the process are made anew."""

    def use(**values):
        for name, value in values.items():
            monkeypatch.setattr(get_settings(), name, value)
        providers._registry.cache_clear()

    yield use
    providers._registry.cache_clear()


@pytest.fixture
def mock(provider, settings):
    """The mock provider is this installation's `openai`."""
    settings(openai_base_url=f"{provider.url}/v1", openai_api_key=SecretStr(KEY))
    return provider


def listed(client) -> dict[str, dict]:
    answer = client.get("/api/v1/providers")
    assert 200 == answer.status_code, answer.text
    return {item["name"]: item for item in answer.json()["items"]}


def models(client) -> dict[str, dict]:
    answer = client.get("/api/v1/models").json()
    return {item["name"]: item for item in answer["items"]}


def tried(client, provider: str = "openai", **body) -> dict:
    answer = client.post(f"/api/v1/providers/{provider}/test", json=body)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def costs(workspace) -> list[CostEntry]:
    with unit_of_work(workspace) as session:
        return list(session.scalars(select(CostEntry)))


def test_without_a_key_there_is_the_local_model(client):
    """It needs nothing; the others say what they need."""
    found = listed(client)

    assert ["huggingface", "openai", "anthropic", "local"] == list(found)
    assert ["local"] == [name for name, item in found.items() if item["configured"]]
    assert "Set OPENAI_API_KEY" in found["openai"]["how_to_configure"]
    assert "LLMOPS_HF_BASE_URL" in found["huggingface"]["how_to_configure"]
    assert "without a key" in found["local"]["how_to_configure"]
    assert {None} == {found["openai"][name] for name in ("key_hint", "circuit", "concurrency")}
    assert 256 == found["local"]["concurrency"]


def test_a_key_is_hinted_at_and_an_address_has_no_password(client, settings):
    """Four characters of a long key, none of a short one; what is before the @ stays here."""
    settings(
        openai_api_key=SecretStr(KEY),
        openai_base_url="https://ann:secret@models.example.org:8443/v1?token=t",
        anthropic_api_key=SecretStr("short"),
    )
    found = listed(client)

    assert "…9f3c" == found["openai"]["key_hint"]
    assert "https://models.example.org:8443/v1" == found["openai"]["base_url"]
    assert ("…", None) == (found["anthropic"]["key_hint"], found["anthropic"]["base_url"])
    assert (True, "closed") == (found["openai"]["configured"], found["openai"]["circuit"])
    assert KEY not in client.get("/api/v1/providers").text


def test_prices_come_from_the_lists(client, settings):
    """Per million tokens, as decimals; the local model is free, and unknown is never 0."""
    settings(hf_api_token=SecretStr("hf_some_token"))
    found = models(client)
    openai = found["openai:gpt-5-mini"]
    (shown,) = listed(client)["openai"]["models"]

    assert ("0.25", "2") == (openai["input_per_million"], openai["output_per_million"])
    assert ("0", "0") == tuple(
        found["local:extractive-baseline"][f"{side}_per_million"] for side in ("input", "output")
    )
    assert found["huggingface:Qwen/Qwen3-32B"]["input_per_million"] is None
    assert found["huggingface:Qwen/Qwen3-32B"]["usable"]
    assert not openai["usable"]
    assert now().date().isoformat() == shown["priced_at"]
    assert listed(client)["huggingface"]["models"][0]["priced_at"] is None


def test_models_in_use_can_be_chosen(client, subject, stranger, mock):
    """What a version names is offered; a server of one's own is not credited with others' models."""
    make_prompt(subject, model=MOCK)
    answer = client.get("/api/v1/models").json()

    assert models(client)[MOCK]["usable"]
    assert "openai:gpt-5" not in models(client)
    assert MOCK not in models(stranger)
    assert ("local:extractive-baseline",) * 2 == (answer["default"], answer["judge"])
    assert [True] == [m["is_default"] for m in listed(client)["local"]["models"]]


def test_the_shared_limit_is_shown_as_it_stands(client, stranger, subject, mock, settings):
    """Of a model that is asked, and to a workspace that names it; without Valkey it is not known."""
    make_prompt(subject, model=MOCK)
    settings(openai_api_key=SecretStr(new_id().hex))  # a line of its own
    (silent,) = [m["limit"] for m in listed(client)["openai"]["models"] if m["name"] == MOCK]
    credential = credentials(get_settings())["openai"]
    line, quota = Line("openai", "mock-gen", credential.fingerprint), Stated(per_minute=500, left=9)
    known = {"in_flight": 7, "hold_s": 20.0, "quota": Quota(requests=quota)}
    report = Report(member="a", workspace="w", experiment="a", want=100, **known)
    asyncio.run(shared_limits.ledger().settle(line, report, Terms(ceiling=64)))
    (shown,) = [m["limit"] for m in listed(client)["openai"]["models"] if m["name"] == MOCK]
    redis.outage.begin()
    away = [model["limit"] for model in listed(client)["openai"]["models"]]
    redis.outage.end()

    assert silent is None
    assert (7, 500.0, None) == (
        shown["in_flight"],
        shown["requests_per_minute"],
        shown["tokens_per_minute"],
    )
    assert 0 < shown["concurrency"] <= 64
    assert now() < datetime.fromisoformat(shown["held_until"]) < now() + timedelta(seconds=21)
    assert {None} == {*away}
    assert MOCK not in [model["name"] for model in listed(stranger)["openai"]["models"]]


def test_a_model_nobody_knows_any_more_is_left_out(client, subject):
    """A version may name a provider that this program has no longer."""
    make_prompt(subject, model="gone:model")

    assert "gone:model" not in models(client)


def test_one_call_shows_that_it_works(client, workspace, mock):
    """The provider is asked once, and what it cost is on the books."""
    before = mock.stats()["requests"]
    tested = tried(client, model="mock-gen")
    (paid,) = costs(workspace)

    assert (True, MOCK, None, None) == tuple(
        tested[name] for name in ("ok", "model", "error", "error_code")
    )
    assert tested["latency_ms"] >= 0
    assert before + 1 == mock.stats()["requests"]
    assert ("provider_test", MOCK) == (paid.source, paid.model)


def test_the_call_is_priced_and_held_back_like_any_other(client, workspace, mock):
    """By the workspace's own price; where the budget has too little nobody is asked."""
    own = {"model": MOCK, "input_usd": "100", "output_usd": "100", "valid_from": "2026-01-01"}
    assert client.post("/api/v1/prices", json=own).is_success
    limit = {"limit_usd": "0.01", "hard_stop": True}
    budget = client.post("/api/v1/budgets", json=limit).json()["id"]
    assert tried(client, model=MOCK)["ok"]
    (paid,) = costs(workspace)
    left = client.get(f"/api/v1/budgets/{budget}").json()
    before = mock.stats()["requests"]
    assert client.patch(f"/api/v1/budgets/{budget}", json={"limit_usd": "0.001"}).is_success
    refused = client.post(GREETINGS, json={"model": MOCK})

    assert Decimal(paid.tokens_in + paid.tokens_out) / 10_000 == paid.cost_usd
    assert (str(paid.cost_usd.normalize()), "0") == (left["spent_usd"], left["reserved_usd"])
    assert (402, "budget_gone") == (refused.status_code, refused.json()["code"])
    assert before == mock.stats()["requests"]


@pytest.mark.parametrize(
    ("fault", "code"), [("429", "rate_limited"), ("500", "unavailable"), ("drop", "unavailable")]
)
def test_a_failure_is_tried_once_and_said(client, workspace, mock, fault, code):
    """No retry hides it; in the provider's own words, without the key and the address in them."""
    mock.configure(**{f"err_{fault}": 1.0})
    before = mock.stats()["requests"]
    tested = tried(client, model=MOCK)

    assert (False, None, code) == (tested["ok"], tested["latency_ms"], tested["error_code"])
    assert before + 1 == mock.stats()["requests"]
    assert ("It says: “" in tested["error"]) == (fault != "drop")
    assert KEY not in tested["error"]
    assert "://" not in tested["error"]
    assert [] == costs(workspace)


@pytest.mark.parametrize(
    ("key", "model", "code", "words"),
    [
        ("wrong-key", "mock-gen", "authentication", "Incorrect API key provided: …."),
        (KEY, "no-such-model", "model_not_found", "The model no-such-model does not exist."),
    ],
)
def test_the_providers_own_words(client, mock, settings, key, model, code, words):
    """A wrong key and a wrong name are told apart, the key itself masked."""
    settings(openai_api_key=SecretStr(key))
    tested = tried(client, model=model)

    assert code == tested["error_code"]
    assert tested["error"].endswith(f"It says: “{words}”")


def test_nobody_listens(client, settings):
    """An address where nothing is, in a sentence."""
    settings(openai_base_url=NOBODY, openai_api_key=SecretStr(KEY))

    assert "cannot be reached" in tried(client, model="any")["error"]


def test_what_is_not_set_up_says_so(client):
    """No call is made without a key."""
    tested = tried(client, "anthropic")

    assert (False, "authentication") == (tested["ok"], tested["error_code"])
    assert "set ANTHROPIC_API_KEY" in tested["error"]
    assert "anthropic:claude-haiku-4-5" == tested["model"]


def test_the_local_model_answers(client):
    """The default model is asked when none is named."""
    tested = tried(client, "local")

    assert (True, "local:extractive-baseline") == (tested["ok"], tested["model"])


def test_the_workspaces_own_model_is_asked(client, subject, mock):
    """Where none is named, one that a version names."""
    make_prompt(subject, model=MOCK)

    assert (True, MOCK) == (tried(client)["ok"], tried(client)["model"])


@pytest.mark.parametrize(
    ("name", "model", "status", "words"),
    [
        ("openai", "anthropic:claude-haiku-4-5", 422, "is no model of openai"),
        ("openai", None, 422, "Say which model of openai"),
        ("local", "other", 422, "There is no local model"),
        ("nobody", "any", 404, "There is no provider 'nobody'"),
    ],
)
def test_what_cannot_be_asked(client, mock, name, model, status, words):
    """Each refusal says what there is."""
    answer = client.post(f"/api/v1/providers/{name}/test", json={"model": model})

    assert status == answer.status_code
    assert words in answer.json()["detail"]


def test_only_admins_spend_on_it(client_of, workspace):
    """Who reads sees the providers; the call is an admin's."""
    editor = client_of(make_key(make_subject(workspace, Role.editor)))

    assert 200 == editor.get("/api/v1/providers").status_code
    assert 403 == editor.post(GREETINGS, json={}).status_code


def test_suggestions_are_known_to_the_lists():
    """A name to begin with that no list prices would begin with an unknown cost."""
    named = [f"{name}:{model}" for name in ("openai", "anthropic") for model in SUGGESTED[name]]

    assert [] == [name for name in named if by_lists(name).input_usd is None]
