"""The parts of a report out of the database."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.experiments.cases import rows
from app.experiments.schemas import ArmResult
from app.models import (
    FINAL,
    CaseScore,
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentStatus,
    Prompt,
    Result,
    VerdictRecord,
)
from app.reports.report import Arm, Case, Header, Report, Score
from app.verdicts.schemas import Verdict

BATCH = 200  # cases in memory at a time: 0.5 MB as they mostly are, 40 MB of the longest texts

Rows = Sequence[Row[Any]]
Read = Callable[[Select[*tuple[Any, ...]]], Rows]


def load(session: Session, experiment: Experiment) -> Report:
    """All but the cases."""
    prompt = session.scalars(select(Prompt.name).where(Prompt.id == experiment.prompt_id)).one()
    return Report(
        experiment=_header(experiment, prompt),
        arms=_arms(session, experiment),
        verdicts=_verdicts(session, experiment),
    )


def _header(experiment: Experiment, prompt: str) -> Header:
    return Header(
        id=experiment.id,
        name=experiment.name,
        prompt=prompt,
        status=ExperimentStatus(experiment.status),  # the column gives its text
        ended=experiment.status in FINAL,
        created_at=experiment.created_at,
        url=f"{get_settings().public_url}/experiments/{experiment.id}",
        baseline_arm=experiment.baseline_arm,
        primary=experiment.primary_evaluator,
        evaluators={item["name"]: str(item["version"]) for item in experiment.evaluators},
        judge_model=experiment.judge_model,
        repeats=experiment.repeats,
        seed=experiment.seed,
        snapshot_hash=experiment.snapshot_hash,
        cases=experiment.planned,
        calls=experiment.calls,
        tokens_in=experiment.tokens_in,
        tokens_out=experiment.tokens_out,
        cost_usd=None if experiment.cost_unknown else experiment.cost_usd,
        cost_estimated=experiment.cost_estimated,
    )


def _arms(session: Session, experiment: Experiment) -> list[Arm]:
    found = session.scalars(
        select(ExperimentArm)
        .where(ExperimentArm.experiment_id == experiment.id)
        .order_by(ExperimentArm.arm)
    ).all()
    results = {row["arm"]: ArmResult.model_validate(row) for row in experiment.results or []}
    names = [arm.name or f"v{arm.version_number}" for arm in found]
    return [
        Arm(
            number=arm.arm,
            label=name if names.count(name) == 1 else f"{name} with {arm.model}",
            model=arm.model,
            result=results.get(arm.arm),
        )
        for arm, name in zip(found, names, strict=True)
    ]


def _verdicts(session: Session, experiment: Experiment) -> list[Verdict]:
    """Each candidate's newest."""
    contents = session.scalars(
        select(VerdictRecord.content)
        .where(
            VerdictRecord.workspace_id == experiment.workspace_id,
            VerdictRecord.experiment_id == experiment.id,
            VerdictRecord.baseline_arm == experiment.baseline_arm,
        )
        .ext(distinct_on(VerdictRecord.candidate_arm))
        .order_by(VerdictRecord.candidate_arm, VerdictRecord.id.desc())
    ).all()
    return [Verdict.model_validate(content) for content in contents]


def in_transaction(session: Session) -> Read:
    return lambda wanted: session.execute(wanted).all()


def in_own_transactions(subject: Subject) -> Read:
    """A transaction for each batch: a slow reader of a stream holds no connection."""

    def read(wanted: Select[*tuple[Any, ...]]) -> Rows:
        with unit_of_work(subject.workspace_id) as session:
            return session.execute(wanted).all()

    return read


def all_cases(experiment: Experiment, read: Read) -> Iterator[Case]:
    for first in range(0, experiment.planned, BATCH):
        yield from _cases(
            read, rows(experiment).where(Result.case_no.between(first, first + BATCH - 1))
        )


def cases_at(experiment: Experiment, read: Read, places: Collection[tuple[int, int]]) -> list[Case]:
    """The cases of these (arm, position), all repeats."""
    chosen = tuple_(Result.arm, Result.position).in_(places)
    return list(_cases(read, rows(experiment).where(chosen))) if places else []


def _cases(read: Read, wanted: Select[*tuple[Any, ...]]) -> Iterator[Case]:
    found = read(wanted.order_by(Result.case_no, CaseScore.evaluator))
    for _, judged in groupby(found, key=lambda row: row.case_no):
        yield _case(list(judged))


def _case(judged: Rows) -> Case:
    row = judged[0]._mapping  # noqa: SLF001 - public in SQLAlchemy; the underscore avoids columns' names
    own = {name: row[name] for name in Case.__slots__ if name != "scores"}
    own["state"] = CaseState(row["state"])
    return Case(**own, scores=tuple(_score(item) for item in judged if item.evaluator is not None))


def _score(row: Row[Any]) -> Score:
    return Score(
        evaluator=row.evaluator,
        version=row.evaluator_version,
        state=row.evaluator_state,
        value=row.score,
        hallucination_rate=row.hallucination_rate,
        reason=row.reason,
        claims=row.claims,
    )
