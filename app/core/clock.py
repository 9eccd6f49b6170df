"""The only place that asks the machine for the time or for an id."""

import time
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

# Linux's monotonic clock stands still while the machine sleeps, macOS's goes on
_ALWAYS: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> datetime:
    return datetime.now(UTC)


def elapsed_s() -> float:
    """Seconds from a fixed moment, those counted in which this process or the machine was stopped.

    Setting the machine's time does not move it.
    """
    return time.clock_gettime(_ALWAYS)


def new_id() -> UUID:
    """A UUIDv7: unique, and sorted by the time it was made."""
    return uuid7()
