"""Spans of time and their buckets."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.schemas import Every
from app.analytics.window import recent, window_of, zone_of
from app.core.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])


@given(
    since=st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    length=st.timedeltas(timedelta(seconds=1), timedelta(days=31)),
    every=st.sampled_from(Every),
    zone=ZONES,
)
def test_buckets_cover_the_window_and_rise(since, length, every, zone):
    """The first begins at or before the window, the last inside, and each after the one before."""
    window = window_of(since, since + length, every, ZoneInfo(zone))
    bounds = window.bounds

    assert bounds[0] <= since < (bounds[1:] or [window.until])[0]
    assert bounds[-1] < window.until
    assert bounds == sorted(set(bounds))


def test_days_are_those_of_the_zone():
    """The day clocks go forward has 23 hours, and a day begins at its own midnight."""
    since = datetime(2026, 3, 28, 12, tzinfo=UTC)
    window = window_of(since, since + timedelta(days=2), Every.day, BERLIN)

    assert ["2026-03-27T23", "2026-03-28T23", "2026-03-29T22"] == [
        bound.isoformat()[:13] for bound in window.bounds
    ]


def test_weeks_begin_on_monday():
    """A window from Wednesday to Wednesday touches two weeks."""
    since = datetime(2026, 1, 7, tzinfo=UTC)
    window = window_of(since, since + timedelta(days=7), Every.week, ZoneInfo("UTC"))

    assert [5, 12] == [bound.day for bound in window.bounds]


def test_the_period_before_is_as_long():
    """It ends where the window begins."""
    since = datetime(2026, 1, 7, tzinfo=UTC)
    before = window_of(since, since + timedelta(days=7), Every.day, BERLIN).before

    assert (since - timedelta(days=7), since) == before[:2]
    assert [before.since] == before.bounds


@pytest.mark.parametrize(("days", "buckets"), [(1, 24), (7, 7), (30, 30)])
def test_the_recent_days_include_today(days, buckets):
    """One day is 24 hours, the hour that has begun among them."""
    at = datetime(2026, 5, 5, 13, 45, tzinfo=UTC)

    assert buckets == len(recent(days, at, BERLIN).bounds)


@pytest.mark.parametrize(
    ("since", "days", "every", "said"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), 0, Every.day, "is empty"),
        (datetime(2026, 1, 1, tzinfo=UTC), 401, Every.day, "at most 400 days"),
        (datetime(2026, 1, 1, tzinfo=UTC), 32, Every.hour, "or longer buckets"),
        (datetime(1999, 1, 1, tzinfo=UTC), 1, Every.day, "the years 2000"),
    ],
)
def test_spans_that_make_no_sense_are_refused(since, days, every, said):
    """The sentence says what to do instead."""
    with pytest.raises(Invalid, match=said):
        window_of(since, since + timedelta(days=days), every, BERLIN)


@pytest.mark.parametrize("name", ["Nowhere", "../etc/passwd", "", "America"])
def test_unknown_zones_are_refused(name):
    """Neither a path nor a folder of zones is one."""
    with pytest.raises(Invalid, match="no time zone"):
        zone_of(name)
