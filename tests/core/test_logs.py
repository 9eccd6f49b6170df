"""Logs: ids in every line, secrets in none, whatever carries them."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from app.core import logs, security
from app.core.config import get_settings
from app.core.logs import LONGEST, MASK, bound_log, redact
from tests.contracts.serving import serving
from tests.support.fixtures import make_key

KEYS = {
    "openai": "sk-proj-canary0123456789abcdef",
    "anthropic": "sk-ant-api03-canary0123456789",
    "hugging face": "hf_canary0123456789abcdef",
    "ours": f"llmops_live_Abcd1234_{'c' * 43}_000000",
    "a token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl",
    "a database": "postgresql://someone:canary0123@db.example/x",
    "a queue": "redis://:canary0123@queue.example/0",
}
SECRET = {name: key.partition("://")[2].partition("@")[0] or key for name, key in KEYS.items()}


@pytest.fixture
def lines(capsys, monkeypatch):
    """`lines()`: what was logged since, as JSON objects."""
    monkeypatch.setattr(get_settings(), "log_json", True)
    structlog.reset_defaults()
    logs.configure()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.reset_defaults()
    logs.configure()


# --- redaction ---


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("around", ["{}", "key={}", "a {} b", "({})", '"{}"', "x_{}", "Bearer {}\n"])
def test_a_value_that_looks_like_a_secret_is_masked(name, around):
    """By its form, wherever it stands in a text."""
    masked = redact(around.format(KEYS[name]))

    assert SECRET[name] not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "name",
    ["authorization", "Cookie", "set-cookie", "password", "api_key", "X-API-Key", "jwt_secret",
     "refresh_token", "OPENAI_API_KEY", "client_secret", "dsn"],
)  # fmt: skip
def test_a_name_that_promises_a_secret_is_enough(name):
    """Whatever the value looks like, also deep inside."""
    assert {"a": [{name: MASK}]} == redact({"a": [{name: "plain words"}]})


@pytest.mark.parametrize(
    "text",
    ["risk-assessment-of-things", "task-management", "/api/v1/task-status/0199", "half_truth12345",
     "tokens_in", "https://a.example:8000/x@y", "ask-me-anything-now"],
)  # fmt: skip
def test_ordinary_words_are_left_alone(text):
    """A prompt called risk-assessment is still one in the audit log."""
    assert text == redact(text)


def test_counts_of_tokens_are_no_secrets():
    """Numbers of tokens are what half of the log lines are about."""
    assert {"tokens_in": 3, "tokens": 4} == redact({"tokens_in": 3, "tokens": 4})


@given(
    st.recursive(
        st.sampled_from(list(KEYS.values())).map(lambda key: ValueError(f"wrong: {key}"))
        | st.sampled_from(list(KEYS.values()))
        | st.binary(max_size=3)
        | st.integers(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner)
        ),
        max_leaves=6,
    )
)
def test_no_container_hides_a_secret(value):
    """Lists, tuples, dicts and exceptions: what is written of them holds none."""
    written = json.dumps(redact(value), default=repr)

    assert [] == [secret for secret in SECRET.values() if secret in written]


def test_long_text_is_cut_in_the_middle():
    """The end of a traceback says what happened; its beginning says where."""
    cut = redact("begin" + "x" * 50_000 + "end")

    assert cut.startswith("begin")
    assert cut.endswith("end")
    assert len(cut) < LONGEST + 600


# --- lines ---


def test_ids_are_bound_for_a_while(lines):
    """In every line inside, in none after."""
    log = logs.get()
    with bound_log(run_id="r1"):
        log.info("inside")
    log.info("outside")
    inside, outside = lines()

    assert "r1" == inside["run_id"]
    assert "run_id" not in outside
    assert {"event", "level", "timestamp"} <= set(outside)


def test_an_exception_is_logged_without_its_secrets(lines):
    """The traceback is there; the key in its message is not."""
    try:
        raise RuntimeError(f"refused {KEYS['openai']}")
    except RuntimeError as error:
        logs.get().error("failed", exc_info=error, cause=error)
    (line,) = lines()

    assert "Traceback" in line["exception"]
    assert KEYS["openai"] not in json.dumps(line)


def test_other_libraries_go_through_the_same_pipe(lines):
    """The standard library's records are redacted as well, arguments and extras included."""
    library = logging.getLogger("some.library")
    library.warning("connecting to %s", KEYS["a database"], extra={"password": "plain words"})
    (line,) = lines()

    assert "some.library" == line["logger"]
    assert "canary0123" not in json.dumps(line)
    assert "plain words" not in json.dumps(line)


