"""From evidence to numbers: every metric of a pair, compared; examples that changed sides."""

from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from app.statistics.decision import Metric, failure_metric, score_metric
from app.statistics.estimates import Estimate
from app.statistics.multiplicity import benjamini_hochberg
from app.statistics.paired import PairedComparison, compare
from app.statistics.repeats import VarianceParts, variance_parts
from app.verdicts.evidence import Evidence, Example, Repeats, mean, paired
from app.verdicts.parts import SliceVerdict
from app.verdicts.policy import FAILURE, SCORE, MetricRule, Policy

LEAST_SLICE = 5  # pairs below which a tag's difference is not worth a line
NORMAL_95 = 1.959963984540054


class Measure(NamedTuple):
    """One metric of a pair. `compared` is turned so that below 0 is worse; None: nothing judged."""

    rule: MetricRule
    gating: bool
    compared: PairedComparison | None
    metric: Metric | None
    baseline: float | None
    candidate: float | None
    noise_floor: float | None


def measure(evidence: Evidence, policy: Policy) -> list[Measure]:
    """The policy's metrics, then whatever else was judged, which is shown and blocks nothing."""
    gating = [_measured(evidence, policy, rule, gating=True) for rule in policy.metrics]
    named = {rule.metric for rule in policy.metrics} | {evidence.primary}
    watched = sorted(evidence.candidate.scores.keys() - named)
    others = [MetricRule(metric=name) for name in watched]
    return gating + [_measured(evidence, policy, rule, gating=False) for rule in others]


def _measured(evidence: Evidence, policy: Policy, rule: MetricRule, *, gating: bool) -> Measure:
    examples = list(paired(evidence, source_of(rule.metric, evidence)))
    is_failure = rule.metric == FAILURE
    shown = _shown(examples, policy, rule)
    before, after = (_turned(side, rule) for side in shown)
    planned = evidence.sequential
    compared = compare(
        before,
        after,
        seed=evidence.seed,
        clusters=_clusters(examples),
        failing_below=0.5 if is_failure else policy.failing_below,
        confidence=1 - ((planned and planned.within) or policy.alpha),
    )
    if compared is None:
        return Measure(rule, gating, None, None, None, None, None)
    metric = (failure_metric if is_failure else score_metric)(rule.metric, compared)
    noise = None if is_failure else _noise_floor(evidence, examples)
    return Measure(rule, gating, compared, metric, *_average_of_pairs(*shown), noise)


def lead_differences(evidence: Evidence, policy: Policy) -> list[float | None]:
    """Of the policy's first metric, example by example; below 0 is worse, None was not judged."""
    rule = policy.metrics[0]
    examples = list(paired(evidence, source_of(rule.metric, evidence)))
    before, after = (_turned(side, rule) for side in _shown(examples, policy, rule))
    return [
        None if old is None or new is None else new - old
        for old, new in zip(before, after, strict=True)
    ]


def source_of(metric: str, evidence: Evidence) -> str:
    """Which scores a metric reads: the primary evaluator's are kept as `score`."""
    return SCORE if metric in {FAILURE, evidence.primary} else metric


def _shown(
    examples: Sequence[Example], policy: Policy, rule: MetricRule
) -> list[list[float | None]]:
    """Both sides' values of a metric in its own unit."""
    is_failure = rule.metric == FAILURE
    return [
        [_failing(score, policy.failing_below) if is_failure else score for score in side]
        for side in _means(examples)
    ]


def _means(examples: Sequence[Example]) -> tuple[list[float | None], list[float | None]]:
    return [mean(e.baseline) for e in examples], [mean(e.candidate) for e in examples]


def _turned(scores: list[float | None], rule: MetricRule) -> list[float | None]:
    if rule.better == "higher":
        return scores
    return [None if score is None else 1 - score for score in scores]


def _failing(score: float | None, limit: float) -> float | None:
    return None if score is None else float(score < limit)


def _average_of_pairs(
    before: Sequence[float | None], after: Sequence[float | None]
) -> tuple[float, float]:
    """Both means over the pairs that were judged, so that they differ by the difference shown."""
    pairs = [
        (old, new)
        for old, new in zip(before, after, strict=True)
        if old is not None and new is not None
    ]
    return fsum(old for old, _ in pairs) / len(pairs), fsum(new for _, new in pairs) / len(pairs)


def _clusters(examples: Sequence[Example]) -> list[object]:
    """A `group:` tag names the cluster; an example without one is its own."""
    return [example.facts.group or example.facts.position for example in examples]


def _noise_floor(evidence: Evidence, examples: Sequence[Example]) -> float | None:
    """From the repeats of both sides, else from the latest run of a version against itself."""
    parts = spread(examples)
    n = len(examples)
    if parts is not None:
        repeats = min(len(row) for e in examples for row in (e.baseline, e.candidate) if row)
        return parts.noise_floor(n=n, repeats=max(1, repeats))
    if evidence.noise is not None and n:
        return float(NORMAL_95 * evidence.noise.sd / n**0.5)
    return None


def spread(examples: Sequence[Example]) -> VarianceParts | None:
    """The variances of both sides' repeats together; None without repeats."""
    rows = [_judged(row) for e in examples for row in (e.baseline, e.candidate)]
    return variance_parts([row for row in rows if row])


def _judged(repeats: Repeats) -> list[float]:
    return [score for score in repeats if score is not None]


def displayed(measured: Measure) -> Estimate | None:
    """The difference in the metric's own unit, with its two-sided interval."""
    if measured.compared is None:
        return None
    shown = measured.compared.difference
    if measured.rule.better == "higher":
        return shown
    return Estimate(-shown.mean, -shown.high, -shown.low, shown.n)


def slices(evidence: Evidence, policy: Policy) -> list[SliceVerdict]:
    """The primary score by tag, most surprising first; explored, so corrected for how many."""
    examples = [
        (e, before, after)
        for e in paired(evidence, SCORE)
        if (before := mean(e.baseline)) is not None and (after := mean(e.candidate)) is not None
    ]
    tags = sorted({tag for example, _, _ in examples for tag in example.facts.tags})
    found: list[tuple[str, PairedComparison]] = []
    for tag in tags:
        inside = [entry for entry in examples if tag in entry[0].facts.tags]
        if LEAST_SLICE <= len(inside) < len(examples):
            compared = compare(
                [before for _, before, _ in inside],
                [after for _, _, after in inside],
                seed=evidence.seed,
                failing_below=policy.failing_below,
            )
            assert compared is not None
            found.append((tag, compared))
    q_values = benjamini_hochberg([compared.p_worse for _, compared in found])
    rows = [
        SliceVerdict(
            tag=tag,
            n_pairs=compared.n,
            difference=compared.difference.mean,
            interval=[compared.difference.low, compared.difference.high],
            p_value=compared.p_worse,
            q_value=q_value,
        )
        for (tag, compared), q_value in zip(found, q_values, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.q_value, row.difference, row.tag))
