"""What a model's id names: a managed prompt, or a model at a provider."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Scope, Subject
from app.core.config import get_settings
from app.core.errors import NotFound
from app.llm.local import NAME as LOCAL_MODEL
from app.llm.registry import LOCAL, UnknownModel, parse
from app.models import Prompt, PromptLabel, PromptVersion
from app.openai_api.errors import ModelUnknown
from app.prompts import versions
from app.prompts.versions import LATEST, Named
from app.runs.providers import registry

PROMPT = "prompt:"
BY_DEFAULT = "production"
MOST_LISTED = 5_000  # rows of 120 bytes


class Offered(NamedTuple):
    """A model that can be asked. `made_at` is None for those of providers."""

    id: str
    made_at: datetime | None
    owned_by: str


def is_prompt(reference: str) -> bool:
    return reference.startswith(PROMPT)


def find_version(session: Session, subject: Subject, reference: str) -> Named:
    """Of `prompt:support/answer@production`: a label (this one, if none is said) or a number.

    Raises ModelUnknown, the same for another workspace's prompt as for none.
    """
    name, _, selector = reference.removeprefix(PROMPT).partition("@")
    try:
        return versions.get_by_name(session, subject, name=name, selector=selector or BY_DEFAULT)
    except NotFound as error:
        raise ModelUnknown(model=reference) from error


def check_model(reference: str) -> str:
    """A `provider:model` as it is; raises ModelUnknown."""
    try:
        provider, model = parse(reference)
    except UnknownModel as error:
        raise ModelUnknown(model=reference) from error
    if provider == LOCAL and model != LOCAL_MODEL:
        raise ModelUnknown(model=reference)
    return reference


def offered(session: Session, subject: Subject) -> list[Offered]:
    """Every prompt by label and by `latest`, then the models a caller may ask without a prompt."""
    return [*_prompts(session, subject), *_models(session, subject)][:MOST_LISTED]


def get(session: Session, subject: Subject, reference: str) -> Offered:
    """Raises ModelUnknown for what a completion could not name."""
    if is_prompt(reference):
        found = find_version(session, subject, reference)
        return Offered(reference, found.version.created_at, subject.workspace_name)
    if not subject.may(Scope.run):
        raise ModelUnknown(model=reference)
    provider = parse(check_model(reference)).provider
    return Offered(reference, None, provider)


def _prompts(session: Session, subject: Subject) -> list[Offered]:
    in_use = select(Prompt.name, Prompt.created_at, Prompt.latest_number, PromptLabel.name).where(
        Prompt.workspace_id == subject.workspace_id, Prompt.archived_at.is_(None)
    )
    labelled = in_use.outerjoin(PromptLabel, PromptLabel.prompt_id == Prompt.id)
    ids: dict[str, Offered] = {}
    rows = session.execute(labelled.order_by(Prompt.name, PromptLabel.name).limit(MOST_LISTED))
    for name, made_at, newest, label in rows:
        for selector in (label, LATEST if newest else None):
            if selector:
                model = f"{PROMPT}{name}@{selector}"
                ids.setdefault(model, Offered(model, made_at, subject.workspace_name))
    return list(ids.values())


def _models(session: Session, subject: Subject) -> Sequence[Offered]:
    if not subject.may(Scope.run):
        return []
    settings = get_settings()
    used = session.scalars(
        select(PromptVersion.model)
        .where(PromptVersion.workspace_id == subject.workspace_id, PromptVersion.model.is_not(None))
        .distinct()
    )
    ids = {f"{LOCAL}:{LOCAL_MODEL}", settings.default_model, settings.judge, *filter(None, used)}
    usable = set(registry().providers())
    known = ((name, name.partition(":")[0]) for name in sorted(ids))
    return [Offered(name, None, provider) for name, provider in known if provider in usable]
