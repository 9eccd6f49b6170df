"""What a provider's headers say about its limits: OpenAI's, Anthropic's, and the IETF draft's."""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass

MINUTE_S = 60.0
LONGEST_RESET_S = 61.0  # a limit that is full again only later is not one per minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One limit: so many a minute, of which so many are left."""

    per_minute: float
    left: float

    @property
    def spare(self) -> float:
        """The share that is left, in [0, 1]."""
        return min(max(self.left / self.per_minute, 0.0), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    requests: Stated | None = None
    tokens: Stated | None = None


Ear = Callable[[Mapping[str, str]], None]

# Each governed try sets its own; it is not reset, because a stream's reader may be another task.
EAR: ContextVar[Ear | None] = ContextVar("ear", default=None)


def hear(headers: Mapping[str, str]) -> None:
    """Called by the transport with the headers of each reply, refusals included."""
    ear = EAR.get()
    if ear is not None:
        ear(headers)


def quota_of(headers: Mapping[str, str]) -> Quota | None:
    """What these headers state; None where they state nothing that can be read."""
    quota = Quota(
        requests=_openai(headers, "requests") or _anthropic(headers, "requests") or _ietf(headers),
        tokens=_openai(headers, "tokens") or _anthropic(headers, "tokens"),
    )
    return None if quota == Quota() else quota


def _openai(headers: Mapping[str, str], what: str) -> Stated | None:
    limit = headers.get(f"x-ratelimit-limit-{what}")
    if limit is None:
        return None
    reset_s = _duration(headers.get(f"x-ratelimit-reset-{what}", ""))
    if reset_s is not None and reset_s > LONGEST_RESET_S:
        return None
    return _stated(limit, headers.get(f"x-ratelimit-remaining-{what}"))


def _anthropic(headers: Mapping[str, str], what: str) -> Stated | None:
    start = f"anthropic-ratelimit-{what}"
    limit = headers.get(f"{start}-limit")
    return None if limit is None else _stated(limit, headers.get(f"{start}-remaining"))


def _ietf(headers: Mapping[str, str]) -> Stated | None:
    """`RateLimit-Policy: "api";q=500;w=300` and `RateLimit: "api";r=499;t=12`."""
    policy = headers.get("ratelimit-policy")
    if policy is None:
        return None
    quota, window = _parameter(policy, "q"), _parameter(policy, "w")
    if quota is None or window is None or not 0 < window <= 5 * MINUTE_S:
        return None
    left = _parameter(headers.get("ratelimit", ""), "r")
    a_minute = MINUTE_S / window
    return _stated(quota * a_minute, None if left is None else left * a_minute)


def _parameter(value: str, name: str) -> float | None:
    found = re.search(rf";\s*{name}=(\d+)", value)
    return float(found[1]) if found else None


def _stated(limit: str | float, left: str | float | None) -> Stated | None:
    per_minute = _number(limit)
    if per_minute is None or per_minute <= 0:
        return None
    remaining = None if left is None else _number(left)
    return Stated(per_minute=per_minute, left=per_minute if remaining is None else remaining)


def _number(value: str | float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _duration(value: str) -> float | None:
    """Seconds of `1h2m3.5s`, `6ms` or `12`; None where it is none of these."""
    if number := re.fullmatch(r"\d+(?:\.\d+)?", value.strip()):
        return float(number[0])
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", value)
    if not parts or "".join(f"{n}{unit}" for n, unit in parts) != value.strip():
        return None
    unit_s = {"h": 3600.0, "m": MINUTE_S, "s": 1.0, "ms": 0.001}
    return sum(float(number) * unit_s[unit] for number, unit in parts)
