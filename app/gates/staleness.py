"""Whether a baseline's golden examples, evaluators and judge model are still those of today."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.config import get_settings
from app.evaluators.base import InvalidEvaluatorOptions, UnknownEvaluator, build
from app.golden.snapshot import snapshot_hash
from app.models import Baseline, Experiment, ExperimentExample, GoldenExample

Examples = Mapping[UUID, GoldenExample]  # of one prompt, today's


def stale_because(session: Session, baselines: Sequence[Baseline]) -> dict[UUID, list[str]]:
    """Sentences for each baseline, none for one that still holds."""
    wanted = {baseline.experiment_id for baseline in baselines}
    experiments = {
        row.id: row for row in session.scalars(select(Experiment).where(Experiment.id.in_(wanted)))
    }
    frozen = _frozen(session, wanted)
    examples = {
        prompt_id: _examples(session, prompt_id)
        for prompt_id in {baseline.prompt_id for baseline in baselines}
    }
    return {
        baseline.id: [
            *_examples_changed(
                experiments[baseline.experiment_id],
                frozen[baseline.experiment_id],
                examples[baseline.prompt_id],
            ),
            *_judging_changed(experiments[baseline.experiment_id]),
        ]
        for baseline in baselines
    }


def _frozen(session: Session, experiment_ids: set[UUID]) -> dict[UUID, list[UUID]]:
    """The examples each experiment froze, in its order."""
    rows = session.execute(
        select(ExperimentExample.experiment_id, ExperimentExample.example_id)
        .where(ExperimentExample.experiment_id.in_(experiment_ids))
        .order_by(ExperimentExample.experiment_id, ExperimentExample.position)
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        found[row.experiment_id].append(row.example_id)
    return found


def _examples(session: Session, prompt_id: UUID) -> Examples:
    rows = session.scalars(select(GoldenExample).where(GoldenExample.prompt_id == prompt_id))
    return {row.id: row for row in rows}


def _examples_changed(
    experiment: Experiment, frozen: Sequence[UUID], today: Examples
) -> Iterator[str]:
    """An added example counts where the experiment ran all there were, not where it chose some."""
    same = [today[example_id] for example_id in frozen if example_id in today]
    if snapshot_hash(same) != experiment.snapshot_hash:
        yield "Golden examples it was measured on were changed or deleted since."
    left_out = [today[example_id] for example_id in today.keys() - set(frozen)]
    added = [example for example in left_out if example.created_at > experiment.created_at]
    if added and len(added) == len(left_out):
        yield f"It was not measured on the golden examples added since: {len(added)}."


def _judging_changed(experiment: Experiment) -> Iterator[str]:
    asks_judge = False
    for entry in experiment.evaluators:
        try:
            evaluator = build(entry["name"], entry["options"])
        except (UnknownEvaluator, InvalidEvaluatorOptions) as error:
            yield f"What judged it cannot judge any more: {error}"
            continue
        asks_judge |= evaluator.needs_model and not entry.get("judge_model")
        if evaluator.version != entry["version"]:
            yield (
                f"{entry['name']} is at version {evaluator.version} now; "
                f"version {entry['version']} judged it."
            )
    judge = get_settings().judge
    if asks_judge and judge != experiment.judge_model:
        yield f"The judge model is {judge} now; {experiment.judge_model} judged it."
