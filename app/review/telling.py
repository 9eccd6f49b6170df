"""A judge's standing as the API tells it."""

from typing import TYPE_CHECKING

from app.review import report as reports
from app.review.report import Corrected, Standing
from app.review.schemas import (
    Confusion,
    CorrectedRead,
    JudgeReport,
    Measured,
    RateRead,
)

if TYPE_CHECKING:
    from app.statistics.estimates import Estimate


def judge_report(found: Standing) -> JudgeReport:
    """Confusion, agreement and rates; what cannot be told is null, with the reason beside it."""
    cases = found.compared
    errors = reports.errors_of(found, cases)
    kappa = reports.kappa_of(found)
    flagged = sum(found.human(case_no) for case_no in cases)
    return JudgeReport(
        experiment_id=found.experiment.id,
        evaluator=found.evaluator,
        evaluator_version=str(found.entry["version"]),
        judge_model=found.judge_model,
        question=found.question,
        states=dict(found.states),
        labels=len(cases),
        labelled_unjudged=len(found.people.keys() - found.judge.keys()),
        drawn_at_random=len(found.random),
        confusion=Confusion.model_validate(errors),
        sensitivity=_measured(errors.sensitivity()),
        specificity=_measured(errors.specificity()),
        raw_agreement=(
            (errors.true_positives + errors.true_negatives) / len(cases) if cases else None
        ),
        prevalence=flagged / len(cases) if cases else None,
        kappa=(
            Measured(value=kappa.coefficient, interval=[kappa.low, kappa.high], n=kappa.n)
            if kappa
            else None
        ),
        rate=RateRead(
            judge=_measured(reports.raw_rate(found)),
            corrected=_corrected(reports.corrected_rate(found)),
            rogan_gladen=_corrected(reports.rogan_gladen_rate(found)),
        ),
    )


def _measured(estimate: "Estimate | None") -> Measured | None:
    if estimate is None:
        return None
    return Measured(value=estimate.mean, interval=[estimate.low, estimate.high], n=estimate.n)


def _corrected(corrected: Corrected) -> CorrectedRead:
    estimate = corrected.estimate
    return CorrectedRead(
        value=estimate.mean if estimate else None,
        interval=[estimate.low, estimate.high] if estimate else None,
        n=estimate.n if estimate else None,
        judge_weight=corrected.judge_weight,
        because=corrected.because,
    )
