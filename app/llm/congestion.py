"""How many calls a provider stands at once: additive increase, multiplicative decrease.

The limit doubles until something is wrong, is cut, and then grows slowly towards where it was cut.
How deep a cut is follows from how many calls were refused: half for a quarter of them, a tenth for
one in a hundred. Each cut is on trial: where fewer calls in flight are refused just as often, or
answered just as slowly, they were not the reason. The cut is taken back, and that share of refusals
(or that latency) counts as this provider's own until it passes.
"""

from dataclasses import dataclass, replace
from typing import Literal

LEAST_CALLS = 20  # a window with fewer says little
LONGEST_S = 5.0  # but slow models must not wait for ever
LEAST_S = 1.0  # two beats: the members have heard of the last change
LEAST_REFUSED = 2  # a single 429 is an accident
SLOWER = 2.0  # a mean latency so many times the usual one is a jump
DEEPEST, SHALLOWEST = 0.5, 0.1  # what a cut takes away
MOST_CUTS = 2  # on trial, before the refusals count as not ours
EXPECTED = 12  # refusals in a trial's window, if the cut was of no use
LESS = 0.25  # of the share before: three or fewer of twelve are a chance of 0.2 %
UNLIKELY = 3.0  # standard deviations above a provider's own share
MOST_NOISE = 0.3  # a larger share of refusals is always a reason to ask less
NEAR = 0.9  # of the level that was refused: from here on, careful
PROBE_S = 10.0  # how often one more is tried near that level
FORGET = 1.25  # so far above that level without a refusal, it holds no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A cut whose use is not yet known. `measure`: share refused, or mean latency in ms."""

    kind: Literal["refused", "slow"]
    measure: float
    before: float  # the limit before the first cut
    cuts: int = 1
    settling: bool = True  # the window in which the cut was made says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What is known about a provider. `limit` is in calls at once, at least 1."""

    limit: float
    refused_at: float | None = None
    noise: float = 0.0  # share of calls refused whatever we do
    usual_ms: float | None = None
    trial: Trial | None = None
    since_probe_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was seen of all calls for a while; `in_flight` is the most at once."""

    seconds: float = 0.0
    calls: int = 0
    refused: int = 0
    answered: int = 0
    latency_ms: float = 0.0  # the sum over the answered
    in_flight: int = 0
    full: bool = False  # more would have been asked, had there been room

    @property
    def share(self) -> float:
        return self.refused / self.calls if self.calls else 0.0

    @property
    def mean_ms(self) -> float | None:
        return self.latency_ms / self.answered if self.answered >= LEAST_CALLS else None


def is_over(level: Level, seen: Window) -> bool:
    """Whether a window has seen enough to be judged; a trial of few refusals needs many calls."""
    if seen.seconds < LEAST_S:
        return False
    least = LEAST_CALLS
    if level.trial is not None and level.trial.kind == "refused":
        expected = round(EXPECTED / level.trial.measure)
        least = 0 if level.trial.settling else max(LEAST_CALLS, expected)
    return seen.calls >= least or seen.seconds >= LONGEST_S


def after(level: Level, seen: Window, ceiling: float) -> Level:
    """The level once a window has been seen; never above `ceiling`, never below 1."""
    if level.trial is not None:
        found = _judge(level, level.trial, seen)
    elif _is_refused(level, seen):
        trial = Trial(kind="refused", measure=seen.share, before=level.limit)
        found = _cut(level, seen, trial)
    elif _is_slow(level, seen):
        trial = Trial(kind="slow", measure=seen.mean_ms or 0.0, before=level.limit)
        found = _cut(level, seen, trial)
    else:
        found = _grow(_learn(level, seen), seen)
    return replace(found, limit=min(max(found.limit, 1.0), max(ceiling, 1.0)))


def _is_refused(level: Level, seen: Window) -> bool:
    """More often than this provider does anyway; refusals of its own come by chance (Poisson)."""
    usual = level.noise * seen.calls
    return seen.refused >= LEAST_REFUSED and seen.refused > usual + UNLIKELY * usual**0.5


def _is_slow(level: Level, seen: Window) -> bool:
    mean = seen.mean_ms
    return mean is not None and level.usual_ms is not None and mean > SLOWER * level.usual_ms


def _cut(level: Level, seen: Window, trial: Trial) -> Level:
    """From what was in flight: a limit nobody reaches would have to be cut many times."""
    used = min(level.limit, max(seen.in_flight, 1))
    depth = DEEPEST
    if trial.kind == "refused":
        depth = min(max(2 * seen.share, SHALLOWEST), DEEPEST)
    return replace(
        level,
        limit=max(min(used * (1 - depth), used - 1), 1.0),
        refused_at=used,
        trial=trial,
        since_probe_s=0.0,
    )


def _judge(level: Level, trial: Trial, seen: Window) -> Level:
    if trial.settling:
        return replace(level, trial=replace(trial, settling=False))
    measure = seen.share if trial.kind == "refused" else seen.mean_ms or 0.0
    if measure <= (LESS if trial.kind == "refused" else 0.75) * trial.measure:
        return replace(level, trial=None, noise=max(level.noise / 2, seen.share))
    if trial.kind == "slow":
        return replace(level, limit=trial.before, refused_at=None, trial=None, usual_ms=measure)
    if trial.cuts >= MOST_CUTS and measure <= MOST_NOISE:
        return replace(level, limit=trial.before, refused_at=None, trial=None, noise=measure)
    return _cut(level, seen, replace(trial, cuts=trial.cuts + 1, settling=True))


def _learn(level: Level, seen: Window) -> Level:
    noise = level.noise if seen.refused else level.noise * 0.98
    usual, mean = level.usual_ms, seen.mean_ms
    if mean is not None:
        usual = mean if usual is None else 0.8 * usual + 0.2 * mean
    since = level.since_probe_s + seen.seconds
    return replace(level, noise=noise, usual_ms=usual, since_probe_s=since)


def _grow(level: Level, seen: Window) -> Level:
    limit, knee = level.limit, level.refused_at
    if not seen.full:
        return level
    if knee is not None and limit > FORGET * knee:
        knee = None
    if knee is None or limit < knee / 2:
        limit *= 2
        if knee is not None:
            limit = min(limit, max(NEAR * knee, 1.0))
    elif limit + 1 <= NEAR * knee:
        limit = min(limit + max(1.0, 0.05 * knee), NEAR * knee)
    elif level.since_probe_s >= PROBE_S:
        return replace(level, limit=limit + 1, refused_at=knee, since_probe_s=0.0)
    return replace(level, limit=limit, refused_at=knee)
