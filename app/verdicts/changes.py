"""Examples that changed sides, and critical ones that block."""

from typing import NamedTuple

from app.verdicts.evidence import Evidence, Example, Repeats, mean, paired
from app.verdicts.parts import CaseChange, Changes
from app.verdicts.policy import SCORE, Policy

MOST_LISTED = 50
WORST = 5


class Critical(NamedTuple):
    """Critical examples: those that block, that wait for more runs, that nobody judged."""

    blocking: list[CaseChange]
    pending: list[CaseChange]
    unjudged: list[CaseChange]


def changes(evidence: Evidence, policy: Policy) -> Changes:
    limit = policy.failing_below
    rows = list(paired(evidence, SCORE))
    newly_failing, fixed, flaky, drops = [], [], [], []
    for example in rows:
        row = _change(example)
        if any(_is_flaky(side, limit) for side in (example.baseline, example.candidate)):
            flaky.append(row)
        if row.baseline is None or row.candidate is None:
            continue
        if row.candidate < limit <= row.baseline:
            newly_failing.append(row)
        elif row.baseline < limit <= row.candidate:
            fixed.append(row)
        if row.candidate < row.baseline:
            drops.append(row)
    return Changes(
        newly_failing=_worst_first(newly_failing)[:MOST_LISTED],
        newly_failing_count=len(newly_failing),
        fixed=_worst_first(fixed)[::-1][:MOST_LISTED],
        fixed_count=len(fixed),
        flaky=_worst_first(flaky)[:MOST_LISTED],
        flaky_count=len(flaky),
        worst_drops=_worst_first(drops)[:WORST],
        critical=critical(evidence, policy).blocking,
    )


def critical(evidence: Evidence, policy: Policy) -> Critical:
    """A critical example blocks when most of at least K runs fail that passed before."""
    found = Critical([], [], [])
    if not policy.critical:
        return found
    reruns = {rerun.position: rerun for rerun in evidence.reruns}
    for example in paired(evidence, SCORE):
        if not example.facts.critical:
            continue
        row = _change(example)
        if _is_unjudged(row, policy):
            found.unjudged.append(row)
        elif _fell(row, policy):
            again = reruns.get(example.facts.position)
            before = again.baseline if again else example.baseline
            after = again.candidate if again else example.candidate
            if _judged(after) < policy.critical_repeats:
                found.pending.append(row)
            elif _mostly_fails(after, policy) and not _mostly_fails(before, policy):
                found.blocking.append(row)
    return found


def _is_unjudged(row: CaseChange, policy: Policy) -> bool:
    """Nobody knows whether it fell: no score now, or a failing one and none before."""
    if row.candidate is None:
        return True
    return row.baseline is None and row.candidate < policy.failing_below


def _fell(row: CaseChange, policy: Policy) -> bool:
    if row.baseline is None or row.candidate is None:
        return False
    return row.candidate < policy.failing_below <= row.baseline


def _judged(repeats: Repeats) -> int:
    return sum(score is not None for score in repeats)


def _mostly_fails(repeats: Repeats, policy: Policy) -> bool:
    failed = sum(score is not None and score < policy.failing_below for score in repeats)
    return 2 * failed > _judged(repeats)


def _is_flaky(repeats: Repeats, limit: float) -> bool:
    passes = {score >= limit for score in repeats if score is not None}
    return len(passes) == 2


def _change(example: Example) -> CaseChange:
    return CaseChange(
        position=example.facts.position,
        example_id=example.facts.id,
        baseline=mean(example.baseline),
        candidate=mean(example.candidate),
        critical=example.facts.critical,
        tags=example.facts.tags,
    )


def _worst_first(rows: list[CaseChange]) -> list[CaseChange]:
    return sorted(rows, key=lambda row: ((row.candidate or 0) - (row.baseline or 0), row.position))
