"""When a schedule is due."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schedules.cron import NotACron, check, following


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_times_are_of_the_zones_own_clock():
    """Six in the morning in Berlin is another hour of UTC in summer."""
    winter = following("0 6 * * *", "Europe/Berlin", at("2026-01-10T00:00"))
    summer = following("0 6 * * *", "Europe/Berlin", at("2026-07-10T00:00"))

    assert [at("2026-01-10T05:00")] == winter
    assert [at("2026-07-10T04:00")] == summer


def test_every_day_has_its_run_where_clocks_change():
    """Half past two is skipped in March and comes twice in October: one run on either day."""
    spring = following("30 2 * * *", "Europe/Berlin", at("2026-03-28T12:00"), 2)
    autumn = following("30 2 * * *", "Europe/Berlin", at("2026-10-24T12:00"), 2)

    assert [at("2026-03-29T01:00"), at("2026-03-30T00:30")] == spring
    assert 2 == len({moment.date() for moment in autumn})


@pytest.mark.parametrize(
    ("cron", "zone", "word"),
    [
        ("0 6 * *", "UTC", "five fields"),
        ("0 0 6 * * *", "UTC", "five fields"),
        ("61 6 * * *", "UTC", "minute"),
        ("0 6 31 2 *", "UTC", "day"),
        ("*/2 * * * *", "UTC", "five minutes"),
        ("0 6 * * *", "Mars/Olympus", "time zone"),
    ],
)
def test_what_cannot_be_followed_is_said(cron, zone, word):
    """The sentence names the part that is wrong."""
    with pytest.raises(NotACron, match=word):
        check(cron, zone, at("2026-01-01T00:00"))


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_a_daily_time_comes_once_a_day(minute, hour, zone, start):
    """Always later than asked from, and never two in less than 22 hours, whatever clocks do."""
    after = start.replace(tzinfo=UTC)
    times = following(f"{minute} {hour} * * *", zone, after, 5)

    assert all(moment > after for moment in times)
    assert all(timedelta(hours=22) < b - a < timedelta(hours=26) for a, b in pairwise(times))
