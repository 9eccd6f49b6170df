"""A verdict's rows: metrics as people read them, warnings, and what would settle it."""

from collections.abc import Sequence

from app.statistics.decision import Finding
from app.statistics.power import required_repeats
from app.verdicts import wording
from app.verdicts.case import Case
from app.verdicts.evidence import Evidence, mean, paired
from app.verdicts.measures import Measure, displayed, spread
from app.verdicts.parts import MetricVerdict, Settlement
from app.verdicts.policy import SCORE


def metric_rows(case: Case) -> list[MetricVerdict]:
    return [_metric(m, found) for m, found in zip(case.measures, case.findings, strict=True)]


def _metric(measured: Measure, found: Finding | None) -> MetricVerdict:
    rule, compared, metric = measured.rule, measured.compared, measured.metric
    shown = displayed(measured)
    turned = rule.better == "lower"
    worst = metric.lower_limit if metric else None
    return MetricVerdict(
        metric=rule.metric,
        direction=rule.better,
        gating=measured.gating,
        n_pairs=compared.n if compared else 0,
        unjudged=compared.unjudged if compared else 0,
        baseline=measured.baseline,
        candidate=measured.candidate,
        difference=shown.mean if shown else None,
        interval=[shown.low, shown.high] if shown else None,
        worst=-worst if turned and worst is not None else worst,
        p_value=metric.p_worse if metric else None,
        adjusted_p=found.adjusted_p if found else None,
        margin=rule.margin if measured.gating else None,
        minimum_detectable_difference=found.detectable if found else None,
        noise_floor=measured.noise_floor,
        needed_pairs=found.needed if found else None,
        wins=compared.outcomes.wins if compared else 0,
        ties=compared.outcomes.ties if compared else 0,
        losses=compared.outcomes.losses if compared else 0,
        worse=found.worse if found else False,
        within_margin=found.within if found else False,
    )


def settle(case: Case, metrics: Sequence[MetricVerdict]) -> Settlement | None:
    open_rows = [row for row in metrics if row.gating and not row.within_margin]
    needed = [row.needed_pairs for row in open_rows if row.needed_pairs is not None]
    least = case.in_force.policy.minimum_pairs
    examples = max([*needed, least]) if needed or case.n_pairs < least else None
    return wording.settlement(
        examples=examples,
        repeats=_repeats(case, open_rows),
        finer_score=_is_coarse(case.evidence),
        n=case.n_pairs,
    )


def _repeats(case: Case, rows: Sequence[MetricVerdict]) -> int | None:
    """Repeats that would do on the same examples; unknown without any."""
    examples = list(paired(case.evidence, SCORE))
    parts = spread(examples)
    if parts is None or not rows or not case.n_pairs:
        return None
    both = [(mean(e.baseline), mean(e.candidate)) for e in examples]
    gaps = [new - old for old, new in both if old is not None and new is not None]
    if not gaps:
        return None
    average = sum(gaps) / len(gaps)
    total = sum((gap - average) ** 2 for gap in gaps) / max(1, len(gaps) - 1)
    repeats = max(1, min(len(e.candidate) for e in examples))
    noise = 2 * parts.within  # both sides repeat
    margin = min(row.margin for row in rows if row.margin is not None)
    return required_repeats(max(0.0, total - noise / repeats), noise, case.n_pairs, margin)


def _is_coarse(evidence: Evidence) -> bool:
    values = {
        score
        for example in paired(evidence, SCORE)
        for score in (*example.baseline, *example.candidate)
        if score is not None
    }
    return len(values) <= 2


def warnings(case: Case, metrics: Sequence[MetricVerdict]) -> list[str]:
    evidence, planned, found = case.evidence, case.evidence.sequential, []
    if planned and planned.visited < planned.planned:
        found.append(wording.stopped(planned))
    unjudged = len(evidence.examples) - case.n_pairs
    if unjudged:
        found.append(
            f"{wording.counted(unjudged, 'pair')} of {len(evidence.examples)} lack a score and "
            "count in no average."
        )
    lead = metrics[0]
    if lead.noise_floor and lead.difference is not None:
        found.append(f"Two identical runs differ by up to ±{wording.number(lead.noise_floor)}.")
    if evidence.baseline.version_id == evidence.candidate.version_id:
        found.append("Both sides are the same version: what differs here is noise.")
    return found + [
        f"Their {item.what} differ: {item.baseline} and {item.candidate}."
        for item in case.differences
        if not item.blocking
    ]
