"""The verdict in words: numbers as people read them, and sentences that say what to do."""

from collections.abc import Sequence

from app.models import Ruling
from app.verdicts.evidence import Sequential
from app.verdicts.parts import MetricVerdict, Settlement, Side
from app.verdicts.policy import FAILURE, HALLUCINATION, SCORE

MINUS = "−"
NAMES = {SCORE: "score", FAILURE: "share of failures", HALLUCINATION: "hallucination rate"}


def number(value: float) -> str:
    """Two decimals with a real minus sign."""
    text = f"{abs(value):.2f}"
    return f"{MINUS}{text}" if value < 0 and text != "0.00" else text


def signed(value: float) -> str:
    text = number(value)
    return text if text.startswith(MINUS) or text == "0.00" else f"+{text}"


def p_value(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def side_name(side: Side) -> str:
    return side.name or f"v{side.version_number}"


def metric_name(name: str) -> str:
    return NAMES.get(name, name)


def counted(n: int, singular: str) -> str:
    return f"{n} {singular}" if n == 1 else f"{n} {singular}s"


def stopped(planned: Sequential) -> str:
    by = f"at look {planned.look} of {planned.looks}" if planned.look else "by bets, between looks"
    return (
        f"Stopped early: decided after {planned.visited} of {planned.planned} examples, {by}; "
        f"{counted(planned.calls_saved, 'call')} saved."
    )


def compared(metric: MetricVerdict) -> str:
    """`score 0.34 against 0.73 (−0.39, −0.52 to −0.22, p < 0.001, 40 pairs)`."""
    name = metric_name(metric.metric)
    if metric.difference is None or metric.interval is None:
        return f"{name}: not judged"
    assert metric.candidate is not None
    assert metric.baseline is not None
    parts = [
        signed(metric.difference),
        f"{signed(metric.interval[0])} to {signed(metric.interval[1])}",
    ]
    if metric.adjusted_p is not None:
        parts.append(p_value(metric.adjusted_p))
    parts.append(counted(metric.n_pairs, "pair"))
    return (
        f"{name} {number(metric.candidate)} against {number(metric.baseline)} ({', '.join(parts)})"
    )


def sentence(
    ruling: Ruling,
    baseline: Side,
    candidate: Side,
    metrics: Sequence[MetricVerdict],
    reasons: Sequence[str],
    settle: Settlement | None,
) -> str:
    """One sentence that could stand alone in a message."""
    new, old = side_name(candidate), side_name(baseline)
    lead = metrics[0] if metrics else None
    why = reasons[0] if reasons else ""
    match ruling:
        case Ruling.passed:
            return f"{new} is no worse than {old}: {compared(lead) if lead else why}."
        case Ruling.regression:
            return f"{new} is worse than {old}: {'; '.join(r.rstrip('.') for r in reasons)}."
        case Ruling.inconclusive:
            known = f" {compared(lead)}." if lead and lead.difference is not None else ""
            settled = f" {settle.sentence}" if settle else ""
            return f"Nobody can know yet whether {new} is worse than {old}:{known} {why}{settled}"
        case Ruling.budget_exhausted:
            return f"{new} could not be compared with {old}: {why}"
        case Ruling.not_comparable | Ruling.invalid:
            return f"{new} and {old} cannot be compared: {why}"


def settlement(
    *, examples: int | None, repeats: int | None, finer_score: bool, n: int
) -> Settlement | None:
    """What would settle it; None when nothing in sight would."""
    options = []
    if examples is not None and examples > n:
        options.append(f"about {examples} examples instead of {n}")
    if repeats is not None and repeats > 1:
        options.append(f"{repeats} repeats of each version on these {n}")
    if finer_score and options:
        options.append("an evaluator whose score takes more than two values")
    if not options:
        return None
    return Settlement(
        examples=examples,
        repeats=repeats,
        finer_score=finer_score,
        sentence=f"This would settle it: {', or '.join(options)}.",
    )
