"""The demo in a workspace of one's own: what `llmops demo` shows, loaded and removed again.

A prompt with its versions, golden examples, a gate and one experiment; loading it again adds what
is missing and starts nothing twice. It is known by its name and its tag: without the tag it is the
workspace's own.
"""

import json
from io import BytesIO
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.subject import Scope, Subject
from app.core.config import get_settings
from app.core.errors import Conflict
from app.demo import content
from app.experiments import service as experiments
from app.experiments.plan import Request
from app.gates import service as gates
from app.golden import files
from app.golden import service as golden
from app.golden.importing import ImportFormat
from app.golden.service import Filters
from app.models import Experiment, ExperimentStatus, Prompt
from app.prompts import labels, versions
from app.prompts import service as prompts
from app.prompts.admission import Asked
from app.prompts.content import Draft
from app.prompts.labels import PRODUCTION
from app.prompts.service import PromptNotFound
from app.prompts.versions import SameContent
from app.verdicts.policy import FAILURE, SCORE, MetricRule, Policy

TAG = "demo"
TRIGGER = "demo"
EXPERIMENT = "Three versions of the support answer"
DESCRIPTION = "Answers customers of Fernride, an invented e-bike firm."
EVALUATORS = ({"name": "similarity"}, {"name": "hallucination"})
MARGIN = 0.1  # forty examples cannot show a drop of .05
SERVED = 2  # the version in production; the others are compared with it
LONGEST_TAG = 64
ENDED_BADLY = (ExperimentStatus.cancelled, ExperimentStatus.failed)


class NameInUse(Conflict):
    code = "name_taken"
    message = (
        "A prompt of yours is called {name}, and the demo's is too: rename yours, then load the "
        "demo data again."
    )


class DemoData(NamedTuple):
    """`experiment_id` is None for a caller who may not run anything."""

    prompt_id: UUID
    experiment_id: UUID | None

    @property
    def url(self) -> str:
        """A path of the dashboard."""
        if self.experiment_id is None:
            return f"/prompts/{content.PROMPT_NAME}"
        return f"/experiments/{self.experiment_id}"


def find(session: Session, subject: Subject) -> Prompt | None:
    """The demo's prompt, archived or not, also under another name it was given."""
    prompt = _named(session, subject)
    return prompt if prompt is not None and TAG in prompt.tags else None


def load(session: Session, subject: Subject) -> DemoData:
    """Loads what is missing; raises NameInUse where the prompt's name is the workspace's own."""
    session.execute(  # two loads at once would make two experiments
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"demo data {subject.workspace_id}"},
    )
    prompt_id = _prompt(session, subject)
    version_ids = _versions(session, subject, prompt_id)
    _examples(session, subject, prompt_id)
    _serve(session, subject, prompt_id, version_ids[SERVED - 1])
    _protect(session, subject, prompt_id)
    experiment_id = _find_experiment(session, subject, prompt_id)
    if experiment_id is None and subject.may(Scope.run):
        experiment_id = _start(session, subject, prompt_id, version_ids)
    return DemoData(prompt_id, experiment_id)


def remove(session: Session, subject: Subject) -> None:
    """For good, with its versions, examples, gates, runs and experiments; nothing where none is."""
    prompt = find(session, subject)
    if prompt is not None:
        prompts.erase(session, subject, prompt.id)


def _named(session: Session, subject: Subject) -> Prompt | None:
    try:
        return prompts.find_by_name(session, subject, content.PROMPT_NAME)
    except PromptNotFound:
        return None


def _prompt(session: Session, subject: Subject) -> UUID:
    prompt = _named(session, subject)
    if prompt is None:
        made = prompts.create(
            session, subject, name=content.PROMPT_NAME, description=DESCRIPTION, tags=[TAG]
        )
        return made.id
    if TAG not in prompt.tags:
        raise NameInUse(name=content.PROMPT_NAME, extra={"prompt_id": str(prompt.id)})
    if prompt.archived_at is not None:
        prompts.change(session, subject, prompt.id, changes={"archived": False})
    return prompt.id


def _versions(session: Session, subject: Subject, prompt_id: UUID) -> list[UUID]:
    """Oldest first, whatever else was saved between them."""
    return [_version(session, subject, prompt_id, version) for version in content.versions()]


def _version(
    session: Session, subject: Subject, prompt_id: UUID, wanted: content.DemoVersion
) -> UUID:
    draft = Draft(template=wanted.template, message=wanted.message)
    try:
        return versions.create(session, subject, prompt_id=prompt_id, draft=draft).id
    except SameContent as same:  # it is there already
        return UUID(same.extra["version_id"])


def _examples(session: Session, subject: Subject, prompt_id: UUID) -> None:
    there = golden.matching(subject, prompt_id, Filters()).limit(1)
    if session.scalar(there) is not None:
        return
    lines = "\n".join(json.dumps(example) for example in content.examples())
    files.import_examples(
        session,
        subject,
        prompt_id,
        file=BytesIO(lines.encode()),
        file_format=ImportFormat.jsonl,
        columns=None,
        dry_run=False,
    )


def _serve(session: Session, subject: Subject, prompt_id: UUID, version_id: UUID) -> None:
    """Before the gate: a label that stands nowhere passes none."""
    standing = labels.standing(session, subject, [prompt_id])[prompt_id]
    if not any(label.name == PRODUCTION for label in standing):
        asked = Asked(label=PRODUCTION, reason="Answers from the article.")
        labels.move(session, subject, prompt_id=prompt_id, version_id=version_id, asked=asked)


def _protect(session: Session, subject: Subject, prompt_id: UUID) -> None:
    """Production moves by a pass from here on; only an admin may say so."""
    if gates.page(session, subject, prompt_id=prompt_id, cursor=None, limit=1).total:
        return
    metrics = [MetricRule(metric=name, margin=MARGIN) for name in (SCORE, FAILURE)]
    gates.create(
        session,
        subject,
        prompt_id=prompt_id,
        name="release",
        label=PRODUCTION if subject.may(Scope.admin) else None,
        policy=Policy(metrics=metrics),
    )


def _find_experiment(session: Session, subject: Subject, prompt_id: UUID) -> UUID | None:
    """The newest on today's model that has not failed."""
    return session.scalar(
        select(Experiment.id)
        .where(
            Experiment.workspace_id == subject.workspace_id,
            Experiment.prompt_id == prompt_id,
            Experiment.tags.contains(_tags()),
            Experiment.status.not_in(ENDED_BADLY),
        )
        .order_by(Experiment.id.desc())
        .limit(1)
    )


def _start(session: Session, subject: Subject, prompt_id: UUID, version_ids: list[UUID]) -> UUID:
    request = Request(
        prompt=prompt_id,
        name=EXPERIMENT,
        versions=[str(version_id) for version_id in version_ids],
        evaluators=EVALUATORS,
        tags=_tags(),
        trigger=TRIGGER,
    )
    experiment, _ = experiments.start(session, subject, request)
    return experiment.id


def _tags() -> list[str]:
    return [TAG, get_settings().default_model[:LONGEST_TAG]]
