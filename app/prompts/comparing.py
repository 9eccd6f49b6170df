"""Two versions side by side: what changed, and what the change did."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.models import PromptVersion
from app.prompts import scores, versions
from app.prompts.diffing import Diff, diff, diff_messages, diff_values

BESIDES_THE_TEXT = ("template_format", "model", "parameters", "response_schema")


def compare(session: Session, subject: Subject, before: str, after: str) -> dict[str, Any]:
    """What `DiffRead` shows of two versions, each an id or `name@selector`.

    Raises TwoPrompts for versions of different prompts.
    """
    ids = [_id_of(session, subject, wanted) for wanted in (before, after)]
    old, new = versions.get_pair(session, subject, *ids)
    texts = _texts(old, new)
    names = [{variable["name"] for variable in version.variables} for version in (old, new)]
    values = [{key: getattr(version, key) for key in BESIDES_THE_TEXT} for version in (old, new)]
    return {
        "from": old,
        "to": new,
        "unified": texts.unified,
        "hunks": texts.hunks,
        "variables": {
            "added": sorted(names[1] - names[0]),
            "removed": sorted(names[0] - names[1]),
        },
        "parameters": diff_values(*values),
        "effect": scores.effect(session, subject, old, new),
    }


def _id_of(session: Session, subject: Subject, wanted: str) -> UUID:
    name, at, selector = wanted.partition("@")
    if not at:
        return UUID(wanted)
    return versions.get_by_name(session, subject, name=name, selector=selector).version.id


def _texts(old: PromptVersion, new: PromptVersion) -> Diff:
    if old.template is not None and new.template is not None:
        return diff(
            old.template, new.template, old_name=f"v{old.number}", new_name=f"v{new.number}"
        )
    return diff_messages(_turns(old), _turns(new))


def _turns(version: PromptVersion) -> list[tuple[str, str]]:
    """A text prompt is sent as one user message."""
    if version.messages is None:
        return [("user", version.template or "")]
    return [(turn["role"], turn["content"]) for turn in version.messages]
