"""Limits: counted per caller and zone, told in headers, and decided what an outage means."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from app.accounts.subject import Scope
from app.core import rate_limit, redis
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.errors import TooManyRequests, Unavailable
from app.core.rate_limit import OnOutage, hit
from tests.accounts.people import log_in, make_person
from tests.support.fixtures import make_key

RUN = "/api/v1/task-status/01a1fc7b-6e1f-753e-818c-e53fcb7057a5"


@pytest.fixture
def without_redis(monkeypatch, tmp_path):
    """Nobody listens where Redis should be; afterwards all is as it was."""
    away = SecretStr(f"unix://{tmp_path}/nobody.sock")
    monkeypatch.setattr(get_settings(), "redis_url", away)
    monkeypatch.setattr(rate_limit, "_limiter", rate_limit._limiter.__wrapped__)
    redis.outage.end()
    yield
    redis.outage.end()


def statuses(client, path: str, times: int) -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def test_a_key_has_a_limit_of_its_own(client_of, subject):
    """What was set when it was made; the refusal says when to come back."""
    client = client_of(make_key(subject, per_minute=4))
    allowed = statuses(client, "/api/v1/me", 4)
    refused = client.get("/api/v1/me")

    assert [200] * 4 == allowed
    assert 429 == refused.status_code
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "The limit of 4 requests a minute is used up" in refused.json()["detail"]


def test_other_keys_are_not_touched(client_of, subject):
    """One runaway script stops itself."""
    greedy, quiet = (client_of(make_key(subject, per_minute=2)) for _ in range(2))
    statuses(greedy, "/api/v1/me", 5)

    assert [200, 200] == statuses(quiet, "/api/v1/me", 2)


def test_headers_count_down(client_of, subject):
    """Policy and what is left, in every answer: draft 10 of the IETF."""
    client = client_of(make_key(subject, per_minute=5))
    answers = [client.get("/api/v1/me") for _ in range(6)]
    left = [answer.headers["ratelimit"].split(";")[1] for answer in answers]

    assert ["r=4", "r=3", "r=2", "r=1", "r=0", "r=0"] == left
    assert {'"default";q=5;w=60'} == {answer.headers["ratelimit-policy"] for answer in answers}
    assert [200] * 5 + [429] == [answer.status_code for answer in answers]


def test_sixty_a_minute_by_default(client_of, subject, monkeypatch):
    """The setting, where the key says nothing."""
    assert 60 == get_settings().rate_limit_per_minute
    monkeypatch.setattr(get_settings(), "rate_limit_per_minute", 3)
    client = client_of(make_key(subject, per_minute=None))

    assert [200] * 3 + [429] == statuses(client, "/api/v1/me", 4)
    assert 429 == client.post("/api/v1/prompts", json={"name": "x"}).status_code


def test_polling_has_a_zone_of_its_own(client_of, subject, monkeypatch):
    """Status requests are counted apart: waiting for work does not use up working."""
    assert 600 == get_settings().rate_limit_status_per_minute
    monkeypatch.setattr(get_settings(), "rate_limit_status_per_minute", 3)
    client = client_of(make_key(subject, per_minute=2))
    polls = statuses(client, RUN, 4)
    work = statuses(client, "/api/v1/me", 3)

    assert [404] * 3 + [429] == polls
    assert [200] * 2 + [429] == work
    assert '"status";q=3;w=60' == client.get(RUN).headers["ratelimit-policy"]


def test_people_have_six_hundred(visitor_token, monkeypatch):
    """A dashboard asks more often than a script."""
    assert 600 == get_settings().rate_limit_session_per_minute
    monkeypatch.setattr(get_settings(), "rate_limit_session_per_minute", 3)
    monkeypatch.setattr(get_settings(), "rate_limit_per_minute", 1)

    assert [200] * 3 + [429] == statuses(visitor_token, "/api/v1/me", 4)


@pytest.fixture
def visitor_token(client_of, workspace):
    """Somebody who has signed in."""
    tokens = log_in(client_of(None), make_person(workspace).username).json()
    return client_of(tokens["access_token"])


def test_a_refused_request_counts_too(client_of, subject):
    """403 and 404 are work for us as well, and a way to guess."""
    client = client_of(make_key(subject, frozenset({Scope.read}), per_minute=3))
    found = [
        client.post("/api/v1/prompts", json={}).status_code,
        client.get("/api/v1/runs/01a1fc7b-6e1f-753e-818c-e53fcb7057a5").status_code,
        client.get("/api/v1/me").status_code,
        client.get("/api/v1/me").status_code,
        client.get("/api/v1/me").status_code,
    ]

    assert [403, 404, 200, 200, 429] == found


def test_health_is_not_counted(client_of):
    """Probes come as often as they like."""
    assert {200} == set(statuses(client_of(None), "/healthz", 100))


# --- an outage ---


def test_work_goes_on_without_redis(client, without_redis):
    """Reads and accepted work pass uncounted: money is guarded by the database."""
    answer = client.get("/api/v1/me")

    assert 200 == answer.status_code
    assert "ratelimit" not in answer.headers
    assert redis.outage.lasts


def test_secrets_wait_for_redis(client, without_redis):
    """No new key while nobody counts; the sentence says that it is not for good."""
    answer = client.post("/api/v1/api-keys", json={"name": "x"})

    assert 503 == answer.status_code
    assert "try again shortly" in answer.json()["detail"]


def test_an_outage_is_asked_about_once(without_redis, monkeypatch):
    """After a failure the next five seconds cost nobody a timeout."""
    who, asked = str(new_id()), []
    real = rate_limit._limiter
    monkeypatch.setattr(rate_limit, "_limiter", lambda: asked.append(1) or real())
    results = [hit("z", who, 1, on_outage=OnOutage.allow) for _ in range(20)]

    assert [None] * 20 == results
    assert 1 == len(asked)


def test_what_must_be_counted_is_refused(without_redis):
    """The same outage, the other decision."""
    with pytest.raises(Unavailable):
        hit("z", str(new_id()), 1, on_outage=OnOutage.refuse)


def test_a_window_says_where_one_stands():
    """Limit, remaining and seconds, before and at the end."""
    who = str(new_id())
    first = hit("z", who, 2, on_outage=OnOutage.allow)
    second = hit("z", who, 2, on_outage=OnOutage.allow)
    with pytest.raises(TooManyRequests) as refused:
        hit("z", who, 2, on_outage=OnOutage.allow)

    assert [(2, 1), (2, 0)] == [(first.limit, first.remaining), (second.limit, second.remaining)]
    assert 1 <= first.resets_in <= 60
    assert {"Retry-After", "ratelimit", "ratelimit-policy"} == set(refused.value.headers)


def test_a_crowd_gets_what_one_would_get():
    """Counted in one step: forty at once against a limit of ten are ten."""
    who = str(new_id())

    def allowed(_number: int) -> bool:
        try:
            hit("z", who, 10, on_outage=OnOutage.refuse)
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        assert 10 == sum(threads.map(allowed, range(40)))
