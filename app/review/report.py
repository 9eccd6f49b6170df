"""How far a judge can be believed, measured by what people said of the same outputs.

A judge and people are asked the same yes-or-no question of each output. Where the evaluator
measures hallucination it is: does it hallucinate at all? Else: does it fail, scoring below 0.5?
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.judges.own_model import judge_model_of
from app.models import CaseScore, Experiment, LabelSample
from app.review import labels, samples
from app.review.labels import Opinion
from app.review.lineage import entry_of, sharing_outputs

if TYPE_CHECKING:
    from app.statistics.agreement import Agreement
    from app.statistics.estimates import Estimate
    from app.statistics.judge_error import JudgeErrors

FEWEST_RANDOM = 20  # labels of a random sample; below, a normal interval is too short


class Question(StrEnum):
    hallucinated = "hallucinated"
    failed = "failed"


class Corrected(NamedTuple):
    """The rate people would have found, or why it cannot be told.

    `judge_weight` is how far the judge was believed, from 0 to 1.
    """

    estimate: "Estimate | None"
    judge_weight: float | None
    because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One judge's flags and people's on the outputs of one experiment, by case."""

    experiment: Experiment
    entry: Mapping[str, Any]
    question: Question
    states: Mapping[str, int]
    judge: Mapping[int, bool]
    people: Mapping[int, Opinion]
    sample: LabelSample | None

    @property
    def evaluator(self) -> str:
        return str(self.entry["name"])

    @property
    def judge_model(self) -> str:
        return judge_model_of(self.entry, self.experiment.judge_model)

    @property
    def compared(self) -> list[int]:
        """Cases that both have judged."""
        return sorted(self.judge.keys() & self.people.keys())

    @property
    def random(self) -> list[int]:
        """Those of them that were drawn."""
        drawn = self.sample.cases if self.sample else []
        return [case_no for case_no in drawn if case_no in self.judge and case_no in self.people]

    def human(self, case_no: int) -> bool:
        opinion = self.people[case_no]
        return opinion.hallucinated if self.question is Question.hallucinated else opinion.failed


def standing(session: Session, experiment: Experiment, evaluator: str) -> Standing:
    """Reads both sides; raises a 422 for an evaluator this experiment was not judged by."""
    entry = entry_of(experiment, evaluator)
    rows = session.execute(
        select(
            CaseScore.case_no, CaseScore.state, CaseScore.value, CaseScore.hallucination_rate
        ).where(
            CaseScore.workspace_id == experiment.workspace_id,
            CaseScore.experiment_id == experiment.id,
            CaseScore.evaluator == evaluator,
        )
    ).all()
    scored = [row for row in rows if row.value is not None]
    measures = any(row.hallucination_rate is not None for row in scored)
    return Standing(
        experiment=experiment,
        entry=entry,
        question=Question.hallucinated if measures else Question.failed,
        states=Counter(row.state for row in rows),
        judge={
            row.case_no: (row.hallucination_rate or 0) > 0 if measures else row.value < 0.5
            for row in scored
        },
        people=labels.opinions(session, experiment, evaluator),
        sample=_sample(session, experiment, evaluator),
    )


def _sample(session: Session, experiment: Experiment, evaluator: str) -> LabelSample | None:
    """The last one drawn from these outputs, under this judge or one that judged them before."""
    for generation in sharing_outputs(session, experiment):
        found = samples.find_latest(session, generation, evaluator)
        if found is not None:
            return found
    return None


def errors_of(found: Standing, cases: Sequence[int]) -> "JudgeErrors":
    """The judge's flags against people's; positive is a flag."""
    from app.statistics.judge_error import judge_errors  # noqa: PLC0415 - SciPy costs 0.2 s

    return judge_errors(
        [found.judge[case_no] for case_no in cases], [found.human(case_no) for case_no in cases]
    )


def kappa_of(found: Standing) -> "Agreement | None":
    """Cohen's kappa over all labels; None where there is nothing to agree on."""
    from app.statistics.agreement import cohen_kappa, cross_table  # noqa: PLC0415 - as above

    cases = found.compared
    table = cross_table(
        [found.judge[case_no] for case_no in cases],
        [found.human(case_no) for case_no in cases],
        [True, False],
    )
    return cohen_kappa(table, seed=found.experiment.seed % 2**32)


def raw_rate(found: Standing) -> "Estimate | None":
    """The share of judged outputs the judge flags."""
    from app.statistics.estimates import rate_interval  # noqa: PLC0415 - as above

    return rate_interval(sum(found.judge.values()), len(found.judge))


def corrected_rate(found: Standing) -> Corrected:
    """The judge's rate corrected by a random sample's labels (PPI++), or people's own of all."""
    from app.statistics.estimates import rate_interval  # noqa: PLC0415 - as above
    from app.statistics.judge_error import corrected_mean  # noqa: PLC0415 - as above

    lack = _lack(found)
    if lack is not None:
        return Corrected(None, None, lack)
    known = found.random
    truth = [float(found.human(case_no)) for case_no in known]
    elsewhere = found.judge.keys() - set(known)
    if not elsewhere:
        return Corrected(rate_interval(int(sum(truth)), len(truth)), 0.0, None)
    corrected = corrected_mean(
        truth,
        [float(found.judge[case_no]) for case_no in known],
        [float(found.judge[case_no]) for case_no in sorted(elsewhere)],
    )
    assert corrected is not None  # there are labels enough, and cases elsewhere
    return Corrected(corrected.estimate, corrected.judge_weight, None)


def rogan_gladen_rate(found: Standing) -> Corrected:
    """The correction by sensitivity and specificity, where it is good for anything."""
    from app.statistics.judge_error import (  # noqa: PLC0415 - as above
        ENOUGH_OF_EACH,
        INFORMATIVE,
        rogan_gladen,
    )

    lack = _lack(found)
    if lack is not None:
        return Corrected(None, None, lack)
    known = found.random
    elsewhere = [flag for case_no, flag in found.judge.items() if case_no not in set(known)]
    corrected = rogan_gladen(errors_of(found, known), sum(elsewhere), len(elsewhere))
    if corrected is None or not corrected.may_be_shown:
        return Corrected(
            None,
            None,
            f"It needs {ENOUGH_OF_EACH} labels of either kind and a judge whose sensitivity and "
            f"specificity add up to at least {1 + INFORMATIVE}; else its interval says nothing.",
        )
    return Corrected(corrected.estimate, None, None)


def _lack(found: Standing) -> str | None:
    """Why a rate cannot be corrected, as a sentence."""
    sample = found.sample
    if sample is None:
        return (
            "No random sample was drawn; POST /experiments/{id}/label-sample draws one. Labels "
            "of outputs people picked say nothing of the rest."
        )
    if sample.population != len(found.judge) or not set(sample.cases) <= found.judge.keys():
        return "The sample was drawn from other judged cases than there are now; draw another one."
    known = len(found.random)
    if known < FEWEST_RANDOM and known < len(found.judge):
        return (
            f"{known} cases of the sample are labelled; {FEWEST_RANDOM} are needed, or all "
            "that were judged."
        )
    return None
