"""Alerts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.alerts import recipients, service
from app.alerts.schemas import AlertRead, AlertSettingsChange, AlertSettingsRead, AlertState
from app.core.config import get_settings
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page
from app.core.session import SessionDep
from app.events import links
from app.models import Event, EventKind
from app.prompts.headers import PageDep

router = APIRouter(prefix="/alerts", tags=["alerts"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Writer = Annotated[Subject, requires(Scope.write)]
Admin = Annotated[Subject, requires(Scope.admin)]


def _read(event: Event) -> AlertRead:
    columns = {name: getattr(event, name) for name in AlertRead.model_fields if name != "url"}
    url = links.path_of(EventKind(event.kind), event.object_id, event.data)
    return AlertRead.model_validate(columns | {"url": url})


def _settings(session: SessionDep, subject: Subject) -> AlertSettingsRead:
    return AlertSettingsRead(
        addresses=recipients.chosen(session, subject.workspace_id),
        receivers=recipients.addresses_of(session, subject.workspace_id),
        mail_is_set_up=get_settings().smtp_host is not None,
    )


@router.get("")
def list_alerts(
    subject: Reader,
    session: SessionDep,
    page: PageDep,
    state: Annotated[AlertState, Query()] = AlertState.open,
    kind: Annotated[EventKind | None, Query()] = None,
) -> Page[AlertRead]:
    """What calls for attention, newest first."""
    found = service.page(
        session,
        subject,
        only_open=state is AlertState.open,
        kind=kind,
        cursor=page.cursor,
        limit=page.limit,
    )
    page.link(found.next_cursor)
    return Page[AlertRead](
        items=[_read(event) for event in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
    )


@router.get("/settings")
def get_alert_settings(subject: Admin, session: SessionDep) -> AlertSettingsRead:
    """Who gets alerts by e-mail."""
    return _settings(session, subject)


@router.put("/settings")
def change_alert_settings(
    body: AlertSettingsChange, subject: Admin, session: SessionDep
) -> AlertSettingsRead:
    """Names who gets alerts by e-mail."""
    recipients.choose(session, subject, body.addresses)
    return _settings(session, subject)


@router.post("/{alert_id}/acknowledge", responses=responses(404))
def acknowledge_alert(alert_id: UUID, subject: Writer, session: SessionDep) -> AlertRead:
    """Takes it off the list; it stays among all alerts, with who did so."""
    return _read(service.acknowledge(session, subject, alert_id))
