"""What happened, in one sentence short enough for a heading; its numbers stand in the Verdict."""

from collections.abc import Sequence

from app.models import Ruling
from app.verdicts.parts import Changes, MetricVerdict, Side, SliceVerdict
from app.verdicts.policy import SCORE
from app.verdicts.wording import counted, metric_name, side_name

DISCOVERY = 0.05  # of the corrected chance that a cluster is no worse


def headline(
    ruling: Ruling,
    baseline: Side,
    candidate: Side,
    *,
    n_pairs: int,
    metrics: Sequence[MetricVerdict],
    changes: Changes,
    slices: Sequence[SliceVerdict],
) -> str:
    """Such as: v3 is worse than v2: score fell from 0.73 to 0.34, most of all in refunds."""
    new, old = side_name(candidate), side_name(baseline)
    match ruling:
        case Ruling.regression:
            return f"{new} is worse than {old}{_what_fell(metrics, changes, slices)}."
        case Ruling.passed:
            return f"{new} is no worse than {old}{_loss_still_possible(metrics)}."
        case Ruling.inconclusive:
            return f"{counted(n_pairs, 'example')} cannot tell {new} from {old}."
        case Ruling.budget_exhausted:
            return f"The budget ended before {new} could be held against {old}."
        case _:
            return f"{new} cannot be held against {old}."


def _what_fell(
    metrics: Sequence[MetricVerdict], changes: Changes, slices: Sequence[SliceVerdict]
) -> str:
    worse = next((row for row in metrics if row.gating and row.worse), None)
    if worse is None:
        failing = len(changes.critical)
        return f": {counted(failing, 'critical example')} broke" if failing else ""
    if worse.baseline is None or worse.candidate is None:
        return ""
    return f": {_moved(worse)}{_where(slices) if worse.metric == SCORE else ''}"


def _moved(row: MetricVerdict) -> str:
    verb = "fell" if row.direction == "higher" else "rose"
    return f"{metric_name(row.metric)} {verb} from {row.baseline:.2f} to {row.candidate:.2f}"


def _where(slices: Sequence[SliceVerdict]) -> str:
    proven = [part for part in slices if part.q_value < DISCOVERY and part.difference < 0]
    worst = min(proven, key=lambda part: part.difference, default=None)
    return f", most of all in {worst.tag}" if worst else ""


def _loss_still_possible(metrics: Sequence[MetricVerdict]) -> str:
    worst = metrics[0].worst if metrics else None
    if worst is None:
        return ""
    lost = worst if metrics[0].direction == "lower" else -worst
    return f": it loses {lost:.2f} at most" if lost > 0 else ": it is better, if anything"
