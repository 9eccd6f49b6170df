"""Stored results that an analysis may use: of its own experiments and of everybody's before.

Results are comparable when the golden examples, the evaluators with their versions and the judge
model are those of the analysis; the version, the model and the text say what was measured.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.experiments.derive import ArmSpec
from app.models import Experiment, ExperimentArm, ExperimentStatus
from app.verdicts.evidence import Evidence, Repeats, SideEvidence
from app.verdicts.loading import Place, load_pair

FINISHED = (ExperimentStatus.completed, ExperimentStatus.completed_with_errors)
MOST_EXPERIMENTS = 500  # the newest ones


def evaluators_used(
    session: Session, prompt_id: UUID, snapshot_hash: str, version_id: UUID
) -> list[dict[str, Any]]:
    """By what a version was last judged on these golden examples; none if it never was."""
    evaluators = session.scalar(
        select(Experiment.evaluators)
        .join(ExperimentArm, ExperimentArm.experiment_id == Experiment.id)
        .where(
            Experiment.prompt_id == prompt_id,
            Experiment.status.in_(FINISHED),
            Experiment.snapshot_hash == snapshot_hash,
            ExperimentArm.version_id == version_id,
            ExperimentArm.name.is_(None),
        )
        .order_by(Experiment.id.desc())
        .limit(1)
    )
    return [{"name": entry["name"], "options": entry["options"]} for entry in evaluators or ()]


class Source(NamedTuple):
    """Somebody's results of one arm; `own` are those of the analysis itself."""

    place: Place
    arm: ExperimentArm
    own: bool

    @property
    def repeats(self) -> int:
        return self.place.experiment.repeats


def experiments_like(
    session: Session,
    prompt_id: UUID,
    *,
    snapshot_hash: str,
    evaluators: list[dict[str, Any]],
    judge_model: str,
) -> Sequence[Experiment]:
    """Finished experiments of the prompt that measured by this yardstick, newest first."""
    return session.scalars(
        select(Experiment)
        .where(
            Experiment.prompt_id == prompt_id,
            Experiment.status.in_(FINISHED),
            Experiment.snapshot_hash == snapshot_hash,
            Experiment.evaluators == evaluators,
            Experiment.judge_model == judge_model,
        )
        .order_by(Experiment.id.desc())
        .limit(MOST_EXPERIMENTS)
    ).all()


def stock(session: Session, like: Experiment, analysis_id: UUID, least: float) -> list[Source]:
    """Every usable arm, the analysis's own first.

    What others left half done, with fewer than `least` examples scored, is not used; what the
    analysis ran itself is what there is. A text that is no version is known to the analysis that
    tried it, and to no other.
    """
    comparable = experiments_like(
        session,
        like.prompt_id,
        snapshot_hash=like.snapshot_hash,
        evaluators=like.evaluators,
        judge_model=like.judge_model,
    )
    experiments = {experiment.id: experiment for experiment in comparable}
    arms = session.scalars(
        select(ExperimentArm).where(ExperimentArm.experiment_id.in_(experiments))
    ).all()
    found = []
    for arm in arms:
        experiment = experiments[arm.experiment_id]
        own = experiment.follows == analysis_id
        found.append(Source(Place(experiment, arm.arm), arm, own))
    usable = [one for one in found if one.own or (one.arm.name is None and _scored(one) >= least)]
    newest_first = sorted(usable, key=lambda source: source.place.experiment.id, reverse=True)
    return sorted(newest_first, key=lambda source: not source.own)


def _scored(source: Source) -> int:
    rows = source.place.experiment.results or ()
    return sum(row["n"] for row in rows if row["arm"] == source.arm.arm)


def of(sources: Sequence[Source], spec: ArmSpec) -> list[Source]:
    """Those that ran this very text."""
    return [
        source
        for source in sources
        if (source.arm.version_id, source.arm.model, source.arm.name)
        == (spec.version_id, spec.model, spec.name)
    ]


def held(sources: Sequence[Source]) -> int:
    """Repeats of each example."""
    return sum(source.repeats for source in sources)


def enough(sources: Sequence[Source], repeats: int) -> list[Source]:
    """As many of them as it takes."""
    taken: list[Source] = []
    for source in sources:
        if held(taken) >= repeats:
            break
        taken.append(source)
    return taken


def pooled(session: Session, good: Sequence[Source], other: Sequence[Source]) -> Evidence:
    """One side against the other, the repeats of several experiments put together."""
    evidence = load_pair(session, good[0].place, other[0].place)
    before = [evidence.baseline] + [
        load_pair(session, source.place, other[0].place).baseline for source in good[1:]
    ]
    after = [evidence.candidate] + [
        load_pair(session, good[0].place, source.place).candidate for source in other[1:]
    ]
    return evidence.model_copy(
        update={"baseline": _side(before, held(good)), "candidate": _side(after, held(other))}
    )


def _side(sides: Sequence[SideEvidence], repeats: int) -> SideEvidence:
    """Scores side by side; cases added up; the cost of one repeat, as the other side says its."""
    states = {state for side in sides for state in side.states}
    costs = [side.cost_usd for side in sides if side.cost_usd is not None]
    return sides[0].model_copy(
        update={
            "scores": _together([side.scores for side in sides]),
            "states": {state: sum(side.states.get(state, 0) for side in sides) for state in states},
            "cost_usd": sum(costs) / repeats if len(costs) == len(sides) else None,
        }
    )


def _together(scores: Sequence[dict[str, list[Repeats]]]) -> dict[str, list[Repeats]]:
    names = sorted({name for side in scores for name in side})
    length = max((len(rows) for side in scores for rows in side.values()), default=0)
    return {
        name: [
            [
                score
                for side in scores
                for score in (side[name][at] if at < len(side.get(name, ())) else [])
            ]
            for at in range(length)
        ]
        for name in names
    }
