"""Evidence out of the stored results: of two arms of one experiment, or of two experiments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.judges.own_model import judge_model_of
from app.models import (
    CaseScore,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    ExperimentStatus,
    Result,
)
from app.verdicts.evidence import (
    Evidence,
    ExampleFacts,
    Repeats,
    Rerun,
    Sequential,
    SideEvidence,
    visited,
)
from app.verdicts.policy import BUILT_IN, HALLUCINATION, SCORE
from app.verdicts.standing import certified_until, find_noise

CONFIRMING = "confirm"  # the trigger of an experiment that runs critical examples again
Scores = dict[str, dict[int, Repeats]]  # metric → position → repeats


class Place(NamedTuple):
    """One arm of one experiment."""

    experiment: Experiment
    arm: int


class _Loaded(NamedTuple):
    """What all arms of one experiment share, and the scores by arm."""

    examples: list[ExampleFacts]
    scores: Mapping[int, Scores]
    judged_by: Mapping[int, Mapping[str, str]]
    arms: Mapping[int, ExperimentArm]


def load(
    session: Session, experiment: Experiment, baseline: int, candidates: Sequence[int]
) -> list[Evidence]:
    """For each candidate arm its evidence against the baseline arm of the same experiment."""
    loaded = _load(session, experiment, [baseline, *candidates])
    reruns = load_reruns(session, experiment)
    noise = find_noise(session, experiment)
    certified = certified_until(session, experiment)
    evidences = [
        Evidence(
            seed=experiment.seed,
            primary=experiment.primary_evaluator,
            examples=loaded.examples,
            baseline=_side(experiment, loaded, baseline),
            candidate=_side(experiment, loaded, candidate),
            reruns=[rerun for arm, rerun in reruns if arm == candidate],
            noise=noise,
            certified_until=certified,
            representative=is_representative(experiment),
        )
        for candidate in candidates
    ]
    sequential = _sequential(experiment)
    return [visited(found, sequential) for found in evidences] if sequential else evidences


def _sequential(experiment: Experiment) -> Sequential | None:
    """Where an adaptive experiment ended: where it was stopped, else at its last look."""
    plan, stopped = (experiment.options.get(name) for name in ("adaptive", "stopped"))
    if plan is None:
        return None
    looks = plan["looks"]
    number = stopped["look"] if stopped else len(looks)
    levels = looks[number - 1] if number else {}
    return Sequential(
        visited=stopped["visited"] if stopped else looks[-1]["examples"],
        planned=looks[-1]["examples"],
        looks=len(looks),
        look=number,
        bets=plan["bets"],
        worse=levels.get("worse"),
        within=levels.get("within"),
        calls_saved=stopped["saved_calls"] if stopped else 0,
    )


def load_pair(session: Session, baseline: Place, candidate: Place) -> Evidence:
    """Evidence across experiments: examples are those of the candidate, paired by their ids."""
    if baseline.experiment.id == candidate.experiment.id:
        return load(session, candidate.experiment, baseline.arm, [candidate.arm])[0]
    before = _load(session, baseline.experiment, [baseline.arm])
    after = _load(session, candidate.experiment, [candidate.arm])
    places = {example.id: example.position for example in before.examples}
    moved = {
        metric: {
            example.position: rows[places[example.id]]
            for example in after.examples
            if example.id in places and places[example.id] in rows
        }
        for metric, rows in before.scores[baseline.arm].items()
    }
    aligned = before._replace(examples=after.examples, scores={baseline.arm: moved})
    return Evidence(
        seed=candidate.experiment.seed,
        primary=candidate.experiment.primary_evaluator,
        examples=after.examples,
        baseline=_side(baseline.experiment, aligned, baseline.arm),
        candidate=_side(candidate.experiment, after, candidate.arm),
        noise=find_noise(session, candidate.experiment),
        certified_until=certified_until(session, candidate.experiment),
        representative=False,  # two runs at two times
    )


def is_representative(experiment: Experiment) -> bool:
    return bool(experiment.options.get("representative", False))


def _load(session: Session, experiment: Experiment, arms: Sequence[int]) -> _Loaded:
    found = session.scalars(
        select(ExperimentArm).where(
            ExperimentArm.experiment_id == experiment.id, ExperimentArm.arm.in_(arms)
        )
    )
    scores, judged_by = _scores(session, experiment, arms)
    return _Loaded(
        examples=_examples(session, experiment),
        scores=scores,
        judged_by=judged_by,
        arms={arm.arm: arm for arm in found},
    )


def _examples(session: Session, experiment: Experiment) -> list[ExampleFacts]:
    columns = (
        ExperimentExample.example_id,
        ExperimentExample.position,
        ExperimentExample.tags,
        ExperimentExample.critical,
    )
    rows = session.execute(
        select(*columns)
        .where(ExperimentExample.experiment_id == experiment.id)
        .order_by(ExperimentExample.position)
    )
    return [
        ExampleFacts(id=row.example_id, position=row.position, tags=row.tags, critical=row.critical)
        for row in rows
    ]


def _scores(
    session: Session, experiment: Experiment, arms: Sequence[int]
) -> tuple[dict[int, Scores], dict[int, dict[str, str]]]:
    """By arm: metric → position → repeats, and which version of each evaluator judged."""
    scores: dict[int, Scores] = {arm: defaultdict(dict) for arm in arms}
    versions: dict[int, dict[str, set[str]]] = {arm: defaultdict(set) for arm in arms}
    mine = (Result.experiment_id == experiment.id, Result.arm.in_(arms))

    def put(metric: str, row: Any, value: float | None) -> None:  # noqa: ANN401 - a row
        repeats = scores[row.arm][metric].setdefault(row.position, [None] * experiment.repeats)
        repeats[row.repeat] = value

    address = (Result.arm, Result.position, Result.repeat)
    for row in session.execute(
        select(*address, Result.score, Result.hallucination_rate).where(*mine)
    ):
        put(SCORE, row, row.score)
        if row.hallucination_rate is not None:
            put(HALLUCINATION, row, row.hallucination_rate)
    judged = (
        select(*address, CaseScore.evaluator, CaseScore.evaluator_version, CaseScore.value)
        .join(
            CaseScore,
            (CaseScore.experiment_id == Result.experiment_id)
            & (CaseScore.case_no == Result.case_no),
        )
        .where(*mine)
    )
    for score in session.execute(judged):
        versions[score.arm][score.evaluator].add(score.evaluator_version)
        if score.evaluator not in {experiment.primary_evaluator, *BUILT_IN}:
            put(score.evaluator, score, score.value)
    judged_by = {
        arm: {name: "+".join(sorted(found)) for name, found in by_name.items()}
        for arm, by_name in versions.items()
    }
    return scores, judged_by


def _side(experiment: Experiment, loaded: _Loaded, arm: int) -> SideEvidence:
    row = loaded.arms[arm]
    totals: Mapping[str, Any] = next(
        (found for found in experiment.results or [] if found["arm"] == arm), {}
    )
    cost = totals.get("cost_usd")
    return SideEvidence(
        experiment_id=experiment.id,
        arm=arm,
        version_id=row.version_id,
        version_number=row.version_number,
        name=row.name,
        model=row.model,
        parameters=row.parameters,
        snapshot_hash=experiment.snapshot_hash,
        judge_model=experiment.judge_model,
        judge_models=_own_judge_models(experiment),
        primary=experiment.primary_evaluator,
        evaluators=dict(loaded.judged_by[arm]) or _frozen_evaluators(experiment),
        states={state: n for state, n in totals.get("states", {}).items() if n},
        cost_usd=None if cost is None else float(cost),
        latency_p95_ms=totals.get("latency_ms", {}).get("p95"),
        scores={
            metric: [rows.get(example.position, []) for example in loaded.examples]
            for metric, rows in sorted(loaded.scores[arm].items())
        },
    )


def _frozen_evaluators(experiment: Experiment) -> dict[str, str]:
    return {evaluator["name"]: evaluator["version"] for evaluator in experiment.evaluators}


def _own_judge_models(experiment: Experiment) -> dict[str, str]:
    default = experiment.judge_model
    asked = {entry["name"]: judge_model_of(entry, default) for entry in experiment.evaluators}
    return {name: model for name, model in asked.items() if model != default}


def load_reruns(session: Session, parent: Experiment) -> list[tuple[int, Rerun]]:
    """What confirming experiments found, by the parent's candidate arm and position."""
    found = []
    children = session.scalars(
        select(Experiment)
        .where(
            Experiment.follows == parent.id,
            Experiment.trigger == CONFIRMING,
            Experiment.status.in_(
                [ExperimentStatus.completed, ExperimentStatus.completed_with_errors]
            ),
        )
        .order_by(Experiment.id)
    )
    positions = {example.id: example.position for example in _examples(session, parent)}
    for child in children:
        scores, _ = _scores(session, child, [0, 1])
        candidate_arm = int(child.options["confirms_arm"])
        found += [
            (candidate_arm, _rerun(positions[example.id], scores, example.position))
            for example in _examples(session, child)
        ]
    return found


def _rerun(place: int, scores: Mapping[int, Scores], position: int) -> Rerun:
    before, after = (scores[arm].get(SCORE, {}).get(position, []) for arm in (0, 1))
    return Rerun(position=place, baseline=before, candidate=after)


def find_places(session: Session, experiment: Experiment, version_id: UUID) -> list[Place]:
    """The arms of an experiment that ran a version as it is."""
    arms = session.scalars(
        select(ExperimentArm.arm)
        .where(
            ExperimentArm.experiment_id == experiment.id,
            ExperimentArm.version_id == version_id,
            ExperimentArm.name.is_(None),
        )
        .order_by(ExperimentArm.arm)
    )
    return [Place(experiment, arm) for arm in arms]
