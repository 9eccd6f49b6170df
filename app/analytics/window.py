"""A span of time cut into hours, days or weeks of somebody's time zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.analytics.schemas import Every
from app.core.errors import Invalid, invalid

MOST_DAYS = 400
MOST_DAYS_OF_HOURS = 31


class Window(NamedTuple):
    """From `since` up to and without `until`; `bounds` are where the buckets begin, in UTC."""

    since: datetime
    until: datetime
    bounds: list[datetime]

    @property
    def before(self) -> "Window":
        """The period before, as long as this one, in one bucket."""
        since = self.since - (self.until - self.since)
        return Window(since, self.since, [since])


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, a path, a folder of zones
        detail = f"There is no time zone {name!r}; write one such as Europe/Berlin or UTC."
        raise invalid("#/tz", detail, code="unknown") from error


def window_of(since: datetime, until: datetime, every: Every, zone: ZoneInfo) -> Window:
    """Raises Invalid for a span that is empty or too long for its buckets."""
    if until <= since:
        raise Invalid("The window is empty: `from` has to be before `to`.")
    most = MOST_DAYS_OF_HOURS if every is Every.hour else MOST_DAYS
    if until - since > timedelta(days=most):
        raise Invalid(
            f"A window by {every} has at most {most} days; choose a shorter one"
            + (", or longer buckets." if every is Every.hour else ".")
        )
    if since.year < 2000 or until.year > 2999:
        raise Invalid("A window lies in the years 2000 to 2999.")
    return Window(since, until, list(_bounds(since, until, every, zone)))


def recent(days: int, now: datetime, zone: ZoneInfo) -> Window:
    """The last `days`, today included, by day; one day is the last 24 hours by hour."""
    if days == 1:
        since = _start(now, Every.hour, zone) - timedelta(hours=23)
        return window_of(since, now, Every.hour, zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    since = midnight - timedelta(days=days - 1)
    return window_of(since.astimezone(UTC), now, Every.day, zone)


def _start(at: datetime, every: Every, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    if every is Every.hour:
        return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    day = local.date() - timedelta(days=local.weekday() if every is Every.week else 0)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _bounds(since: datetime, until: datetime, every: Every, zone: ZoneInfo) -> Iterator[datetime]:
    bound = _start(since, every, zone)
    while bound < until:
        yield bound
        if every is Every.hour:
            bound += timedelta(hours=1)
        else:  # a day has 23, 24 or 25 hours
            local = bound.astimezone(zone)
            step = timedelta(days=7 if every is Every.week else 1)
            bound = datetime.combine(local.date() + step, time(), zone).astimezone(UTC)
