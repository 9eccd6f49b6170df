"""What a gate may be called, protect and measure, and who may say so."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Scope, Subject
from app.core.errors import Conflict, Forbidden
from app.evaluators.base import names
from app.judges.choosing import PREFIX
from app.models import Gate, Judge
from app.prompts import labels
from app.verdicts import policy as verdict_policy
from app.verdicts.policy import Policy


class NameTaken(Conflict):
    code = "name_taken"
    message = "A gate of this prompt is named {name!r}; change that one or choose another name."


class LabelTaken(Conflict):
    code = "label_protected"
    message = "The gate {name!r} protects {label} already; change that one, or archive it first."


def check_scope(subject: Subject, *protected: str | None) -> None:
    """`protected` are the labels before and after the change."""
    label = next(filter(None, protected), None)
    if label is not None and not subject.may(Scope.admin):
        raise Forbidden(f"A gate that protects {label} is changed with the scope 'admin' only.")


def check_metrics(session: Session, subject: Subject, policy: Policy) -> None:
    judges = session.scalars(
        select(Judge.name)
        .where(Judge.workspace_id == subject.workspace_id, Judge.archived_at.is_(None))
        .order_by(Judge.name)
    )
    known = [*names(), *(f"{PREFIX}{name}" for name in judges)]
    verdict_policy.check_metrics(policy, known, pointer="#/policy/metrics")


def refuse_taken(session: Session, gate: Gate, wanted: Mapping[str, Any]) -> None:
    """Raises NameTaken or LabelTaken for a `name` or `label` of another gate in use.

    The prompt is locked meanwhile.
    """
    if wanted.get("label") is not None:
        labels.refuse_reserved(wanted["label"])
    others = select(Gate).where(
        Gate.workspace_id == gate.workspace_id,
        Gate.prompt_id == gate.prompt_id,
        Gate.archived_at.is_(None),
        Gate.id != gate.id,
    )
    for other in session.scalars(others):
        extra = {"gate_id": str(other.id)}
        if other.name == wanted.get("name"):
            raise NameTaken(name=other.name, extra=extra)
        if other.label is not None and other.label == wanted.get("label"):
            raise LabelTaken(name=other.name, label=other.label, extra=extra)
