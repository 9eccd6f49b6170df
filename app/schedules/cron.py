"""When a schedule is due: cron expressions of five fields, read in a time zone of their own."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

FIELDS = 5  # a sixth would be seconds
OFTENEST = timedelta(minutes=5)  # every run is paid for
LOOKED_AT = 50  # next times that are held against it


class NotACron(ValueError):
    """The expression or the zone cannot be followed; the message says why."""


def following(cron: str, time_zone: str, after: datetime, count: int = 1) -> list[datetime]:
    """The next times after `after`, in UTC; raises NotACron.

    As Debian's cron does it where clocks change: a time that a change skips is due when the clock
    has changed, and one that comes twice is due once.
    """
    if len(cron.split()) != FIELDS:
        raise NotACron("write five fields: minute, hour, day of the month, month, day of the week")
    try:
        times = CronSim(cron, after.astimezone(_zone(time_zone)))
        return [at.astimezone(UTC) for at in islice(times, count)]
    except CronSimError as error:
        raise NotACron(str(error)) from error


def check(cron: str, time_zone: str, after: datetime) -> None:
    """Raises NotACron for what is never due, or more often than every five minutes."""
    times = following(cron, time_zone, after, LOOKED_AT)
    if not times:
        raise NotACron("this is never due")
    gaps = (later - earlier for earlier, later in pairwise(times))
    if min(gaps, default=OFTENEST) < OFTENEST:
        raise NotACron("this is due more often than every five minutes")


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise NotACron(f"there is no time zone {name!r}; write one such as Europe/Berlin")
    return ZoneInfo(name)
