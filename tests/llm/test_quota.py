"""Limits as providers state them in their headers."""

import pytest

from app.llm.quota import Quota, Stated, quota_of


@pytest.mark.parametrize(
    ("headers", "requests", "tokens"),
    [
        (
            {
                "x-ratelimit-limit-requests": "500",
                "x-ratelimit-remaining-requests": "499",
                "x-ratelimit-reset-requests": "120ms",
                "x-ratelimit-limit-tokens": "200000",
                "x-ratelimit-remaining-tokens": "150000",
                "x-ratelimit-reset-tokens": "15.5s",
            },
            (500, 499),
            (200_000, 150_000),
        ),
        (
            {
                "anthropic-ratelimit-requests-limit": "50",
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-11-21T12:00:00Z",
                "anthropic-ratelimit-tokens-limit": "40000",
            },
            (50, 0),
            (40_000, 40_000),
        ),
        (
            {"ratelimit-policy": '"api";q=500;w=300', "ratelimit": '"api";r=250;t=12'},
            (100, 50),
            None,
        ),
    ],
)
def test_what_is_stated_is_read(headers, requests, tokens):
    """OpenAI's, Anthropic's and the draft standard's ways of saying it."""
    quota = quota_of(headers)

    assert Stated(per_minute=requests[0], left=requests[1]) == quota.requests
    assert (Stated(per_minute=tokens[0], left=tokens[1]) if tokens else None) == quota.tokens


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-limit-requests": "many"},
        {"x-ratelimit-limit-requests": "0"},
        {"x-ratelimit-limit-requests": "inf"},
        {"x-ratelimit-limit-requests": "200", "x-ratelimit-reset-requests": "7m12s"},
        {"ratelimit-policy": '"day";q=1000;w=86400'},
        {"ratelimit-policy": "nonsense"},
    ],
)
def test_what_is_no_limit_per_minute_is_not_taken_for_one(headers):
    """Nonsense, and limits of a day, which say nothing about the pace."""
    assert quota_of(headers) is None


def test_what_is_left_is_a_share():
    """Whatever a provider counts."""
    assert (0.5, 1.0, 0.0) == tuple(
        Stated(per_minute=100, left=left).spare for left in (50, 200, -1)
    )
    assert Quota() == Quota(requests=None, tokens=None)
