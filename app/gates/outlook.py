"""What a label's gate would answer to a move, from the records that the move itself goes by."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.gates import service
from app.gates.service import Guarding
from app.models import Ruling
from app.prompts import admission, labels, versions
from app.prompts.admission import Consulted
from app.verdicts import service as verdicts
from app.verdicts.schemas import Verdict


class Outlook(StrEnum):
    """`unknown`: nothing was compared; `uncounted`: a pass, but not one that the gate goes by."""

    free = "free"
    held = "held"
    first = "first"
    passed = "pass"
    back = "back"
    unknown = "unknown"
    uncounted = "uncounted"
    refused = "refused"


class Asked(NamedTuple):
    label: str
    outlook: Outlook
    guarding: Guarding | None
    verdict: Verdict | None
    protected: list[str]


def ask(session: Session, subject: Subject, *, version_id: UUID, label: str) -> Asked:
    """Writes nothing; raises VersionNotFound."""
    version = versions.get_any(session, subject, version_id)
    found = service.of_prompt(session, subject, version.prompt_id)
    guarding = next((row for row in found if row.gate.label == label), None)
    protected = sorted(row.gate.label for row in found if row.gate.label is not None)
    holder = labels.find_holder(session, subject, version.prompt_id, label)
    consulted = admission.consult(session, version, holder, label)
    if consulted is None:
        return Asked(label, Outlook.free, None, None, protected)
    if holder is None:
        return Asked(label, Outlook.first, guarding, None, protected)
    if holder.id == version.id:
        return Asked(label, Outlook.held, guarding, None, protected)
    verdict = _verdict(session, subject, consulted, holder.id, version.id)
    return Asked(label, _outlook(consulted, verdict), guarding, verdict, protected)


def _verdict(
    session: Session, subject: Subject, consulted: Consulted, holder_id: UUID, version_id: UUID
) -> Verdict | None:
    if consulted.verdict is not None:
        return Verdict.model_validate(consulted.verdict.content)
    try:
        before, after = verdicts.find_pair(session, subject, holder_id, version_id)
    except verdicts.NothingToCompare:
        return None
    return verdicts.find_stored(session, before, after) or verdicts.compute(session, before, after)


def _outlook(consulted: Consulted, verdict: Verdict | None) -> Outlook:
    passes = verdict is not None and verdict.verdict == Ruling.passed
    if passes and consulted.verdict is not None:
        return Outlook.passed
    if consulted.undoes:
        return Outlook.back
    if verdict is None:
        return Outlook.unknown
    return Outlook.uncounted if passes else Outlook.refused
