"""Two versions side by side: what changed, and what the change did."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.models import PromptVersion
from app.prompts import scores, versions
from app.prompts.diffing import Diff, diff, diff_messages, diff_values

BESIDES_THE_TEXT = ("template_format", "model", "parameters", "response_schema")


def compare(session: Session, subject: Subject, old_id: UUID, new_id: UUID) -> dict[str, Any]:
    """What `DiffRead` shows; raises TwoPrompts for versions of different prompts."""
    old, new = versions.get_pair(session, subject, old_id, new_id)
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
