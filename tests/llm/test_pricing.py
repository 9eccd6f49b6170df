from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.client import Usage
from app.llm.pricing import FLAT_RATE, price
from app.llm.registry import UnknownModel

DAY = date(2026, 6, 1)
USAGE = Usage(tokens_in=1000, tokens_out=500)


@pytest.mark.parametrize(
    ("reference", "usd"),
    [
        ("openai:gpt-4o-mini", "0.00045"),  # 0.15 and 0.60 USD a million
        ("openai:gpt-4o-mini-2024-07-18", "0.00045"),
        ("anthropic:claude-sonnet-4-5", "0.0105"),  # 3 and 15
        ("huggingface:meta-llama/Llama-3.3-70B-Instruct:groq", "0.000985"),  # 0.59 and 0.79
    ],
)
def test_a_listed_model(reference, usd):
    """Prices are exact decimals."""
    assert (Decimal(usd), Decimal(usd), True) == price(reference, USAGE, DAY)


def test_prices_are_those_of_the_day():
    """A run of last year keeps last year's price: o3 fell to a fifth on 10 June 2025."""
    before = price("openai:o3", USAGE, date(2025, 6, 1))
    after = price("openai:o3", USAGE, date(2025, 7, 1))

    assert (Decimal("0.03"), Decimal("0.006")) == (before.cost_usd, after.cost_usd)


def test_a_moment_counts_as_its_day():
    """A datetime is a date too."""
    assert price("openai:o3", USAGE, DAY) == price("openai:o3", USAGE, datetime(2026, 6, 1, 9))  # noqa: DTZ001 - what a careless caller sends


def test_cached_input_is_cheaper():
    """400 of 1,000 tokens came from the provider's cache, at half the price."""
    usage = Usage(tokens_in=1000, tokens_out=500, cached_in=400)

    assert Decimal("0.00042") == price("openai:gpt-4o-mini", usage, DAY).cost_usd


@pytest.mark.parametrize(
    "reference",
    ["openai:llama3", "huggingface:meta-llama/Llama-3.3-70B-Instruct", "huggingface:a/b:nobody"],
)
def test_an_unknown_price_is_none_and_estimated(reference):
    """Unknown is never 0: the sum of estimates still grows."""
    assert (None, 1500 * FLAT_RATE, False) == price(reference, USAGE, DAY)


def test_the_flat_rate_is_a_setting():
    """What an unknown token is taken to cost."""
    found = price("openai:llama3", USAGE, DAY, flat_rate=Decimal("0.001"))

    assert Decimal("1.5") == found.estimated_usd


def test_the_local_model_is_free():
    """Known, and nothing."""
    assert (0, 0, True) == price("local:extractive-baseline", USAGE, DAY)


def test_a_price_needs_a_reference():
    """A bare model name could be anybody's."""
    with pytest.raises(UnknownModel):
        price("gpt-4o-mini", USAGE, DAY)


@pytest.mark.usefixtures("socket_disabled")
def test_prices_need_no_network():
    """They come with the library; not even loopback is spoken to."""
    assert price("anthropic:claude-opus-4-1", USAGE, DAY).known


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_tokens_never_cost_less(tokens_in, tokens_out, more):
    """Whatever a provider counts, an estimate is not negative and does not fall."""
    for reference in ("openai:gpt-4o-mini", "openai:nobody-knows"):
        few = price(reference, Usage(tokens_in=tokens_in, tokens_out=tokens_out), DAY)
        many = price(reference, Usage(tokens_in=tokens_in, tokens_out=tokens_out + more), DAY)

        assert 0 <= few.estimated_usd <= many.estimated_usd
