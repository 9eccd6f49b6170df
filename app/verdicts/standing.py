"""What else a verdict looks at: the noise of identical runs, and the judge's certificate."""

from statistics import stdev

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.evaluators.base import InvalidEvaluatorOptions, UnknownEvaluator, build
from app.judges.certificates import find_admissible
from app.judges.own_model import judge_model_of
from app.models import Experiment, VerdictRecord
from app.verdicts.evidence import Evidence, Noise, mean, paired
from app.verdicts.policy import SCORE

LEAST_KAPPA = 0.4  # whatever a certificate's own applicant asked for: moderate agreement
NOT_NEEDED = "not needed"  # deterministic evaluators are what they are


def find_noise(session: Session, experiment: Experiment) -> Noise | None:
    """From the newest run of one version against itself, on the same examples."""
    found = session.scalars(
        select(VerdictRecord)
        .where(
            VerdictRecord.workspace_id == experiment.workspace_id,
            VerdictRecord.prompt_id == experiment.prompt_id,
            VerdictRecord.baseline_version_id == VerdictRecord.candidate_version_id,
            VerdictRecord.experiment_id != experiment.id,
        )
        .order_by(VerdictRecord.id.desc())
        .limit(1)
        .options(undefer(VerdictRecord.evidence))
    ).one_or_none()
    if found is None:
        return None
    evidence = Evidence.model_validate(found.evidence)
    if evidence.candidate.snapshot_hash != experiment.snapshot_hash:
        return None
    gaps = [
        after - before
        for example in paired(evidence, SCORE)
        if (before := mean(example.baseline)) is not None
        and (after := mean(example.candidate)) is not None
    ]
    if len(gaps) < 2:
        return None
    return Noise(
        experiment_id=found.experiment_id,
        n=len(gaps),
        sd=stdev(gaps),
        difference=sum(gaps) / len(gaps),
    )


def certified_until(session: Session, experiment: Experiment) -> str | None:
    """The day the primary judge's certificate ends; None when it has none that is valid.

    None too for an evaluator that this version of the platform knows no more.
    """
    primary = next(e for e in experiment.evaluators if e["name"] == experiment.primary_evaluator)
    try:
        if not build(primary["name"], primary["options"]).needs_model:
            return NOT_NEEDED
    except (UnknownEvaluator, InvalidEvaluatorOptions):
        return None
    held = find_admissible(
        session,
        experiment.workspace_id,
        primary["name"],
        primary["version"],
        judge_model_of(primary, experiment.judge_model),
    )
    if held is None or held.report["min_kappa"] < LEAST_KAPPA:
        return None
    return held.expires_at.date().isoformat()
