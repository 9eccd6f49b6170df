import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.client import Message
from app.llm.tokens import MOST_TOKENS, counted, estimate, usage

PROMPT = [Message(role="system", content="12345"), Message(role="user", content="1234")]


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2)])
def test_four_characters_are_a_token(text, tokens):
    """Rounded up, so that text is never free."""
    assert tokens == estimate(text)


@pytest.mark.parametrize("value", [None, "12", True, [3], {}, math.nan])
def test_what_is_no_count_is_none(value):
    """A missing count must not become 0."""
    assert counted(value) is None


@given(st.integers() | st.floats(allow_nan=False))
def test_a_count_is_in_range(value):
    """No number a provider can send is negative or overflows its column."""
    assert 0 <= counted(value) <= MOST_TOKENS


@given(st.integers(0, MOST_TOKENS))
def test_an_honest_count_is_kept(value):
    """The range holds every real call."""
    assert value == counted(value)


def test_the_providers_numbers_are_taken():
    """And are no estimate."""
    found = usage(PROMPT, "abc", tokens_in=7, tokens_out=9, cached_in=3)

    assert (7, 9, 3, False) == (
        found.tokens_in,
        found.tokens_out,
        found.cached_in,
        found.estimated,
    )


def test_half_a_usage_is_an_estimate():
    """One missing number marks the whole."""
    found = usage(PROMPT, "abcdef", tokens_in=7)

    assert (7, 2, True) == (found.tokens_in, found.tokens_out, found.estimated)


def test_no_more_is_cached_than_was_read():
    """A provider's slip must not make a price negative."""
    assert 3 == usage(PROMPT, "", cached_in=99).cached_in
