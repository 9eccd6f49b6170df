"""The edge of every request: its id, its headers, how much of it is taken."""

import pytest
from starlette.testclient import TestClient

from app.core import middleware
from app.core.config import get_settings
from app.core.middleware import DOCS_POLICY, STRICT_POLICY
from app.main import app, create_app
from tests.support.prompts import make_prompt

PROMPTS = "/api/v1/prompts"


def test_every_request_has_an_id(client):
    """In the header of every answer, another for each request."""
    first, second = (client.get("/healthz").headers["x-request-id"] for _ in range(2))

    assert first != second
    assert first < second


@pytest.mark.parametrize("offered", ["trace-0123456789", "a" * 64, "0af7651916cd43dd"])
def test_an_id_that_is_offered_is_kept(client, offered):
    """A gateway's id leads through all logs."""
    answer = client.get("/api/v1/nothing", headers={"x-request-id": offered})

    assert offered == answer.headers["x-request-id"]
    assert offered == answer.json()["request_id"]


@pytest.mark.parametrize(
    "offered", ["short", "a" * 65, "with space 123", "new\tline12", '{"a":"b"}']
)
def test_an_id_that_could_harm_a_log_is_replaced(client, offered):
    """Letters, digits and `._-`, 8 to 64 of them; anything else is not taken over."""
    answer = client.get("/healthz", headers={"x-request-id": offered})

    assert offered != answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/version", 200),
        ("/api/v1/me", 200),
        ("/api/v1/nothing", 404),
        ("/api/v1/runs?limit=0", 422),
        ("/openapi.json", 200),
        ("/docs/problems", 200),
        ("/nothing", 404),
    ],
)
def test_every_answer_carries_the_security_headers(client, path, status):
    """Whatever was asked, and however it ended."""
    answer = client.get(path, follow_redirects=False)

    assert status == answer.status_code
    assert STRICT_POLICY == answer.headers["content-security-policy"]
    assert middleware.HEADERS.items() <= dict(answer.headers).items()
    assert path.startswith("/api/") == (answer.headers.get("cache-control") == "no-store")


def test_the_policy_lets_no_inline_script_and_no_frame_in():
    """What an injected script, form or frame would need is not there."""
    rules = dict(rule.strip().split(" ", 1) for rule in STRICT_POLICY.split(";"))

    assert "'none'" == rules["default-src"]
    assert "'self'" == rules["script-src"]
    assert "'none'" == rules["frame-ancestors"] == rules["base-uri"] == rules["object-src"]
    assert "unsafe" not in STRICT_POLICY
    assert "script-src 'self';" in DOCS_POLICY


def test_the_reference_is_the_one_page_with_inline_styles(client):
    """Swagger needs them; nothing else gets them."""
    assert DOCS_POLICY == client.get("/docs").headers["content-security-policy"]


def test_https_is_asked_for_behind_tls_only(client):
    """Over plain http the header would lock a laptop out."""
    secure = TestClient(app, base_url="https://testserver")

    assert "strict-transport-security" not in client.get("/healthz").headers
    assert "max-age=31536000" in secure.get("/healthz").headers["strict-transport-security"]


def test_production_shows_no_reference(monkeypatch):
    """/docs and the document are for development; the page of problems is linked from answers."""
    monkeypatch.setattr(get_settings(), "docs_open", False)
    closed = TestClient(create_app(), follow_redirects=False)

    assert 404 == closed.get("/docs").status_code
    assert 404 == closed.get("/openapi.json").status_code
    assert 200 == closed.get("/docs/problems").status_code


def test_the_limit_of_imports_is_their_own(client, subject, monkeypatch):
    """A file may be larger than a body, and has an end as well."""
    monkeypatch.setattr(get_settings(), "body_limit_bytes", 10_000)
    monkeypatch.setattr(get_settings(), "import_limit_bytes", 30_000)
    path = f"{PROMPTS}/{make_prompt(subject, examples=0).prompt_id}/golden-examples/import"
    line = "a question,some context\n"

    def sent(size: int) -> int:
        text = "input.question,input.context\n" + line * (size // len(line))
        return client.post(path, files={"file": ("a.csv", text)}).status_code

    assert [200, 413] == [sent(20_000), sent(100_000)]
    assert 413 == client.post(PROMPTS, content=b"x" * 20_000).status_code
