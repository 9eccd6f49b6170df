"""Everything the rules look at, worked out once."""

from typing import NamedTuple

from app.statistics.decision import Finding
from app.verdicts.changes import Critical
from app.verdicts.evidence import Evidence
from app.verdicts.measures import Measure
from app.verdicts.parts import Dissimilarity
from app.verdicts.policy import PolicyInForce


class Case(NamedTuple):
    evidence: Evidence
    in_force: PolicyInForce
    measures: list[Measure]
    findings: list[Finding | None]
    critical: Critical
    differences: list[Dissimilarity]
    cost_ratio: float | None
    latency_ratio: float | None
    n_pairs: int
