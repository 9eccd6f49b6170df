"""The rules: what the evidence comes to under a policy, and the only place that decides.

In order: nothing that cannot be judged passes (INVALID, BUDGET_EXHAUSTED), unlike is not compared
(NOT_COMPARABLE), critical examples and limits block, then the statistics
(`app/statistics/decision.py`) say worse, within the margins, or unknown.
"""

from typing import NamedTuple

from app.models import CaseState, Ruling
from app.verdicts import wording
from app.verdicts.case import Case
from app.verdicts.parts import MetricVerdict
from app.verdicts.shown import metric_rows


class Ruled(NamedTuple):
    ruling: Ruling
    reasons: list[str]


def rule(case: Case) -> Ruled:
    return _unfit(case) or _worse(case) or _statistics(case)


def _unfit(case: Case) -> Ruled | None:
    """Evidence that cannot carry a verdict."""
    evidence, policy = case.evidence, case.in_force.policy
    blocking = [item for item in case.differences if item.blocking]
    if blocking:
        return Ruled(
            Ruling.not_comparable,
            [f"their {d.what} differ ({d.baseline} and {d.candidate})." for d in blocking],
        )
    total = len(evidence.examples)
    unjudged = max(
        (total - (m.compared.n if m.compared else 0) for m in case.measures if m.gating), default=0
    )
    if unjudged > policy.error_tolerance * total:
        skipped = sum(
            side.states.get(CaseState.budget_skipped, 0)
            for side in (evidence.baseline, evidence.candidate)
        )
        if skipped:
            return Ruled(
                Ruling.budget_exhausted,
                [f"the budget ended before {wording.counted(skipped, 'case')} ran; raise it."],
            )
        names = [
            wording.metric_name(m.rule.metric) for m in case.measures if m.gating and not m.compared
        ]
        what = f"no pair has a {names[0]}" if names else f"{unjudged} of {total} pairs lack a score"
        return Ruled(
            Ruling.invalid,
            [f"{what}; the policy allows {policy.error_tolerance:.0%}. Retry the failed cases."],
        )
    return None


def _worse(case: Case) -> Ruled | None:
    """A regression: what the averages show, critical examples, limits on money and time."""
    policy = case.in_force.policy
    reasons = [
        f"{wording.compared(row)}."
        for row in metric_rows(case)
        if row.worse and case.n_pairs >= policy.minimum_pairs
    ]
    blocking = len(case.critical.blocking)
    if blocking:
        fails = "fails in most of its" if blocking == 1 else "fail in most of their"
        number = wording.counted(blocking, "critical example")
        reasons.append(f"{number} that passed before {fails} runs now.")
    limits = (
        ("costs", case.cost_ratio, policy.max_cost_ratio),
        ("takes", case.latency_ratio, policy.max_latency_ratio),
    )
    for verb, ratio, most in limits:
        if most is not None and ratio is not None and ratio > most:
            reasons.append(f"it {verb} {ratio:.2f} times as much; the policy allows {most:g}.")
    return Ruled(Ruling.regression, reasons) if reasons else None


def _statistics(case: Case) -> Ruled:
    policy = case.in_force.policy
    if case.n_pairs < policy.minimum_pairs:
        pairs = wording.counted(case.n_pairs, "pair")
        return Ruled(
            Ruling.inconclusive,
            [f"{pairs} are fewer than the {policy.minimum_pairs} that the policy asks for."],
        )
    shown = metric_rows(case)
    outside = [row for row in shown if row.gating and not row.within_margin]
    doubts = [_outside(row) for row in outside] + _doubts(case)
    if doubts:
        return Ruled(Ruling.inconclusive, doubts)
    return Ruled(
        Ruling.passed,
        [
            f"{wording.metric_name(row.metric)} is at most {wording.number(row.margin or 0)} worse."
            for row in shown
            if row.gating
        ],
    )


def _outside(row: MetricVerdict) -> str:
    assert row.worst is not None
    assert row.margin is not None
    return (
        f"{wording.metric_name(row.metric)} could still be {wording.signed(row.worst)}, beyond the "
        f"margin of {wording.number(row.margin)}."
    )


def _doubts(case: Case) -> list[str]:
    """What keeps a candidate that looks well from passing."""
    policy, doubts = case.in_force.policy, []
    if case.critical.pending:
        number = wording.counted(len(case.critical.pending), "critical example")
        doubts.append(f"{number} failed once: {policy.critical_repeats} runs decide.")
    if case.critical.unjudged:
        number = wording.counted(len(case.critical.unjudged), "critical example")
        doubts.append(f"{number} without a score.")
    primary = case.evidence.primary
    if policy.evaluator is not None and policy.evaluator != primary:
        doubts.append(f"the policy rests on {policy.evaluator}, this experiment on {primary}.")
    if policy.require_certificate and case.evidence.certified_until is None:
        doubts.append("the judge has no valid certificate, which the policy demands.")
    if policy.max_cost_ratio is not None and case.cost_ratio is None:
        doubts.append("the cost is unknown, and the policy limits it.")
    if policy.max_latency_ratio is not None and case.latency_ratio is None:
        doubts.append("the latency is unknown, and the policy limits it.")
    return doubts
