"""One alert as an e-mail: a sentence and a link, in plain text."""

import smtplib
import ssl
import time
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.core import logs
from app.core.config import Settings, SmtpSecurity, get_settings
from app.core.database import unit_of_work
from app.events import delivery, links
from app.events.delivery import Tried
from app.models import Event, Workspace

WITHIN_S = 5.0  # each step of the conversation: all of them end before the lease does
LONGEST_SUBJECT = 120
NO_ADDRESS = "This is not an e-mail address; correct it in the settings of alerts."
log = logs.get()

TEXT = """\
{title}

{url}

Workspace: {workspace}
Who gets these e-mails: {settings}
"""


def send(job: Row[Any]) -> None:
    """Sends a claimed delivery and notes what came of it."""
    with unit_of_work(job.workspace_id) as session:
        mail = _mail(session, job)
    tried = _transmit(mail) if mail else Tried(False, error=NO_ADDRESS, final=True)
    with unit_of_work(job.workspace_id) as session:
        delivery.settle(session, job, tried)
    log.info("mail_tried", delivery_id=str(job.id), code=tried.status_code, error=tried.error)


def _mail(session: Session, job: Row[Any]) -> EmailMessage | None:
    """The e-mail; None where the receiver's address is none. No header can hold a line break."""
    try:
        receiver = Address(addr_spec=job.address)
    except (MessageError, ValueError):
        return None
    event = session.get_one(Event, job.event_id)
    mail = EmailMessage()
    mail["To"] = receiver
    workspace = session.get_one(Workspace, job.workspace_id)
    settings = get_settings()
    mail["Subject"] = f"[LLM Operations] {_one_line(event.title)}"
    mail["From"] = settings.smtp_from
    mail["Date"] = event.created_at
    mail["Auto-Submitted"] = "auto-generated"  # no holiday note answers it
    # the same for every try: a mail program shows a repeated one once
    mail["Message-ID"] = f"<{job.id.hex}@{_domain(settings)}>"
    mail.set_content(
        TEXT.format(
            title=event.title,
            url=links.url_of(event),
            workspace=_one_line(workspace.name),
            settings=f"{settings.public_url}/settings/alerts",
        )
    )
    return mail


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_SUBJECT]


def _domain(settings: Settings) -> str:
    return parseaddr(settings.smtp_from)[1].rpartition("@")[2] or "localhost"


def _transmit(mail: EmailMessage) -> Tried:
    started = time.monotonic()
    try:
        with _connected(get_settings()) as server:
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return _failed(started, f"The mail server refuses the address: {_words(said)}", code)
    except smtplib.SMTPResponseException as error:
        sentence = f"The mail server says {error.smtp_code}: {_words(error.smtp_error)}"
        return _failed(started, sentence, error.smtp_code)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return _failed(started, f"The mail server cannot be used: {error}"[:300])
    return Tried(delivered=True, duration_ms=_since(started), status_code=250)


def _connected(settings: Settings) -> smtplib.SMTP:
    """A signed-in connection; never an unencrypted one where encryption is asked for."""
    host, port = settings.smtp_host or "", settings.smtp_port
    if settings.smtp_security is SmtpSecurity.tls:
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=WITHIN_S, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=WITHIN_S)
    try:
        if settings.smtp_security is SmtpSecurity.starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _failed(started: float, error: str, code: int | None = None) -> Tried:
    return Tried(delivered=False, duration_ms=_since(started), status_code=code, error=error)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
