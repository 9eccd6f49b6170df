"""What happened, in one sentence short enough for a heading; its numbers stand in the Verdict."""

from typing import TYPE_CHECKING

from app.models import Ruling
from app.verdicts.policy import FAILURE, HALLUCINATION, SCORE

if TYPE_CHECKING:
    from app.verdicts.schemas import MetricVerdict, Side, Verdict

NAMES = {SCORE: "score", FAILURE: "share of failures", HALLUCINATION: "hallucination rate"}
DISCOVERY = 0.05  # of the corrected chance that a cluster is no worse


def headline(verdict: "Verdict") -> str:
    """Such as: v3 is worse than v2: score fell from 0.73 to 0.34, most of all in refunds."""
    new, old = _name(verdict.candidate), _name(verdict.baseline)
    match verdict.verdict:
        case Ruling.regression:
            return f"{new} is worse than {old}{_what_fell(verdict)}."
        case Ruling.passed:
            return f"{new} is no worse than {old}{_loss_still_possible(verdict)}."
        case Ruling.inconclusive:
            pairs = f"{verdict.n_pairs} example{'' if verdict.n_pairs == 1 else 's'}"
            return f"{pairs} cannot tell {new} from {old}."
        case Ruling.budget_exhausted:
            return f"The budget ended before {new} could be held against {old}."
        case _:
            return f"{new} cannot be held against {old}."


def _name(side: "Side") -> str:
    return side.name or f"v{side.version_number}"


def _what_fell(verdict: "Verdict") -> str:
    worse = next((row for row in verdict.metrics if row.gating and row.worse), None)
    if worse is None:
        failing = len(verdict.changes.critical)
        return f": {failing} critical example{'' if failing == 1 else 's'} broke" if failing else ""
    if worse.baseline is None or worse.candidate is None:
        return ""
    return f": {_moved(worse)}{_where(verdict) if worse.metric == SCORE else ''}"


def _moved(row: "MetricVerdict") -> str:
    verb = "fell" if row.direction == "higher" else "rose"
    name = NAMES.get(row.metric, row.metric)
    return f"{name} {verb} from {row.baseline:.2f} to {row.candidate:.2f}"


def _where(verdict: "Verdict") -> str:
    proven = [part for part in verdict.slices if part.q_value < DISCOVERY and part.difference < 0]
    worst = min(proven, key=lambda part: part.difference, default=None)
    return f", most of all in {worst.tag}" if worst else ""


def _loss_still_possible(verdict: "Verdict") -> str:
    worst = verdict.metrics[0].worst if verdict.metrics else None
    if worst is None:
        return ""
    lost = worst if verdict.metrics[0].direction == "lower" else -worst
    return f": it loses {lost:.2f} at most" if lost > 0 else ": it is better, if anything"
