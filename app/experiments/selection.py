"""Which versions, models and golden examples an experiment is about."""

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.config import get_settings
from app.core.errors import invalid
from app.models import GoldenExample, Prompt, PromptLabel, PromptVersion
from app.prompts import service as prompts

MOST_ARMS = 20


class GoldenChoice(NamedTuple):
    tags: Sequence[str] | None = None
    split: str | None = None
    sample: int | None = None
    ids: Sequence[UUID] | None = None


EVERYTHING = GoldenChoice()


class Arm(NamedTuple):
    version: PromptVersion
    model: str


def find_prompt(session: Session, subject: Subject, wanted: UUID | str) -> Prompt:
    """By id, by its name, or by one it once had; else 404."""
    if isinstance(wanted, str):
        return prompts.find_by_name(session, subject, wanted)
    return prompts.get(session, subject, wanted)


def labels_of(session: Session, prompt: Prompt) -> dict[str, UUID]:
    rows = session.execute(
        select(PromptLabel.name, PromptLabel.version_id).where(
            PromptLabel.workspace_id == prompt.workspace_id, PromptLabel.prompt_id == prompt.id
        )
    )
    return {row.name: row.version_id for row in rows}


def choose_versions(
    session: Session, prompt: Prompt, wanted: Sequence[str | int], labels: Mapping[str, UUID]
) -> list[PromptVersion]:
    found = list(
        session.scalars(
            select(PromptVersion)
            .where(
                PromptVersion.workspace_id == prompt.workspace_id,
                PromptVersion.prompt_id == prompt.id,
            )
            .order_by(PromptVersion.number.desc())
        )
    )
    if not found:
        raise invalid("#/prompt", f"{prompt.name} has no version yet; create one first.")
    if list(wanted) == ["all"]:
        return sorted(found[:MOST_ARMS], key=lambda version: version.number)
    return [_pick(found, item, labels, f"#/versions/{index}") for index, item in enumerate(wanted)]


def _pick(
    versions: Sequence[PromptVersion], wanted: str | int, labels: Mapping[str, UUID], pointer: str
) -> PromptVersion:
    """A version by id, number, `latest` or label."""
    text = str(wanted)
    for version in versions:
        names = {str(version.number), f"v{version.number}", str(version.id)}
        if text in names or labels.get(text) == version.id:
            return version
    if text == "latest":
        return versions[0]
    there = ", ".join(str(version.number) for version in versions[:10])
    known = ", ".join(sorted(labels)) or "none"
    raise invalid(
        pointer, f"There is no version {text!r}; numbers: {there}; labels: {known}.", code="unknown"
    )


def arms_of(versions: Sequence[PromptVersion], models: Sequence[str]) -> list[Arm]:
    default = get_settings().default_model
    arms = [
        Arm(version, model)
        for version in versions
        for model in (models or [version.model or default])
    ]
    if len(arms) > MOST_ARMS:
        raise invalid("#/versions", f"At most {MOST_ARMS} versions × models, not {len(arms)}.")
    return arms


def choose_examples(session: Session, prompt: Prompt, choice: GoldenChoice) -> list[GoldenExample]:
    wanted = select(GoldenExample).where(
        GoldenExample.workspace_id == prompt.workspace_id, GoldenExample.prompt_id == prompt.id
    )
    if choice.tags:
        wanted = wanted.where(GoldenExample.tags.overlap(list(choice.tags)))
    if choice.split:
        wanted = wanted.where(GoldenExample.split == choice.split)
    if choice.ids:
        wanted = wanted.where(GoldenExample.id.in_(choice.ids))
    examples = list(session.scalars(wanted.order_by(GoldenExample.id)))
    if choice.ids and len(examples) < len(set(choice.ids)):
        missing = sorted(set(choice.ids) - {example.id for example in examples})
        raise invalid("#/golden/ids", f"No golden example {missing[0]} of this prompt.")
    if not examples:
        raise invalid(
            "#/golden", f"No golden example of {prompt.name} matches; an empty set proves nothing."
        )
    if choice.sample and choice.sample < len(examples):
        chosen = random.Random(f"{prompt.id} {choice.sample}")  # noqa: S311 - a repeatable draw
        drawn = chosen.sample(examples, choice.sample)
        examples = sorted(drawn, key=lambda example: example.id)
    return examples


def choose_baseline(
    arms: Sequence[Arm], wanted: str | int | None, labels: Mapping[str, UUID]
) -> int | None:
    """The arm others are compared with: as asked, else production's, else the oldest."""
    if len(arms) < 2:
        return None
    versions = [arm.version for arm in arms]
    if wanted is not None:
        return versions.index(_pick(versions, wanted, labels, "#/baseline"))
    production = labels.get("production")
    ids = [version.id for version in versions]
    if production in ids:
        return ids.index(production)
    numbers = [version.number for version in versions]
    return numbers.index(min(numbers))
