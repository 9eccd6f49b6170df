"""What other sites make a browser send, tried: nothing of it changes anything."""

import pytest

from app.core.config import get_settings
from tests.accounts.people import PASSWORD, browser, enter, sql

PROMPTS = "/api/v1/prompts"
SESSION = "/api/v1/auth/session"
JSON = {"content-type": "application/json"}
OWN = {"origin": "http://testserver"}


@pytest.fixture
def page(own_tab):
    """The signed-in browser, on a page of which each test says whose it is."""
    del own_tab.headers["origin"]
    return own_tab


def code_of(answer) -> str:
    return answer.json().get("code", "") if answer.is_error else ""


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "http://testserver:8080"},
        {"origin": "https://testserver"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"referer": "http://testserver/"},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_another_site_changes_nothing(page, workspace, method, headers):
    """Whatever it can make a browser send: 403 before anything is looked at."""
    path = PROMPTS if method == "POST" else f"{PROMPTS}/01a1fc7b-6e1f-753e-818c-e53fcb7057a5"
    answer = page.request(method, path, content=b'{"name": "x"}', headers=JSON | headers)

    assert (403, "cross_site") == (answer.status_code, code_of(answer))
    assert [] == sql("SELECT FROM prompts WHERE workspace_id = :id", id=workspace)


@pytest.mark.parametrize(
    "headers",
    [OWN, {"sec-fetch-site": "same-origin"}, OWN | {"sec-fetch-site": "same-origin"}],
    ids=str,
)
def test_our_own_page_does(page, headers):
    """By either header; browsers send both, old ones the second only."""
    answer = page.post("/api/v1/auth/password", json={}, headers=headers)

    assert 422 == answer.status_code


def test_a_proxy_that_changes_the_host_is_known_by_the_settings(server, person, monkeypatch):
    """Then Origin is the public address, and Host is not."""
    monkeypatch.setattr(get_settings(), "public_url", "https://llm.example:8443")
    tab = browser(server)
    tab.headers["origin"] = "https://llm.example:8443"
    cookie = enter(tab, person.username).headers["set-cookie"].partition(";")[0]
    tab.headers["cookie"] = cookie
    good = tab.post("/api/v1/auth/password", json={})
    bad = tab.post("/api/v1/auth/password", json={}, headers={"origin": "https://llm.example"})

    assert [422, 403] == [good.status_code, bad.status_code]


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "text/plain", "text/plain; x=application/json", ""],
)
def test_a_form_is_no_request_of_ours(page, kind):
    """HTML forms and beacons have these bodies; also from our own pages."""
    headers = OWN | ({"content-type": kind} if kind else {})
    answer = page.post(PROMPTS, content=b'{"name": "x"}', headers=headers)

    assert (403, "cross_site") == (answer.status_code, code_of(answer))


def test_a_streamed_form_is_none_either(page):
    """Its length is not told beforehand."""
    headers = OWN | {"content-type": "text/plain"}
    answer = page.post(PROMPTS, content=iter([b'{"name": ', b'"x"}']), headers=headers)

    assert (403, "cross_site") == (answer.status_code, code_of(answer))


def test_files_come_as_multipart(page):
    """An import passes the door; that the prompt is missing is told behind it."""
    path = f"{PROMPTS}/01a1fc7b-6e1f-753e-818c-e53fcb7057a5/golden-examples/import"
    answer = page.post(path, files={"file": ("a.csv", "input.q\nx\n")}, headers=OWN)

    assert answer.status_code in {403, 404}
    assert "cross_site" != code_of(answer)


def test_reading_needs_no_proof(page):
    """A link from elsewhere, a page's own requests, an EventSource: reading changes nothing."""
    for headers in ({}, {"sec-fetch-site": "cross-site"}, {"accept": "text/event-stream"}):
        assert 200 == page.get("/api/v1/me", headers=headers).status_code


def test_an_unknown_cookie_is_refused_for_its_page_first(server):
    """What is behind the cookie is not asked for another site."""
    tab = browser(server)
    tab.headers |= {"cookie": "llmops=unknown", "origin": "https://evil.example"}

    assert 403 == tab.post(PROMPTS, json={"name": "x"}).status_code


def test_keys_need_no_origin(client):
    """A program is no browser: nobody else can make it send its key."""
    headers = {"origin": "https://evil.example"}

    assert 422 == client.post("/api/v1/api-keys", json={}, headers=headers).status_code


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_nobody_is_signed_in_or_out_by_another_site(page, person, headers):
    """Signed in to the attacker's account, somebody would tell it what they type."""
    body = {"username": person.username, "password": PASSWORD}
    there = page.post(SESSION, json=body, headers=headers)
    out = page.delete(SESSION, headers=headers)
    page.cookies.clear()
    fresh = page.post(SESSION, json=body, headers=headers)
    link = page.post(f"{SESSION}/link", json={"token": "x"}, headers=headers)
    alive = sql("SELECT revoked_at FROM login_sessions WHERE user_id = :id", id=person.id)

    assert [403] * 4 == [answer.status_code for answer in (there, out, fresh, link)]
    assert [(None,)] == alive


def test_a_program_may_sign_in_with_a_cookie(page, person):
    """curl says nothing of where it comes from, and has no cookie yet; afterwards it has to."""
    page.cookies.clear()
    body = {"username": person.username, "password": PASSWORD}
    first, second = page.post(SESSION, json=body), page.delete(SESSION)

    assert [200, 403] == [first.status_code, second.status_code]
