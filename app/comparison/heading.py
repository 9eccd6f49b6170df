"""What stands over the cases: which prompt, which runs, who judged."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.comparison.arms import identities
from app.comparison.line import evaluators_of
from app.comparison.schemas import NamedPrompt, PrimaryJudge
from app.evaluators.catalogue import describe
from app.judges.own_model import judge_model_of
from app.models import Experiment, Prompt, PromptLabel
from app.verdicts.loading import Place


def of_table(session: Session, places: Sequence[Place]) -> dict[str, Any]:
    """The fields of `CaseTable` that say what the first candidate's cases are."""
    experiment = places[min(1, len(places) - 1)].experiment
    prompt = session.execute(
        select(Prompt.id, Prompt.name).where(Prompt.id == experiment.prompt_id)
    ).one()
    return {
        "prompt": NamedPrompt.model_validate(prompt),
        "snapshot_hash": experiment.snapshot_hash,
        "judge": _judge(experiment),
        "evaluators": sorted(evaluators_of(places)),
    }


def of_sides(session: Session, places: Sequence[Place]) -> list[dict[str, Any]]:
    """The fields of `SideTotals` that say which run it is."""
    arms = identities(session, places)
    labels = _labels(session, {arm["version_id"] for arm in arms})
    return [
        {
            **arm,
            "labels": labels[arm["version_id"]] if arm["name"] is None else [],
            "experiment_name": place.experiment.name,
            "status": place.experiment.status,
            "created_at": place.experiment.created_at,
        }
        for place, arm in zip(places, arms, strict=True)
    ]


def _judge(experiment: Experiment) -> PrimaryJudge:
    primary = next(e for e in experiment.evaluators if e["name"] == experiment.primary_evaluator)
    asks = primary["name"] in _asking_a_model()
    return PrimaryJudge(
        evaluator=primary["name"],
        version=primary["version"],
        model=judge_model_of(primary, experiment.judge_model) if asks else None,
    )


@lru_cache
def _asking_a_model() -> frozenset[str]:
    return frozenset(info.name for info in describe() if info.needs_model)


def _labels(session: Session, version_ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    rows = session.execute(
        select(PromptLabel.version_id, PromptLabel.name)
        .where(PromptLabel.version_id.in_(version_ids))
        .order_by(PromptLabel.name)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for version_id, name in rows:
        found[version_id].append(name)
    return found
