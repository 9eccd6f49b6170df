"""Gates over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page
from app.core.session import SessionDep
from app.gates import outlook, policies, service
from app.gates.schemas import GateCreate, GatePatch, GateRead, GateSummary, OutlookRead
from app.models import Gate, GatePolicy
from app.prompts import headers
from app.prompts.field_types import LABEL
from app.prompts.headers import IfMatch, PageDep
from app.prompts.labels import PRODUCTION

router = APIRouter(prefix="/gates", tags=["gates"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Writer = Annotated[Subject, requires(Scope.write)]


def _summary(gate: Gate, policy: GatePolicy, prompt_name: str) -> GateSummary:
    columns = {column.key: getattr(gate, column.key) for column in gate.__table__.columns}
    return GateSummary.model_validate(
        columns | {"policy": policy.policy, "prompt_name": prompt_name}
    )


def _answer(session: SessionDep, subject: Subject, gate: Gate, response: Response) -> GateRead:
    response.headers["ETag"] = headers.etag(gate.number)
    history = policies.history(session, gate)
    name = service.prompt_names(session, subject, [gate])[gate.prompt_id]
    summary = _summary(gate, history[0], name).model_dump()
    return GateRead.model_validate({**summary, "history": history})


@router.post("", status_code=201, responses=responses(404, 409))
def create_gate(
    body: GateCreate, subject: Writer, session: SessionDep, response: Response
) -> GateRead:
    """A gate of a prompt; one that protects a label needs the scope `admin`."""
    gate = service.create(
        session,
        subject,
        prompt_id=body.prompt_id,
        name=body.name,
        label=body.label,
        policy=body.policy,
        message=body.message,
    )
    response.headers["Location"] = f"/api/v1/gates/{gate.id}"
    return _answer(session, subject, gate, response)


@router.get("")
def list_gates(
    subject: Reader,
    session: SessionDep,
    page: PageDep,
    prompt: Annotated[UUID | None, Query(description="Gates of this prompt only.")] = None,
) -> Page[GateSummary]:
    """The gates in use with their policies in force, newest first."""
    found = service.page(session, subject, prompt_id=prompt, cursor=page.cursor, limit=page.limit)
    page.link(found.next_cursor)
    names = service.prompt_names(session, subject, [gate for gate, _ in found.items])
    return Page[GateSummary](
        items=[_summary(gate, policy, names[gate.prompt_id]) for gate, policy in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
    )


@router.get("/outlook", responses=responses(404))
def get_outlook(
    subject: Reader,
    session: SessionDep,
    version: Annotated[UUID, Query(description="The version that is to have the label.")],
    label: Annotated[str, Query(pattern=LABEL)] = PRODUCTION,
) -> OutlookRead:
    """What the gate of a label would say to a version, and the verdict it would go by."""
    asked = outlook.ask(session, subject, version_id=version, label=label)
    gate = None
    if asked.guarding:
        names = service.prompt_names(session, subject, [asked.guarding.gate])
        gate = _summary(*asked.guarding, names[asked.guarding.gate.prompt_id])
    return OutlookRead.model_validate({**asked._asdict(), "gate": gate})


@router.get("/{gate_id}", responses=responses(404))
def get_gate(gate_id: UUID, subject: Reader, session: SessionDep, response: Response) -> GateRead:
    """One gate, archived or not, with all its policies; its ETag goes into `If-Match`."""
    return _answer(session, subject, service.get(session, subject, gate_id), response)


@router.patch("/{gate_id}", responses=responses(404, 409, 412))
def change_gate(
    gate_id: UUID,
    body: GatePatch,
    subject: Writer,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> GateRead:
    """Another policy is the next number; verdicts under the numbers before open the label no more.

    A gate that protects a label, before or after the change, needs the scope `admin`.
    """
    gate = service.change(
        session,
        subject,
        gate_id,
        changes={name: getattr(body, name) for name in body.model_fields_set},
        numbers=headers.tags_of(if_match),
    )
    return _answer(session, subject, gate, response)


@router.delete("/{gate_id}", status_code=204, responses=responses(404))
def archive_gate(gate_id: UUID, subject: Writer, session: SessionDep) -> None:
    """Archives it: its label moves freely; one that protects a label needs the scope `admin`."""
    service.archive(session, subject, gate_id)
