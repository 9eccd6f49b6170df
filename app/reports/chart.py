"""The picture of a verdict: each metric's paired difference with its interval, left is worse.

Places across are percentages, so that the chart fits any width and its letters do not grow. A
metric of which less is better is drawn turned, with the numbers as they are beside it.
"""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

from app.reports import words
from app.reports.inert import one_line
from app.verdicts.parts import MetricVerdict, SliceVerdict
from app.verdicts.schemas import Verdict
from app.verdicts.wording import metric_name, signed

ROW_PX = 44  # a line of text, the interval under it, air
TOP_PX = 28
FOOT_PX = 26
EDGE = 3.0  # per cent left free at either side
MOST_SLICES = 8
LABEL = 32  # characters: the numbers stand on the same line
TICKS = 6
SLICE_Q = 0.05  # a tag is coloured only when it holds among all tags


class Row(NamedTuple):
    """x, low and high across in per cent; y down in pixels."""

    label: str
    text: str
    tone: str  # regression | pass | quiet
    y: int
    x: float
    low: float
    high: float
    margin: float | None  # where the accepted loss begins
    lead: bool


class Tick(NamedTuple):
    x: float
    text: str
    zero: bool


class Chart(NamedTuple):
    rows: list[Row]
    ticks: list[Tick]
    zero: float
    height: int
    description: str


class _Bar(NamedTuple):
    """A row in its own unit, better to the right."""

    label: str
    text: str
    tone: str
    low: float
    middle: float
    high: float
    margin: float | None


def draw(verdict: Verdict) -> Chart | None:
    """None when no difference could be measured."""
    bars = [*_metrics(verdict.metrics), *_slices(verdict.slices[:MOST_SLICES])]
    if not bars:
        return None
    ends = [0.0, *(bar.low for bar in bars), *(bar.high for bar in bars)]
    ends += [-bar.margin for bar in bars if bar.margin is not None]
    low, high = min(ends), max(ends)
    width = (high - low) or 1.0

    def across(amount: float) -> float:
        return round(EDGE + (100 - 2 * EDGE) * (amount - low) / width, 2)

    return Chart(
        rows=[
            Row(
                label=bar.label,
                text=bar.text,
                tone=bar.tone,
                y=TOP_PX + ROW_PX * number,
                x=across(bar.middle),
                low=across(bar.low),
                high=across(bar.high),
                margin=None if bar.margin is None else across(-bar.margin),
                lead=number == 0,
            )
            for number, bar in enumerate(bars)
        ],
        ticks=[Tick(across(at), signed(at), zero=at == 0) for at in _ticks(low, high)],
        zero=across(0.0),
        height=TOP_PX + ROW_PX * len(bars) + FOOT_PX,
        description="; ".join(f"{bar.label}: {bar.text}" for bar in bars),
    )


def _metrics(metrics: Sequence[MetricVerdict]) -> Iterator[_Bar]:
    for metric in metrics:
        if metric.difference is None or metric.interval is None:
            continue
        turned = metric.direction == "lower"
        sign = -1 if turned else 1
        low, high = sorted(sign * end for end in metric.interval)
        name = _short(metric_name(metric.metric))
        yield _Bar(
            label=f"{name}, lower is better" if turned else name,
            text=words.difference(metric),
            tone=_tone(low, high, worse=metric.worse),
            low=low,
            middle=sign * metric.difference,
            high=high,
            margin=metric.margin,
        )


def _slices(slices: Sequence[SliceVerdict]) -> Iterator[_Bar]:
    for part in slices:
        low, high = part.interval
        proven = part.q_value < SLICE_Q
        yield _Bar(
            label=f"score of {_short(part.tag)}, n={part.n_pairs}",
            text=f"{signed(part.difference)} {words.interval(part.interval)}",
            tone=_tone(low, high, worse=high < 0) if proven else "quiet",
            low=low,
            middle=part.difference,
            high=high,
            margin=None,
        )


def _short(name: str) -> str:
    name = one_line(name)
    return name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"


def _tone(low: float, high: float, *, worse: bool) -> str:
    """Green and red are for what is proven: a difference whose interval holds no 0."""
    if worse and high < 0:
        return "regression"
    return "pass" if low > 0 else "quiet"


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers inside the range, 0 among them."""
    rough = ((high - low) or 1.0) / TICKS
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    step = max(step, 0.01)  # numbers are shown with two decimals
    return [round(n * step, 10) for n in range(ceil(low / step), floor(high / step) + 1)]
