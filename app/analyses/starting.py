"""How an analysis starts: the question is frozen, and by which yardstick it is measured.

The yardstick is an experiment: its golden examples, evaluators and judge. One that was measured
before by the same is taken, so that its results count; else the first one starts here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.analyses import sources
from app.analyses.hunks import difference
from app.analyses.question import Question, VersionRef
from app.analyses.running import PROBE
from app.audit import AuditTag
from app.core import lease
from app.core.celery_app import Task
from app.core.clock import new_id
from app.core.errors import Invalid, invalid
from app.core.queue import enqueue
from app.experiments import plan, selection
from app.experiments import service as experiments
from app.experiments.plan import Plan, Request
from app.experiments.selection import EVERYTHING, GoldenChoice
from app.golden.snapshot import snapshot_hash
from app.models import Analysis, AnalysisKind, Experiment, Prompt, PromptVersion
from app.verdicts.policy import PolicyInForce
from app.verdicts.schemas import InForce

POINTERS = {"#/versions/0": "#/good", "#/versions/1": "#/bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a caller wants to know, and what may be spent on it."""

    good: str | int
    bad: str | int
    golden: GoldenChoice = EVERYTHING
    evaluators: Sequence[Mapping[str, Any]] = ()
    models: Sequence[str] = ()
    gate: str | None = None
    max_calls: int | None = None
    max_cost_usd: Decimal | None = None


def start(
    session: Session, subject: Subject, *, prompt_id: UUID, kind: AnalysisKind, asked: Asked
) -> Analysis:
    """Asks for the first step; raises 404, or Invalid before anything is paid."""
    prompt = selection.find_prompt(session, subject, prompt_id)
    good, bad = _versions(session, prompt, kind, asked)
    made, request = _planned(session, subject, prompt, kind, asked, (bad, good))
    analysis = Analysis(
        id=new_id(),
        workspace_id=subject.workspace_id,
        prompt_id=prompt.id,
        kind=kind,
        next_send=lease.first_send(),
        created_by=subject.label,
    )
    root = _find_measured(session, made)
    if root is None:
        _refuse_too_few_calls(made, asked)
        root = _measure(session, subject, analysis.id, request, bad)
    question = Question(
        good=VersionRef(id=good.id, number=good.number),
        bad=VersionRef(id=bad.id, number=bad.number),
        model=asked.models[0] if asked.models else None,
        experiment_id=root.id,
        policy=_shown(made.in_force),
        max_calls=asked.max_calls,
        max_cost_usd=asked.max_cost_usd,
    )
    return _store(session, subject, analysis, question, prompt)


def _store(
    session: Session, subject: Subject, analysis: Analysis, question: Question, prompt: Prompt
) -> Analysis:
    analysis.asked = question.model_dump(mode="json")
    session.add(analysis)
    session.flush()
    session.refresh(analysis)
    enqueue(session, Task.advance_analysis, analysis_id=analysis.id)
    audit.record(
        session,
        subject,
        AuditTag.analysis_started,
        object_id=analysis.id,
        after={
            "kind": analysis.kind,
            "prompt": prompt.name,
            "good": question.good.number,
            "bad": question.bad.number,
        },
    )
    return analysis


def _versions(
    session: Session, prompt: Prompt, kind: AnalysisKind, asked: Asked
) -> list[PromptVersion]:
    """The good one and the bad one."""
    labels = selection.labels_of(session, prompt)
    with _pointing():
        versions = selection.choose_versions(session, prompt, [asked.good, asked.bad], labels)
    good, bad = versions
    if good.number >= bad.number:
        raise invalid(
            "#/good",
            f"Version {good.number} is not older than version {bad.number}; a regression is "
            "looked for from an older version to a newer one.",
        )
    if kind is AnalysisKind.blame and not difference(good, bad, with_model=not asked.models).units:
        raise invalid(
            "#/bad", f"Versions {good.number} and {bad.number} do not differ in what is compared."
        )
    return versions


@contextmanager
def _pointing() -> Iterator[None]:
    """Refusals of a plan name its versions by place; here they are `good` and `bad`."""
    try:
        yield
    except Invalid as refused:
        errors = tuple(
            error._replace(pointer=POINTERS.get(error.pointer, error.pointer))
            for error in refused.errors
        )
        raise Invalid(refused.detail, errors=errors, extra=refused.extra) from refused


def _planned(
    session: Session,
    subject: Subject,
    prompt: Prompt,
    kind: AnalysisKind,
    asked: Asked,
    ends: tuple[PromptVersion, PromptVersion],
) -> tuple[Plan, Request]:
    """Both versions on the examples; judged as the bad one was last, or the good one."""
    bad = ends[0]
    snapshot = snapshot_hash(selection.choose_examples(session, prompt, asked.golden))
    judged = (sources.evaluators_used(session, prompt.id, snapshot, end.id) for end in ends)
    used = next(filter(None, judged), [])
    request = Request(
        prompt=prompt.id,
        name=f"{kind} of v{bad.number}",
        versions=[asked.good, asked.bad],
        baseline=asked.good,
        gate=asked.gate,
        golden=asked.golden,
        models=asked.models,
        evaluators=asked.evaluators or used,
        max_cost_usd=asked.max_cost_usd,
        trigger=kind,
    )
    with _pointing():
        return plan.make(session, subject, request), request


def _find_measured(session: Session, made: Plan) -> Experiment | None:
    found = sources.experiments_like(
        session,
        made.prompt.id,
        snapshot_hash=made.snapshot_hash,
        evaluators=made.evaluators,
        judge_model=made.judge_model,
    )
    return found[0] if found else None


def _refuse_too_few_calls(made: Plan, asked: Asked) -> None:
    if asked.max_calls is not None and made.summary.calls > asked.max_calls:
        raise invalid(
            "#/max_calls",
            f"Comparing the two versions alone needs {made.summary.calls:,} calls; allow more, or "
            "take a sample of the golden examples.",
        )


def _measure(
    session: Session, subject: Subject, analysis_id: UUID, request: Request, bad: PromptVersion
) -> Experiment:
    """The analysis's first experiment, which says whether there is a regression at all."""
    experiment, _ = experiments.start(session, subject, request)
    experiment.follows = analysis_id
    experiment.options = {**experiment.options, PROBE: str(bad.id)}
    return experiment


def _shown(in_force: PolicyInForce) -> InForce:
    return InForce(
        gate=in_force.gate,
        gate_id=UUID(in_force.gate_id) if in_force.gate_id else None,
        number=in_force.number,
        policy=in_force.policy,
    )
