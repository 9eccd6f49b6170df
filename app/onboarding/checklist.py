"""The first steps of a workspace, and which of them it has taken with its own work."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Exists, Select, exists, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.llm.registry import LOCAL
from app.models import Experiment, GoldenExample, Prompt, PromptLabel
from app.onboarding import demo_data
from app.prompts.labels import PRODUCTION
from app.runs.providers import registry


class Step(NamedTuple):
    key: str
    done: bool


class Checklist(NamedTuple):
    """In the order they are best taken; the demo's rows count for none."""

    steps: list[Step]
    has_demo_data: bool


def look(session: Session, subject: Subject) -> Checklist:
    demo = demo_data.find(session, subject)
    own = select(Prompt.id).where(
        Prompt.workspace_id == subject.workspace_id, Prompt.archived_at.is_(None)
    )
    if demo is not None:
        own = own.where(Prompt.id != demo.id)
    found = session.execute(
        select(
            own.exists().label("prompt"),
            _of(subject, own, GoldenExample).label("examples"),
            _of(subject, own, Experiment).label("experiment"),
            _of(subject, own, PromptLabel).where(PromptLabel.name == PRODUCTION).label("label"),
        )
    ).one()
    has_model = any(name != LOCAL for name in registry().providers())
    done = {"model": has_model, **found._mapping}  # noqa: SLF001 - SQLAlchemy's documented way
    return Checklist([Step(key, value) for key, value in done.items()], demo is not None)


def _of(
    subject: Subject,
    own: Select[UUID],
    table: type[GoldenExample] | type[Experiment] | type[PromptLabel],
) -> Exists:
    return exists().where(table.workspace_id == subject.workspace_id, table.prompt_id.in_(own))
