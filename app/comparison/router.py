"""The verdict on two sides, and their cases side by side, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.comparison import one_case, rows, ruling, sides
from app.comparison.schemas import CaseDetail, CaseTable, Waiting
from app.comparison.sides import NAMED
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Line
from app.core.session import SessionDep
from app.experiments import service as experiments
from app.experiments.cases import Sort
from app.models import CaseState
from app.verdicts.policy import SCORE
from app.verdicts.schemas import Verdict

router = APIRouter(tags=["comparison"], responses=EVERYWHERE)
Reader = Annotated[Subject, requires(Scope.read)]
Named = Annotated[
    str,
    Query(pattern=NAMED, description="`{experiment}:{arm}`, or a version or an experiment."),
]
Candidates = Annotated[
    list[Annotated[str, Query(pattern=NAMED)]],
    Query(alias="candidate", min_length=1, max_length=3, description="Up to three, as above."),
]
Metric = Annotated[
    Line, Query(description="`score`, `failure`, `hallucination`, or an evaluator's name.")
]


@router.get("/compare", responses=responses(404))
def compare(subject: Reader, session: SessionDep, *, baseline: Named, candidate: Named) -> Verdict:
    """The verdict on a candidate: the same object the CLI, JUnit and a pull request show."""
    before, after = sides.find(session, subject, baseline, [candidate])
    return ruling.compare(session, before, after)


@router.get("/compare/cases", responses=responses(404))
def compare_cases(
    subject: Reader,
    session: SessionDep,
    *,
    baseline: Named,
    candidates: Candidates,
    metric: Metric = SCORE,
) -> CaseTable:
    """Every case of the sides, grouped as the verdict counts them; runs may still be going on."""
    places = sides.find(session, subject, baseline, candidates)
    return rows.compared(session, places, metric)


@router.get("/compare/cases/{example_id}", responses=responses(404))
def compare_one_case(
    example_id: UUID,
    subject: Reader,
    session: SessionDep,
    *,
    baseline: Named,
    candidates: Candidates,
) -> CaseDetail:
    """One example in full: what was asked, every repeat, every judgment, what people said."""
    places = sides.find(session, subject, baseline, candidates)
    return one_case.detail(session, places, example_id)


@router.get("/experiments/{experiment_id}/cases", responses=responses(404))
def experiment_cases(
    experiment_id: UUID,
    subject: Reader,
    session: SessionDep,
    *,
    sort: Sort = Sort.case,
    state: CaseState | Waiting | None = None,
    arm: Annotated[int | None, Query(ge=0, le=1000)] = None,
    metric: Metric = SCORE,
) -> CaseTable:
    """Every case of one experiment, its arms side by side, in a stable order while it runs."""
    experiment = experiments.get(session, subject, experiment_id)
    places = sides.of_experiment(session, experiment, arm)
    return rows.of_experiment(session, places, metric, sort=sort, state=state)
