"""Gates: named policies with immutable numbers; one with a label guards the label's moves.

A gate that protects a label is made, changed and removed by admins: who may write could take the
fence away otherwise. Changes of a prompt's gates and moves of its labels take turns.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id, now
from app.core.errors import Conflict, NotFound, OutOfDate, invalid
from app.gates import checking, policies
from app.models import Gate, GatePolicy, Prompt
from app.prompts import labels, paging
from app.prompts import service as prompts
from app.prompts.paging import Listing
from app.verdicts.policy import BY_DEFAULT, Policy, PolicyInForce


class GateNotFound(NotFound):
    message = "There is no gate with this id in your workspace."


class GateChanged(OutOfDate):
    message = "The gate is at policy {number} now; read it again and repeat your change."


class GateArchived(Conflict):
    message = "The gate {name!r} is archived; make a new one."


class Guarding(NamedTuple):
    """A gate and its policy in force."""

    gate: Gate
    policy: GatePolicy


def readable_by(subject: Subject) -> Select[Gate]:
    """Every read of gates starts here."""
    return select(Gate).where(Gate.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, gate_id: UUID) -> Gate:
    gate = session.scalar(readable_by(subject).where(Gate.id == gate_id))
    if gate is None:
        raise GateNotFound
    return gate


def page(
    session: Session, subject: Subject, *, prompt_id: UUID | None, cursor: str | None, limit: int
) -> Listing[Guarding]:
    """Newest first, without the archived ones; all prompts' or one's."""
    wanted = _in_use(subject)
    if prompt_id is not None:
        wanted = wanted.where(Gate.prompt_id == prompt_id)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = f"gates {subject.workspace_id} {prompt_id}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(Gate.id < UUID(after[0]))
    found = session.execute(wanted.order_by(Gate.id.desc()).limit(limit + 1))
    return paging.listing(
        [Guarding(gate, policy) for gate, policy in found],
        limit=limit,
        total=total,
        order=order,
        place_of=lambda row: [row.gate.id],
    )


def of_prompt(session: Session, subject: Subject, prompt_id: UUID) -> list[Guarding]:
    """All of one prompt that are in use."""
    found = session.execute(_in_use(subject).where(Gate.prompt_id == prompt_id))
    return [Guarding(gate, policy) for gate, policy in found]


def prompt_names(session: Session, subject: Subject, gates: Collection[Gate]) -> dict[UUID, str]:
    """Names of the prompts the gates stand before, by the prompt's id."""
    wanted = {gate.prompt_id for gate in gates}
    named = prompts.readable_by(subject).where(Prompt.id.in_(wanted))
    return {prompt.id: prompt.name for prompt in session.scalars(named)}


def in_force(
    session: Session,
    subject: Subject,
    prompt_id: UUID,
    *,
    gate: str | None = None,
    label: str = labels.PRODUCTION,
) -> PolicyInForce:
    """The policy of the gate with this id or name, else of the label's gate, else the defaults.

    Raises Invalid for a gate the prompt does not have.
    """
    mine = _in_use(subject).where(Gate.prompt_id == prompt_id)
    if gate is None:
        wanted = mine.where(Gate.label == label)
    else:
        named = _as_id(gate)
        wanted = mine.where(Gate.id == named if named else Gate.name == gate)
    found = session.execute(wanted).one_or_none()
    if found is not None:
        row, policy = found
        return PolicyInForce(
            Policy.model_validate(policy.policy), row.name, str(row.id), policy.number
        )
    if gate is None:
        return BY_DEFAULT
    there = sorted(row.name for row, _ in session.execute(mine))
    raise invalid(
        "#/gate",
        f"This prompt has no gate {gate!r}; there are: {', '.join(there) or 'none'}.",
        code="unknown_gate",
    )


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def create(
    session: Session,
    subject: Subject,
    *,
    prompt_id: UUID,
    name: str,
    label: str | None,
    policy: Policy,
    message: str = "",
) -> Gate:
    """A gate with its policy number 1.

    Raises NameTaken, LabelTaken, and Invalid for a metric nothing measures.
    """
    checking.check_scope(subject, label)
    prompts.locked(session, subject, prompt_id)
    checking.check_metrics(session, subject, policy)
    gate = Gate(
        id=new_id(),
        workspace_id=subject.workspace_id,
        prompt_id=prompt_id,
        name=name,
        label=label,
        number=1,
        created_by=subject.label,
    )
    checking.refuse_taken(session, gate, {"name": name, "label": label})
    session.add(gate)
    session.flush()
    session.refresh(gate)
    made = policies.add(session, subject, gate, policy, message)
    audit.record(
        session,
        subject,
        AuditTag.gate_created,
        object_id=gate.id,
        after={"prompt_id": prompt_id, **_audited(gate), "policy": made.policy},
    )
    return gate


def change(
    session: Session,
    subject: Subject,
    gate_id: UUID,
    *,
    changes: Mapping[str, Any],
    numbers: Collection[str] | None = None,
) -> Gate:
    """Sets `name`, `label` or `policy`; another policy is the next number, with its `message`.

    `numbers` are those the caller has seen; raises GateChanged when now's is none of them.
    """
    gate = _locked(session, subject, gate_id)
    checking.check_scope(subject, gate.label, changes.get("label"))
    if gate.archived_at is not None:
        raise GateArchived(name=gate.name)
    if numbers is not None and str(gate.number) not in numbers:
        raise GateChanged(number=gate.number)
    before = _audited(gate)
    renamed = {key: changes[key] for key in ("name", "label") if key in changes}
    checking.refuse_taken(session, gate, renamed)
    for key, value in renamed.items():
        setattr(gate, key, value)
    made = None
    if "policy" in changes:
        made = policies.replace(
            session, subject, gate, changes["policy"], changes.get("message", "")
        )
    if before == _audited(gate):
        return gate
    gate.updated_at = now()
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.gate_changed,
        object_id=gate.id,
        before=before,
        after=_audited(gate) | ({"policy": made.policy} if made else {}),
    )
    return gate


def archive(session: Session, subject: Subject, gate_id: UUID) -> None:
    """No experiment may name it and it protects nothing any more; verdicts under it stay."""
    gate = _locked(session, subject, gate_id)
    checking.check_scope(subject, gate.label)
    if gate.archived_at is not None:
        return
    gate.archived_at = now()
    session.flush()
    audit.record(session, subject, AuditTag.gate_archived, object_id=gate.id, before=_audited(gate))


def _in_use(subject: Subject) -> Select[Gate, GatePolicy]:
    return (
        select(Gate, GatePolicy)
        .join(GatePolicy, and_(GatePolicy.gate_id == Gate.id, GatePolicy.number == Gate.number))
        .where(Gate.workspace_id == subject.workspace_id, Gate.archived_at.is_(None))
    )


def _locked(session: Session, subject: Subject, gate_id: UUID) -> Gate:
    """The gate as it is now, its prompt locked until the commit."""
    gate = get(session, subject, gate_id)
    prompts.locked(session, subject, gate.prompt_id)
    session.refresh(gate)
    return gate


def _audited(gate: Gate) -> dict[str, Any]:
    return {"name": gate.name, "label": gate.label, "number": gate.number}
