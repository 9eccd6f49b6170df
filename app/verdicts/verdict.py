"""The verdict on one candidate: pure, and the same for the same evidence and policy."""

from collections.abc import Mapping, Sequence
from math import isfinite
from uuid import UUID

from app.models import Ruling
from app.statistics.adaptive import bet
from app.statistics.decision import Finding, adjust, decide
from app.statistics.missing import missing_bounds
from app.statistics.multiplicity import holm
from app.verdicts import wording
from app.verdicts.case import Case
from app.verdicts.changes import Critical, changes, critical
from app.verdicts.comparability import differences
from app.verdicts.evidence import Evidence, SideEvidence, mean, paired
from app.verdicts.measures import Measure, lead_differences, measure, slices
from app.verdicts.parts import Side
from app.verdicts.policy import SCORE, PolicyInForce
from app.verdicts.rules import Ruled, rule
from app.verdicts.schemas import DECISION_VERSION, InForce, Verdict
from app.verdicts.shown import metric_rows, settle, warnings


def judge_together(evidences: Sequence[Evidence], in_force: PolicyInForce) -> list[Evidence]:
    """The same evidence with the p-values of the others: many candidates are one Holm family."""
    p_values = [_p_values(evidence, in_force) for evidence in evidences]
    return [
        evidence.model_copy(
            update={
                "other_p_values": [
                    p for other, found in enumerate(p_values) if other != index for p in found
                ]
            }
        )
        for index, evidence in enumerate(evidences)
    ]


def _p_values(evidence: Evidence, in_force: PolicyInForce) -> list[float]:
    if _broken(evidence):
        return []
    measures = measure(evidence, in_force.policy)
    return [m.metric.p_worse for m in measures if m.gating and m.metric is not None]


def judge(evidence: Evidence, in_force: PolicyInForce) -> Verdict:
    """The verdict; the same evidence and policy give the same one, bit for bit."""
    broken = _broken(evidence)
    measures = [] if broken else measure(evidence, in_force.policy)
    case = Case(
        evidence=evidence,
        in_force=in_force,
        measures=measures,
        findings=_findings(evidence, in_force, measures),
        critical=Critical([], [], []) if broken else critical(evidence, in_force.policy),
        differences=differences(evidence),
        cost_ratio=_ratio(evidence.baseline.cost_usd, evidence.candidate.cost_usd),
        latency_ratio=_ratio(evidence.baseline.latency_p95_ms, evidence.candidate.latency_p95_ms),
        n_pairs=measures[0].compared.n if measures and measures[0].compared else 0,
    )
    ruled = Ruled(Ruling.invalid, [broken]) if broken else rule(case)
    return _written(case, ruled)


def judge_again(content: Mapping[str, object], evidence: Mapping[str, object]) -> Verdict:
    """The verdict on stored evidence under the policy that a stored verdict names."""
    stored = InForce.model_validate(content["policy"])
    in_force = PolicyInForce(
        policy=stored.policy,
        gate=stored.gate,
        gate_id=str(stored.gate_id) if stored.gate_id else None,
        number=stored.number,
    )
    return judge(Evidence.model_validate(evidence), in_force)


def _broken(evidence: Evidence) -> str | None:
    """Why the evidence is none at all: these rows never pass."""
    if not evidence.examples:
        return "There is no golden example; an empty set proves nothing."
    ids = [example.id for example in evidence.examples]
    if len(set(ids)) < len(ids):
        return "A golden example occurs twice in the results; each may count once."
    for side in (evidence.baseline, evidence.candidate):
        for metric, rows in side.scores.items():
            if any(not _is_score(score) for row in rows for score in row):
                return f"{wording.metric_name(metric)} holds a value that is no number from 0 to 1."
    return None


def _is_score(score: float | None) -> bool:
    return score is None or (isfinite(score) and 0 <= score <= 1)


def _findings(
    evidence: Evidence, in_force: PolicyInForce, measures: Sequence[Measure]
) -> list[Finding | None]:
    policy = in_force.policy
    known = [(m.metric, m.rule.margin) for m in measures if m.gating and m.metric is not None]
    metrics = [metric for metric, _ in known]
    if evidence.other_p_values:
        family = [*(metric.p_worse for metric in metrics), *evidence.other_p_values]
        adjusted = holm(family)[: len(metrics)]
    else:
        adjusted = adjust([metrics])[0]
    planned = evidence.sequential
    decided = decide(
        metrics,
        adjusted,
        [margin for _, margin in known],
        alpha=(planned and planned.worse) or policy.alpha,
        floor=policy.floor,
    )
    found = iter(decided)
    rows = [next(found) if m.gating and m.metric is not None else None for m in measures]
    return _with_bets(evidence, in_force, measures, rows) if planned else rows


def _with_bets(
    evidence: Evidence,
    in_force: PolicyInForce,
    measures: Sequence[Measure],
    rows: Sequence[Finding | None],
) -> list[Finding | None]:
    """Bets on the first metric may say worse anywhere; between looks nothing else decides."""
    planned, policy = evidence.sequential, in_force.policy
    assert planned is not None
    found = [
        row._replace(worse=False, within=False) if row and planned.look is None else row
        for row in rows
    ]
    lead = measures[0].metric if measures else None
    if lead is not None and found[0] is not None and lead.difference <= -policy.floor:
        bets = bet(lead_differences(evidence, policy), alpha=planned.bets)
        found[0] = found[0]._replace(worse=found[0].worse or bets.reject)
    return found


def _ratio(before: float | None, after: float | None) -> float | None:
    return after / before if before and after is not None else None


def _written(case: Case, ruled: Ruled) -> Verdict:
    evidence, policy = case.evidence, case.in_force.policy
    baseline, candidate = _side(evidence.baseline), _side(evidence.candidate)
    metrics = metric_rows(case)
    settled = settle(case, metrics) if ruled.ruling is Ruling.inconclusive else None
    broken = not case.measures
    missing = None if broken else missing_bounds(*_primary_means(evidence))
    return Verdict(
        verdict=ruled.ruling,
        sentence=wording.sentence(
            ruled.ruling, baseline, candidate, metrics, ruled.reasons, settled
        ),
        reasons=ruled.reasons,
        warnings=[] if broken else warnings(case, metrics),
        settle=settled,
        strict=policy.strict,
        decision_version=DECISION_VERSION,
        seed=evidence.seed,
        baseline=baseline,
        candidate=candidate,
        policy=InForce(
            gate=case.in_force.gate,
            gate_id=UUID(case.in_force.gate_id) if case.in_force.gate_id else None,
            number=case.in_force.number,
            policy=policy,
        ),
        representative=evidence.representative,
        n_pairs=case.n_pairs,
        n_examples=len(evidence.examples),
        metrics=metrics,
        changes=changes(evidence, policy),
        slices=[] if broken else slices(evidence, policy),
        cost_ratio=case.cost_ratio,
        latency_ratio=case.latency_ratio,
        score_if_missing=[missing.low, missing.high] if missing else None,
        differences=case.differences,
    )


def _primary_means(evidence: Evidence) -> tuple[list[float | None], list[float | None]]:
    rows = list(paired(evidence, SCORE))
    return [mean(row.baseline) for row in rows], [mean(row.candidate) for row in rows]


def _side(side: SideEvidence) -> Side:
    return Side.model_validate(side, from_attributes=True)
