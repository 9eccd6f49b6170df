"""What every probe of one step needs, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.analyses import sources
from app.analyses.outcomes import Probe
from app.analyses.question import Question, Spent
from app.analyses.sources import Source
from app.core.config import get_settings
from app.experiments.derive import ArmSpec
from app.models import Analysis, Experiment, ExperimentExample, PromptVersion
from app.prompts import rendering
from app.runs.worst_case import judges_of


@dataclass(slots=True, kw_only=True)
class Search:
    """One analysis, where it stands; `probes` are those decided, by key, in their order."""

    session: Session
    analysis: Analysis
    question: Question
    root: Experiment
    examples: int
    calls_per_case: int
    children: Sequence[Experiment]
    stock: list[Source]
    spent: Spent
    good: PromptVersion
    bad: PromptVersion
    probes: dict[str, Probe] = field(default_factory=dict)

    @property
    def calls_per_version(self) -> int:
        return self.examples * self.calls_per_case

    def spec(self, version: PromptVersion) -> ArmSpec:
        return spec_of(version, self.question.model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is tried; `key` names it for as long as the analysis lasts."""

    key: str
    what: str
    spec: ArmSpec


def spec_of(version: PromptVersion, model: str | None) -> ArmSpec:
    return ArmSpec(
        version_id=version.id,
        version_number=version.number,
        model=model or version.model or get_settings().default_model,
        template=rendering.frozen(version),
        parameters=version.parameters,
    )


def target_of(search: Search, version: PromptVersion) -> Target:
    return Target(key=str(version.id), what=f"v{version.number}", spec=search.spec(version))


def open_search(session: Session, analysis: Analysis) -> Search:
    question = Question.model_validate(analysis.asked)
    root = session.get_one(Experiment, question.experiment_id)
    children = session.scalars(
        select(Experiment).where(Experiment.follows == analysis.id).order_by(Experiment.id)
    ).all()
    examples = session.scalar(
        select(func.count())
        .select_from(ExperimentExample)
        .where(ExperimentExample.experiment_id == root.id)
    )
    return Search(
        session=session,
        analysis=analysis,
        question=question,
        root=root,
        examples=examples or 0,
        calls_per_case=calls_per_case(root.evaluators, root.judge_model),
        children=children,
        stock=sources.stock(session, root, analysis.id, _least(examples or 0, question)),
        spent=spent_by(session, analysis.id),
        good=session.get_one(PromptVersion, question.good.id),
        bad=session.get_one(PromptVersion, question.bad.id),
        probes={
            stored["key"]: Probe.model_validate(stored["probe"])
            for stored in analysis.memory.get("probes", ())
        },
    )


def _least(examples: int, question: Question) -> float:
    """Scored examples below which somebody else's results are not used."""
    return examples * (1 - question.policy.policy.error_tolerance)


def calls_per_case(evaluators: Sequence[Mapping[str, Any]], judge_model: str) -> int:
    """The version's own and one for each evaluator that asks a model."""
    return 1 + len(judges_of(evaluators, judge_model))


def spent_by(session: Session, analysis_id: UUID) -> Spent:
    """Confirmations of critical examples follow the experiments and count as well."""
    children = select(Experiment.id).where(Experiment.follows == analysis_id)
    row = session.execute(
        select(
            func.coalesce(func.sum(Experiment.calls), 0),
            func.coalesce(func.sum(Experiment.cost_usd + Experiment.cost_estimated), 0),
            func.coalesce(func.bool_or(Experiment.cost_unknown), False),
        ).where(or_(Experiment.follows == analysis_id, Experiment.follows.in_(children)))
    ).one()
    return Spent(calls=row[0], cost_usd=row[1], cost_unknown=row[2])
