"""An experiment whose outputs were made elsewhere, such as by a test run.

Nothing is generated. With evaluators the outputs wait to be judged, as in `rejudge.py`; without,
the recorded scores are the results and the experiment ends at once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import func
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.errors import invalid
from app.experiments import dispatch, plan, rejudge, service
from app.experiments import recorded_rows as rows
from app.experiments.recorded_rows import Answer, Case
from app.experiments.selection import (
    Arm,
    GoldenChoice,
    arms_of,
    choose_examples,
    choose_versions,
    find_prompt,
    labels_of,
)
from app.golden.snapshot import snapshot_hash
from app.models import Experiment, ExperimentStatus, GoldenExample, Prompt
from app.runs.service import check_evaluators, check_model
from app.runs.worst_case import Tariff

TRIGGER = "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    prompt: UUID | str
    name: str
    version: str | int
    answers: Sequence[Answer]
    evaluators: Sequence[Mapping[str, Any]] = ()
    primary: str | None = None  # the recorded score that counts, where there are no evaluators
    model: str | None = None  # what made the outputs; the version's own unless said
    tags: Sequence[str] = ()
    git: Mapping[str, Any] | None = None


class _Made(NamedTuple):
    """A checked recording."""

    prompt: Prompt
    arm: Arm
    examples: list[GoldenExample]
    cases: list[Case]
    repeats: int
    evaluators: list[dict[str, Any]]


def record(session: Session, subject: Subject, recording: Recording) -> Experiment:
    """Keeps it; raises 404 for an unknown prompt, 422 for what does not fit together."""
    made = _made(session, subject, recording)
    experiment = _experiment(subject, recording, made, plan.tariff_of(session, subject))
    session.add(experiment)
    session.flush()
    rows.insert_plan(session, experiment, made.arm, made.examples)
    service.cut(session, experiment)
    rows.insert_cases(session, experiment, made.cases, recording.primary)
    rejudge.finish_empty_shards(session, experiment)
    dispatch.wake(session, experiment)
    dispatch.close_if_done(session, experiment.id)
    audit.record(
        session,
        subject,
        AuditTag.experiment_started,
        object_id=experiment.id,
        after={"name": recording.name, "prompt": made.prompt.name, "recorded": len(made.cases)},
    )
    return experiment


def _made(session: Session, subject: Subject, recording: Recording) -> _Made:
    prompt = find_prompt(session, subject, recording.prompt)
    (version,) = choose_versions(session, prompt, [recording.version], labels_of(session, prompt))
    (arm,) = arms_of([version], [recording.model] if recording.model else [])
    examples = _examples(session, prompt, recording.answers)
    cases, repeats = _cases(prompt, recording.answers, examples)
    return _Made(prompt, arm, examples, cases, repeats, _evaluators(session, subject, recording))


def _evaluators(session: Session, subject: Subject, recording: Recording) -> list[dict[str, Any]]:
    """Those asked for; else the recorded scores, first the one that counts."""
    recorded = {name for answer in recording.answers for name in answer.scores}
    if recording.primary is not None:
        names = [recording.primary, *sorted(recorded - {recording.primary})]
        return [{"name": name, "options": {}, "version": rows.VERSION} for name in names]
    found = check_evaluators(session, subject, recording.evaluators)
    both = recorded & {entry["name"] for entry in found}
    if both:
        raise invalid("#/evaluators", f"{min(both)} is recorded and asked for; leave one out.")
    return found


def _examples(session: Session, prompt: Prompt, answers: Sequence[Answer]) -> list[GoldenExample]:
    """In the order they are first named; what is no golden example does not become one."""
    wanted = [answer.example_id for answer in answers if answer.example_id is not None]
    found = choose_examples(session, prompt, GoldenChoice(ids=wanted)) if wanted else []
    golden = {example.id: example for example in found}
    examples: dict[UUID, GoldenExample] = {}
    for answer in answers:
        example_id = _id(prompt, answer)
        if example_id not in examples:
            examples[example_id] = golden.get(example_id) or _made_elsewhere(example_id, answer)
    return list(examples.values())


def _id(prompt: Prompt, answer: Answer) -> UUID:
    return answer.example_id or uuid5(prompt.id, answer.key or "")


def _made_elsewhere(example_id: UUID, answer: Answer) -> GoldenExample:
    return GoldenExample(
        id=example_id,
        input_data=dict(answer.input_data),
        expected_output=answer.expected_output,
        context=answer.context,
        criteria=None,
        tags=[],
        weight=1.0,
        critical=False,
    )


def _cases(
    prompt: Prompt, answers: Sequence[Answer], examples: Sequence[GoldenExample]
) -> tuple[list[Case], int]:
    """In the order of their numbers; refuses examples with more repeats than others."""
    places = {example.id: position for position, example in enumerate(examples)}
    seen: Counter[int] = Counter()
    cases = []
    for answer in answers:
        position = places[_id(prompt, answer)]
        cases.append(Case(answer, position, seen[position]))
        seen[position] += 1
    if len(set(seen.values())) > 1:
        raise invalid("#/cases", "Every example needs the same number of cases, one a repeat.")
    return sorted(cases, key=lambda case: (case.position, case.repeat)), seen[0]


def _experiment(subject: Subject, recording: Recording, made: _Made, tariff: Tariff) -> Experiment:
    snapshot = snapshot_hash(made.examples)
    judge_model = check_model(get_settings().judge, "#/evaluators")
    outputs = sum(case.answer.output is not None for case in made.cases)
    judging = (
        plan.judging_costs(made.evaluators, judge_model, outputs, tariff)
        if recording.evaluators
        else []
    )
    known = [cost for cost in judging if cost is not None]
    return Experiment(
        id=new_id(),
        workspace_id=subject.workspace_id,
        prompt_id=made.prompt.id,
        name=recording.name,
        status=ExperimentStatus.pending,
        trigger=TRIGGER,
        repeats=made.repeats,
        seed=int(snapshot[:12], 16),
        evaluators=made.evaluators,
        primary_evaluator=made.evaluators[0]["name"],
        judge_model=judge_model,
        concurrency=service.DEFAULT_CONCURRENCY,
        tags=list(recording.tags),
        git=dict(recording.git) if recording.git else None,
        options={"recorded": True, "representative": False},  # examples are its caller's choice
        snapshot_hash=snapshot,
        plan={
            "cases": len(made.cases),
            "calls": outputs * len(judging),
            "cost_usd_estimate": str(sum(known)) if len(known) == len(judging) else None,
            "minimum_detectable_difference": None,
        },
        planned=len(made.cases),
        counts=rows.counts(made.cases, recording.primary),
        created_by=subject.label,
        api_key_id=subject.key_id,
        started_at=func.clock_timestamp(),
    )