def test_chatty_libraries_are_quiet(lines):
    """SDKs log requests with their headers at DEBUG and INFO; uvicorn logs query strings."""
    for name in (*logs.QUIET, "uvicorn.access"):
        logging.getLogger(name).info("headers and bodies")

    assert [] == lines()
    assert not logging.getLogger("uvicorn.access").hasHandlers()


def test_a_terminal_gets_plain_lines(capsys, monkeypatch):
    """Readable by people, and as careful as the JSON."""
    monkeypatch.setattr(get_settings(), "log_json", False)
    structlog.reset_defaults()
    logs.configure()
    logs.get().info("started", api_key="plain words", note=KEYS["ours"])
    told = capsys.readouterr().err
    structlog.reset_defaults()

    assert "started" in told
    assert "plain words" not in told
    assert KEYS["ours"] not in told


# --- a real process ---


@contextmanager
def telltale() -> Iterator[str]:
    """A provider that refuses every key and quotes it, as some do."""

    class Quoting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            quoted = json.dumps({"error": {"message": f"No: {self.headers['authorization']}"}})
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(401)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(quoted)))
            self.end_headers()
            self.wfile.write(quoted.encode())

        def log_message(self, *_arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Quoting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def test_a_process_writes_no_secret_and_no_prompt(stack, subject):
    """Keys, passwords, tokens and prompts in every place of a request: none is in the log."""
    key = make_key(subject)
    canaries = {
        "own key": key.split("_")[3],
        "wrong key": "canarywrong" + "x" * 32,
        "provider key": "sk-canaryprovider0123456789",
        "password": "canary-password-1",
        "prompt": "canary prompt about the weather",
        "query": "canaryquery",
        "cookie": "canarycookie",
        "token": "canarytoken",
    }
    wrong = f"llmops_test_Abcd1234_{canaries['wrong key'][:43]}_"
    wrong += security._checksum(wrong[:-1])
    admin = {"authorization": f"Bearer {key}"}
    with (
        telltale() as provider,
        serving(
            stack,
            OPENAI_API_KEY=canaries["provider key"],
            OPENAI_BASE_URL=provider,
            LLMOPS_LOG_LEVEL="INFO",
        ) as api,
        httpx2.Client(base_url=f"{api.url}/api/v1", headers={"cookie": "s=canarycookie"}) as client,
    ):
        answers = [
            client.get("/me", headers=admin),
            client.get("/me", headers={"authorization": f"Bearer {wrong}"}),
            client.get("/me", headers={"x-api-key": wrong}),
            client.get("/runs?cursor=canaryquery&api_key=canaryquery", headers=admin),
            client.post("/auth/login", json={"username": "a", "password": canaries["password"]}),
            client.post("/auth/refresh", json={"refresh_token": canaries["token"]}),
            client.post(
                "/prompts", headers=admin, json={"name": "logged", "template": canaries["prompt"]}
            ),
            client.post("/prompts", headers=admin, json={"name": canaries["prompt"], "x": 1}),
            client.post(
                "/playground/stream",
                headers=admin,
                json={"template": canaries["prompt"], "model": "openai:gpt-4o-mini"},
            ),
        ]
    log = api.log.read_text()

    assert [200, 401, 401, 400, 401, 401, 201, 422, 200] == [a.status_code for a in answers]
    assert "event: error" in answers[-1].text
    assert canaries["provider key"] not in answers[-1].text
    assert [] == [name for name, canary in canaries.items() if canary in log]
    for answer in answers:
        assert answer.headers["x-request-id"] in log
