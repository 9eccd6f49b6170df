"""Whether a version may have a label: what the gate that protects the label says to the move.

A gate asks for one thing: that the newest verdict on the version, against the version the label
stands on and under the policy in force, is a pass. A first version has nothing to be compared with
and is never approved by default. Two ways lead past a gate, both with a reason and on record:

- Moving back. The version that held the label immediately before may have it again without a
  pass: undoing must be fast. Moving back is not itself undone this way: forward needs a pass.
- Overriding, which is for admins.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Scope, Subject
from app.core.errors import Conflict, Forbidden, OutOfDate, invalid
from app.models import Gate, LabelMove, PromptVersion, Ruling, VerdictRecord


class LabelMoved(OutOfDate):
    message = "{label} stands {where} now; look at what changed, then repeat your move."


class FirstVersion(Conflict):
    code = "gate_first_version"
    message = (
        "The gate {gate!r} protects {label}, which stands nowhere yet: a first version is never "
        "approved by default; an admin says so once, on record, with override and a reason."
    )


class GateRefused(Conflict):
    code = "gate_refused"
    message = "The gate {gate!r} protects {label}: {why}"


class Holder(Protocol):
    """The version a label stands on."""

    @property
    def id(self) -> UUID: ...
    @property
    def number(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a caller asks of a label.

    `seen` are the ids of versions one of which the caller believes it stands on, None for
    nowhere; without `seen` nothing is believed.
    """

    label: str
    reason: str = ""
    override: bool = False
    seen: Collection[UUID | None] | None = None


class Answer(NamedTuple):
    """What the gate said to a move that was made. The ruling is None where there is no verdict."""

    gate: str
    gate_id: str
    gate_number: int
    ruling: str | None
    verdict_id: str | None
    experiment_id: str | None
    sentence: str
    moved_back: bool = False
    overridden: bool = False


class Consulted(NamedTuple):
    """A gate, the newest verdict it counts, and whether the move would undo the last one."""

    gate: Gate
    verdict: VerdictRecord | None
    undoes: bool


def check_override(subject: Subject, asked: Asked) -> None:
    """Raises Forbidden or Invalid for a caller who may not, or does not say why."""
    if not subject.may(Scope.admin):
        raise Forbidden("Overriding a gate needs the scope 'admin'; move the label without it.")
    if not asked.reason.strip():
        raise invalid(
            "#/reason", "Say why the gate is overridden; the history keeps it.", code="missing"
        )


def admit(
    session: Session, version: PromptVersion, holder: Holder | None, asked: Asked
) -> Answer | None:
    """What the label's gate says; None where no gate protects it.

    Raises LabelMoved, FirstVersion where the label stands nowhere yet, else GateRefused with the
    verdict.
    """
    _refuse_outdated(holder, asked)
    found = consult(session, version, holder, asked.label)
    if found is None:
        return None
    answer = _answer(found.gate, found.verdict, holder, version)
    if answer.ruling == Ruling.passed:
        return answer
    if found.undoes and asked.reason.strip():
        return answer._replace(moved_back=True)
    if asked.override:
        return answer._replace(overridden=True)
    if holder is None:
        raise FirstVersion(gate=answer.gate, label=asked.label, extra={"gate_id": answer.gate_id})
    raise _refusal(answer, found.verdict, asked.label, undoes=found.undoes)


def consult(
    session: Session, version: PromptVersion, holder: Holder | None, label: str
) -> Consulted | None:
    """What the label's gate goes by; None where no gate protects it."""
    gate = _find_gate(session, version, label)
    if gate is None:
        return None
    if holder is None:
        return Consulted(gate, None, undoes=False)
    return Consulted(
        gate,
        _newest_verdict(session, gate, holder, version),
        undoes=_held_before(session, version, holder, label),
    )


def _refuse_outdated(holder: Holder | None, asked: Asked) -> None:
    standing_on = holder.id if holder else None
    if asked.seen is not None and standing_on not in asked.seen:
        raise LabelMoved(
            label=asked.label,
            where=f"on version {holder.number}" if holder else "nowhere",
            extra={
                "version_id": str(holder.id) if holder else None,
                "number": holder.number if holder else None,
            },
        )


def _find_gate(session: Session, version: PromptVersion, label: str) -> Gate | None:
    return session.scalar(
        select(Gate).where(
            Gate.workspace_id == version.workspace_id,
            Gate.prompt_id == version.prompt_id,
            Gate.label == label,
            Gate.archived_at.is_(None),
        )
    )


def _newest_verdict(
    session: Session, gate: Gate, holder: Holder, version: PromptVersion
) -> VerdictRecord | None:
    """A side with a name of its own is a text that was tried, not the version it came from."""
    return session.scalar(
        select(VerdictRecord)
        .where(
            VerdictRecord.workspace_id == gate.workspace_id,
            VerdictRecord.prompt_id == gate.prompt_id,
            VerdictRecord.candidate_version_id == version.id,
            VerdictRecord.baseline_version_id == holder.id,
            VerdictRecord.content["representative"].as_boolean(),  # nothing was picked
            VerdictRecord.gate_id == gate.id,
            VerdictRecord.gate_number == gate.number,
            VerdictRecord.content["candidate", "name"].astext.is_(None),
            VerdictRecord.content["baseline", "name"].astext.is_(None),
        )
        .order_by(VerdictRecord.id.desc())
        .limit(1)
    )


def _held_before(session: Session, version: PromptVersion, holder: Holder, label: str) -> bool:
    """Whether the label came to its holder from this version, and not by moving back."""
    last = session.scalar(
        select(LabelMove)
        .where(
            LabelMove.workspace_id == version.workspace_id,
            LabelMove.prompt_id == version.prompt_id,
            LabelMove.label == label,
        )
        .order_by(LabelMove.id.desc())
        .limit(1)
    )
    if last is None or last.version_id != holder.id or last.from_number != version.number:
        return False
    return not (last.verdict or {}).get("moved_back")


def _answer(
    gate: Gate, verdict: VerdictRecord | None, holder: Holder | None, version: PromptVersion
) -> Answer:
    if verdict is not None:
        sentence = str(verdict.content["sentence"])
    elif holder is not None:
        sentence = (
            f"No verdict under policy number {gate.number} compares version {version.number} "
            f"with version {holder.number}."
        )
    else:
        sentence = f"Version {version.number} is the first; there is nothing to compare it with."
    return Answer(
        gate=gate.name,
        gate_id=str(gate.id),
        gate_number=gate.number,
        ruling=str(verdict.ruling) if verdict else None,
        verdict_id=str(verdict.id) if verdict else None,
        experiment_id=str(verdict.experiment_id) if verdict else None,
        sentence=sentence,
    )


def _refusal(
    answer: Answer, verdict: VerdictRecord | None, label: str, *, undoes: bool
) -> GateRefused:
    settle = verdict.content["settle"] if verdict else None
    why = [answer.sentence]
    if answer.ruling == Ruling.regression:
        why.append("Repair it in a new version and compare that one.")
    elif settle is None:  # else the verdict's sentence has said what would settle it
        why.append(f"Run an experiment with both versions under gate {answer.gate!r}.")
    if undoes:
        why.append(f"It held {label} before: to move back, give a reason.")
    return GateRefused(
        gate=answer.gate,
        label=label,
        why=" ".join(why),
        extra={
            "gate_id": answer.gate_id,
            "verdict_id": answer.verdict_id,
            "experiment_id": answer.experiment_id,
            "verdict": verdict.content if verdict else None,
            "settle": settle,
        },
    )
