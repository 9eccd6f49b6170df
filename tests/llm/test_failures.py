import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.client import RETRYABLE
from app.llm.failures import LONGEST_QUOTE, PROVIDERS, refusal, retry_after

SECRET = "sk-proj-canary"


def said(body, status=400, provider="openai"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal(provider, status, {}, raw, SECRET).message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"bad key {SECRET}.", "bad key …."),
        ("see https://api.openai.com/docs?key=1 now", "see … now"),
        ("connect to inside.corp:8080 failed", "connect to … failed"),
        ("key hf_abcdefgh refused", "key … refused"),
        ("token 0123456789abcdef0123456789abcdef0", "token …"),
        ("context is {8192} tokens", "context is {8192} tokens"),
        ("claude-sonnet-4-5-20250929 takes no seed", "claude-sonnet-4-5-20250929 takes no seed"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_a_provider_says_is_quoted_without_secrets(text, shown):
    """The reason stays readable, keys and addresses do not."""
    assert said({"error": {"message": text}}).endswith(f'It says: "{shown}"')


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[" * 100_000, [], {"error": None}, {"error": {}}, {"error": {"message": 3}}],
)
def test_a_body_without_a_reason_adds_nothing(body):
    """Whatever a proxy answers in the provider's stead."""
    assert said(body).endswith("refused the prompt or its parameters (400).")


def test_a_plain_sentence_counts_as_a_reason():
    """Text Generation Inference sends its error as text."""
    assert 'It says: "`inputs` must be short"' in said({"error": "`inputs` must be short"}, 422)


def test_a_quote_ends():
    """An error page is not stored whole."""
    assert len(said({"error": {"message": "word " * 10_000}})) < LONGEST_QUOTE + 100


@given(st.integers(300, 599), st.sampled_from(sorted(PROVIDERS)), st.text())
def test_every_status_has_a_sentence(status, provider, text):
    """One that names the provider and holds no secret; 429 and 5xx may be tried again."""
    body = json.dumps({"error": {"message": f"{text} {SECRET}"}}).encode()
    error = refusal(provider, status, {}, body, SECRET)

    assert PROVIDERS[provider].name in error.message
    assert SECRET not in error.message
    assert (error.code in RETRYABLE) == (status in {408, 409, 429} or status >= 500)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("", None), ("7", 7.0), ("0.5", 0.5), ("-1", 0.0), ("tomorrow", None), ("inf", None)],
)
def test_retry_after(written, seconds):
    """Seconds, or nothing."""
    assert seconds == retry_after({"retry-after": written})


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_retry_after_as_a_date(zone):
    """A date in the future is the time until then, one in the past no time at all."""
    at = datetime.now(UTC) + timedelta(seconds=90)
    ahead = retry_after({"retry-after": f"{at:%a, %d %b %Y %H:%M:%S} {zone}"})

    assert 85 < ahead <= 90
    assert 0.0 == retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"})
