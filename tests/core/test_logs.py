"""Logs: ids in every line, secrets in none, whatever carries them."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from app.core import logs
from app.core.config import get_settings
from app.core.logs import LONGEST, MASK, bound_log, redact

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


@contextmanager
def logged(capsys, *, as_json: bool = True) -> Iterator[list[str]]:
    """What is logged inside, line by line, once it has ended."""
    found: list[str] = []
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(get_settings(), "log_json", as_json)
        structlog.reset_defaults()
        logs.configure()
        yield found
    found += capsys.readouterr().err.splitlines()
    structlog.reset_defaults()
    logs.configure()


# --- redaction ---


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    "around", ["{}", "key={}", "a {} b", "({})", '"{}"', "x_{}", "Bearer {}\n"]
)
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
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
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


def test_ids_are_bound_for_a_while(capsys):
    """In every line inside, in none after."""
    with logged(capsys) as lines:
        log = logs.get()
        with bound_log(run_id="r1"):
            log.info("inside")
        log.info("outside")
    inside, outside = map(json.loads, lines)

    assert "r1" == inside["run_id"]
    assert "run_id" not in outside
    assert {"event", "level", "timestamp"} <= set(outside)


def test_an_exception_is_logged_without_its_secrets(capsys):
    """The traceback is there; the key in its message is not."""
    with logged(capsys) as lines:
        logs.get().error(
            "failed", exc_info=RuntimeError(KEYS["openai"]), cause=KeyError(KEYS["ours"])
        )
    (line,) = map(json.loads, lines)

    assert "RuntimeError: ***" in line["exception"]
    assert [] == [key for key in KEYS.values() if key in lines[0]]


def test_other_libraries_go_through_the_same_pipe(capsys):
    """The standard library's records are redacted as well, arguments and extras included."""
    with logged(capsys) as lines:
        library = logging.getLogger("some.library")
        library.warning("at %s", KEYS["a database"], extra={"password": "plain words"})
    (line,) = map(json.loads, lines)

    assert "some.library" == line["logger"]
    assert "canary0123" not in lines[0]
    assert "plain words" not in lines[0]


def test_chatty_libraries_are_quiet(capsys):
    """SDKs log requests with their headers at DEBUG and INFO; uvicorn logs query strings."""
    with logged(capsys) as lines:
        for name in (*logs.QUIET, "uvicorn.access"):
            logging.getLogger(name).info("headers and bodies")

    assert [] == lines
    assert not logging.getLogger("uvicorn.access").propagate


def test_a_terminal_gets_plain_lines(capsys):
    """Readable by people, and as careful as the JSON."""
    with logged(capsys, as_json=False) as lines:
        logs.get().info("started", api_key="plain words", note=KEYS["ours"])

    assert "started" in lines[0]
    assert "plain words" not in lines[0]
    assert KEYS["ours"] not in lines[0]
