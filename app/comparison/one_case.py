"""One example under each side, in full."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from app.comparison.arms import identities
from app.comparison.schemas import (
    AskedExample,
    CaseDetail,
    JudgedCase,
    JudgeStanding,
    Override,
    RepeatedCase,
    SideRepeats,
)
from app.core.errors import NotFound
from app.experiments.rejudge import TRIGGER
from app.judges.certificates import DECIDED
from app.judges.own_model import judge_model_of
from app.models import (
    CaseScore,
    Experiment,
    ExperimentExample,
    HumanLabel,
    JudgeCertificate,
    Result,
)
from app.prompts.version_schemas import Estimate
from app.verdicts.loading import Place

MOST_GENERATIONS = 50
ASKED = AskedExample.model_fields.keys() - {"id"}
SAID = Override.model_fields.keys() - {"label_id"}
OF_RESULT = RepeatedCase.model_fields.keys() - {"evaluations"}

Address = tuple[UUID, int]  # experiment, case
Labels = Mapping[tuple[UUID, int, str], HumanLabel]  # and evaluator


class NoSuchExample(NotFound):
    message = "None of these sides was asked an example with this id."


def detail(session: Session, places: Sequence[Place], example_id: UUID) -> CaseDetail:
    """What was asked, as the first candidate was asked it, and what each side made of it."""
    asked = _asked(session, places, example_id)
    order = [*places[1:], places[0]]
    first = next((p.experiment.id for p in order if p.experiment.id in asked), None)
    if first is None:
        raise NoSuchExample
    example = asked[first]
    results = _results(session, places, asked)
    judged = _judged(session, [result for found in results for result in found])
    labels = _labels(session, places, results)
    arms = identities(session, places)
    return CaseDetail(
        example=AskedExample.model_validate(
            {name: getattr(example, name) for name in ASKED} | {"id": example.example_id}
        ),
        sides=[
            SideRepeats(
                **arm,
                repeats=[_repeat(place.experiment, result, judged, labels) for result in found],
            )
            for place, arm, found in zip(places, arms, results, strict=True)
        ],
        judge=_standing(session, order[0].experiment),
    )


def _asked(
    session: Session, places: Sequence[Place], example_id: UUID
) -> dict[UUID, ExperimentExample]:
    """By experiment."""
    rows = session.scalars(
        select(ExperimentExample).where(
            ExperimentExample.experiment_id.in_({place.experiment.id for place in places}),
            ExperimentExample.example_id == example_id,
        )
    )
    return {row.experiment_id: row for row in rows}


def _results(
    session: Session, places: Sequence[Place], asked: Mapping[UUID, ExperimentExample]
) -> list[list[Result]]:
    """By side, in the order of their repeats; what is to be tried again has not run."""
    wanted = [
        (place.experiment.id, place.arm, asked[place.experiment.id].position)
        for place in places
        if place.experiment.id in asked
    ]
    rows = session.scalars(
        select(Result)
        .where(
            tuple_(Result.experiment_id, Result.arm, Result.position).in_(wanted),
            Result.retrying.is_(False),
        )
        .order_by(Result.case_no)
    )
    found: dict[tuple[UUID, int], list[Result]] = defaultdict(list)
    for row in rows:
        found[row.experiment_id, row.arm].append(row)
    return [found[place.experiment.id, place.arm] for place in places]


def _judged(session: Session, results: Sequence[Result]) -> Mapping[Address, list[CaseScore]]:
    addresses = [(result.experiment_id, result.case_no) for result in results]
    rows = session.scalars(
        select(CaseScore)
        .where(tuple_(CaseScore.experiment_id, CaseScore.case_no).in_(addresses))
        .order_by(CaseScore.evaluator)
    )
    found: dict[Address, list[CaseScore]] = defaultdict(list)
    for row in rows:
        found[row.experiment_id, row.case_no].append(row)
    return found


def _labels(
    session: Session, places: Sequence[Place], results: Sequence[Sequence[Result]]
) -> Labels:
    """The newest of each output and evaluator.

    An experiment that judges another's outputs again has that one's labels, as its case numbers
    mean the same outputs.
    """
    cases = {result.case_no for found in results for result in found}
    origins = _origins({place.experiment.id for place in places})
    rows = session.execute(
        select(origins.c.judging, HumanLabel)
        .join(origins, origins.c.id == HumanLabel.experiment_id)
        .where(HumanLabel.case_no.in_(cases))
        .ext(distinct_on(origins.c.judging, HumanLabel.case_no, HumanLabel.evaluator))
        .order_by(
            origins.c.judging,
            HumanLabel.case_no,
            HumanLabel.evaluator,
            origins.c.generation,
            HumanLabel.updated_at.desc(),
        )
    )
    return {(judging, label.case_no, label.evaluator): label for judging, label in rows}


def _origins(experiment_ids: set[UUID]) -> Any:  # noqa: ANN401 - a recursive CTE
    """Each experiment, and those whose outputs it judges again: (judging, id, generation)."""
    own = select(
        Experiment.id.label("judging"),
        Experiment.id,
        Experiment.trigger,
        Experiment.follows,
        literal(0).label("generation"),
    ).where(Experiment.id.in_(experiment_ids))
    chain = own.cte("origins", recursive=True)
    before = aliased(Experiment)
    return chain.union_all(
        select(
            chain.c.judging,
            before.id,
            before.trigger,
            before.follows,
            chain.c.generation + 1,
        )
        .join(before, before.id == chain.c.follows)
        .where(chain.c.trigger == TRIGGER, chain.c.generation < MOST_GENERATIONS)
    )


def _repeat(
    experiment: Experiment,
    result: Result,
    judged: Mapping[Address, Sequence[CaseScore]],
    labels: Labels,
) -> RepeatedCase:
    address = (result.experiment_id, result.case_no)
    plain = {name: getattr(result, name) for name in OF_RESULT}
    return RepeatedCase(
        **plain,
        evaluations=[
            _evaluation(experiment, score, labels.get((*address, score.evaluator)))
            for score in judged[address]
        ],
    )


def _evaluation(experiment: Experiment, score: CaseScore, label: HumanLabel | None) -> JudgedCase:
    rate = score.hallucination_rate
    return JudgedCase(
        evaluator=score.evaluator,
        version=score.evaluator_version,
        score=score.value,
        hallucination_rate=rate,
        hallucination=None if rate is None else rate > 0,
        reason=score.reason,
        state=score.state,
        raw_reply=score.details.get("raw"),
        claims=score.claims,
        is_primary=score.evaluator == experiment.primary_evaluator,
        overridden_by=_override(label) if label else None,
    )


def _override(label: HumanLabel) -> Override:
    said = {name: getattr(label, name) for name in SAID}
    return Override(label_id=label.id, **said)


def _standing(session: Session, experiment: Experiment) -> JudgeStanding | None:
    """From the newest examination of the primary judge, whatever it came to."""
    primary = next(e for e in experiment.evaluators if e["name"] == experiment.primary_evaluator)
    examined = session.scalar(
        select(JudgeCertificate)
        .where(
            JudgeCertificate.workspace_id == experiment.workspace_id,
            JudgeCertificate.evaluator == primary["name"],
            JudgeCertificate.evaluator_version == primary["version"],
            JudgeCertificate.judge_model == judge_model_of(primary, experiment.judge_model),
            JudgeCertificate.report["state"].astext == DECIDED,
        )
        .order_by(JudgeCertificate.id.desc())
        .limit(1)
    )
    if examined is None:
        return None
    kappa = examined.report.get("kappa")
    return JudgeStanding(
        evaluator=experiment.primary_evaluator,
        kappa=Estimate(**kappa, n=examined.n) if kappa else None,
    )
