"""The policies of a gate: numbered from 1 without gaps, never changed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import new_id
from app.gates import checking
from app.models import Gate, GatePolicy
from app.verdicts.policy import Policy


def history(session: Session, gate: Gate) -> Sequence[GatePolicy]:
    """Newest first; the first is in force."""
    return session.scalars(
        select(GatePolicy)
        .where(GatePolicy.workspace_id == gate.workspace_id, GatePolicy.gate_id == gate.id)
        .order_by(GatePolicy.number.desc())
    ).all()


def replace(
    session: Session, subject: Subject, gate: Gate, policy: Policy, message: str
) -> GatePolicy | None:
    """The next policy of the gate; None where the one in force says the same."""
    checking.check_metrics(session, subject, policy)
    if policy == Policy.model_validate(history(session, gate)[0].policy):
        return None
    gate.number += 1
    return add(session, subject, gate, policy, message)


def add(session: Session, subject: Subject, gate: Gate, policy: Policy, message: str) -> GatePolicy:
    """Under the number the gate has."""
    made = GatePolicy(
        id=new_id(),
        workspace_id=gate.workspace_id,
        gate_id=gate.id,
        number=gate.number,
        policy=policy.model_dump(mode="json"),
        message=message,
        created_by=subject.label,
    )
    session.add(made)
    session.flush()
    return made
