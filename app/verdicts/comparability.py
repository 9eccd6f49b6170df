"""What two sides do not share; some of it makes a comparison meaningless."""

import json

from app.verdicts.evidence import Evidence, SideEvidence
from app.verdicts.parts import Dissimilarity


def differences(evidence: Evidence) -> list[Dissimilarity]:
    """Golden examples and judges must be the same; model and parameters may be what is tried."""
    before, after = evidence.baseline, evidence.candidate
    pairs = [
        ("golden examples", before.snapshot_hash[:12], after.snapshot_hash[:12], True),
        ("evaluators", _evaluators(before), _evaluators(after), True),
        ("primary evaluators", before.primary, after.primary, True),
        ("judge models", _judge_models(before), _judge_models(after), True),
        ("models", before.model, after.model, False),
        ("parameters", _written(before), _written(after), False),
    ]
    return [
        Dissimilarity(what=what, baseline=old, candidate=new, blocking=blocking)
        for what, old, new, blocking in pairs
        if old != new
    ]


def _evaluators(side: SideEvidence) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(side.evaluators.items()))


def _judge_models(side: SideEvidence) -> str:
    own = [f"{model} for {name}" for name, model in sorted(side.judge_models.items())]
    return ", ".join([side.judge_model, *own])


def _written(side: SideEvidence) -> str:
    return json.dumps(side.parameters, sort_keys=True)
