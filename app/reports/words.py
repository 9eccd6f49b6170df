"""The phrases that Markdown, HTML and JUnit share."""

from decimal import Decimal

from app.core.schema import plain_number
from app.models import Ruling
from app.reports.inert import excerpt, one_line
from app.reports.report import Report
from app.verdicts.parts import MetricVerdict
from app.verdicts.schemas import Verdict
from app.verdicts.wording import counted, number, p_value, signed

RULINGS = {
    Ruling.passed: "PASS",
    Ruling.regression: "REGRESSION",
    Ruling.inconclusive: "INCONCLUSIVE",
    Ruling.not_comparable: "NOT COMPARABLE",
    Ruling.invalid: "INVALID",
    Ruling.budget_exhausted: "BUDGET EXHAUSTED",
}
NONE = "·"  # a missing number is never 0
NOTE = 1_000  # characters; versions that differ in long parameters are told with both
MOST_NOTES = 20


def value(amount: float | None) -> str:
    return NONE if amount is None else number(amount)


def difference(metric: MetricVerdict) -> str:
    """`−0.07 [−0.12 … −0.01]`."""
    if metric.difference is None:
        return NONE
    return (
        f"{signed(metric.difference)}{f' {interval(metric.interval)}' if metric.interval else ''}"
    )


def interval(bounds: list[float] | None) -> str:
    return f"[{signed(bounds[0])} … {signed(bounds[1])}]" if bounds else ""


def level(verdict: Verdict) -> str:
    """How sure the intervals of differences are."""
    return f"{100 * (1 - verdict.policy.policy.alpha):g} % interval"


def chance(metric: MetricVerdict) -> str:
    found = metric.p_value if metric.adjusted_p is None else metric.adjusted_p
    return NONE if found is None else p_value(found).removeprefix("p ").removeprefix("= ")


def standing(metric: MetricVerdict) -> str:
    """What one metric comes to."""
    if metric.difference is None:
        return "not judged"
    if metric.worse:
        return "worse"
    if not metric.gating:
        return "shown only"
    return "within the margin" if metric.within_margin else "unclear"


def estimate(mean: float | None, bounds: list[float] | None, n: int) -> str:
    """`0.87 [0.80 … 0.91], n=96`."""
    if mean is None:
        return NONE
    between = f" [{number(bounds[0])} … {number(bounds[1])}]" if bounds else ""
    return f"{number(mean)}{between}, n={n}"


def money(known: Decimal | None, estimated: Decimal) -> str:
    if known is None:
        return f"unknown, estimated at {plain_number(estimated)} USD"
    return f"{plain_number(known)} USD"


def bill(report: Report) -> str:
    """What the whole experiment has cost so far."""
    experiment = report.experiment
    return (
        f"{money(experiment.cost_usd, experiment.cost_estimated)} for "
        f"{counted(experiment.calls, 'call')}, {experiment.tokens_in:,} tokens in and "
        f"{experiment.tokens_out:,} out, judges included"
    )


def notes(verdict: Verdict) -> list[str]:
    """What the sentence does not say: further reasons, and warnings."""
    untold = [why for why in verdict.reasons if why.rstrip(".") not in verdict.sentence]
    return [excerpt(one_line(note), NOTE) for note in [*untold, *verdict.warnings][:MOST_NOTES]]


def ratios(verdict: Verdict) -> str:
    """What the candidate costs and how long it takes beside the baseline."""
    found = {"cost": verdict.cost_ratio, "p95 latency": verdict.latency_ratio}
    told = [f"{name} × {ratio:.2f}" for name, ratio in found.items() if ratio is not None]
    return ", ".join(told)


def reproduction(report: Report) -> str:
    """All that decides the numbers, in one line."""
    experiment = report.experiment
    judges = ", ".join(f"{name} {version}" for name, version in experiment.evaluators.items())
    line = (
        f"experiment {experiment.id}, examples {experiment.snapshot_hash[:12]}, "
        f"seed {experiment.seed}, {counted(experiment.repeats, 'repeat')}, evaluators {judges}, "
        f"judge model {experiment.judge_model}"
    )
    if not report.verdicts:
        return line
    verdict = report.verdicts[0]
    gate = verdict.policy.gate
    policy = f"gate {gate} #{verdict.policy.number}" if gate else "the default policy"
    return f"{line}, decision {verdict.decision_version} by {policy}"
