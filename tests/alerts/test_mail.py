"""Alerts as e-mail, through a real SMTP server on loopback."""

import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from app.alerts import mailing, recipients
from app.core.config import SmtpSecurity, get_settings
from app.core.database import unit_of_work
from app.events import EventKind, sweeping
from app.models import DeliveryState, Role
from tests.support.certificates import certificate
from tests.support.fixtures import make_subject

SENDER = "LLM Operations <llmops@example.org>"


class Mailbox:
    """What arrived; `refuses` is said to the next recipients instead."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.refuses: list[str] = []
        self.encrypted: list[bool] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server, _session, envelope: Envelope, address: str, _options
    ):
        if self.refuses:
            return self.refuses.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.receivers += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


class OnLoopback(Controller):
    def _trigger_server(self) -> None:
        """It asked for any free port: now it is known which."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def signed_in(_server, _session, _envelope, _mechanism, given: LoginPassword) -> AuthResult:
    right = given == LoginPassword(b"llmops", b"right")
    return AuthResult(success=right, handled=False)


@pytest.fixture
def smtp(monkeypatch) -> Iterator["Smtp"]:
    server = Smtp(monkeypatch)
    yield server
    server.stop()


class Smtp:
    """Started with what a test needs of it; the settings lead there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.box = Mailbox()
        self._patch = monkeypatch
        self._controller: OnLoopback | None = None
        self.set(smtp_host="127.0.0.1", smtp_port=1, smtp_from=SENDER, smtp_security="none")

    def set(self, **values: object) -> None:
        for name, value in values.items():
            self._patch.setattr(get_settings(), name, value)

    def start(self, **options: object) -> None:
        self._controller = OnLoopback(self.box, "127.0.0.1", 0, **options)
        self._controller.start()
        self.set(smtp_port=self._controller.port)

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop(no_assert=True)


@pytest.fixture
def tls(tmp_path) -> tuple[ssl.SSLContext, str]:
    """A certificate for 127.0.0.1 that nobody has reason to trust, and its path."""
    path = str(certificate(tmp_path, "127.0.0.1"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, path


def test_an_alert_reaches_the_admins(post, smtp, subject):
    """One sentence, a link and the workspace, to each admin and to nobody else."""
    other = make_subject(subject.workspace_id)
    make_subject(subject.workspace_id, Role.editor)
    smtp.start()
    post.happens(EventKind.budget_exceeded, title="The budget of July is used up.")
    post.happens(EventKind.experiment_completed)
    post.work_off()
    mail = smtp.box.mails[0]

    assert 2 == len(smtp.box.mails) == len({subject.user_id, other.user_id})
    assert set(smtp.box.receivers) == set(recipients.admins(subject.workspace_id))
    assert "[LLM Operations] The budget of July is used up." == mail["Subject"]
    assert SENDER == mail["From"]
    assert "auto-generated" == mail["Auto-Submitted"]
    assert "text/plain" == mail.get_content_type()
    assert f"{get_settings().public_url}/settings/budgets" in mail.get_content()


def test_the_workspace_names_who_gets_them(post, smtp, subject):
    """Addresses in place of the admins; an empty list is nobody."""
    smtp.start()
    for addresses in (["ops@example.org", "ops@example.org"], []):
        with unit_of_work(subject.workspace_id) as session:
            recipients.choose(session, subject, addresses)
        post.happens(EventKind.judge_changed)
        post.work_off()

    assert ["ops@example.org"] == smtp.box.receivers


def test_without_a_mail_server_nothing_waits(post, monkeypatch):
    """No SMTP, no deliveries that fail for ever."""
    monkeypatch.setattr(get_settings(), "smtp_host", None)
    post.happens(EventKind.budget_exceeded)
    post.work_off()

    assert [None] == [delivery.address for delivery in post.deliveries()]


def test_no_title_adds_a_header(post, smtp, only_ops):
    """Line breaks and whole headers in a title stay words of the subject."""
    smtp.start()
    title = "Over\r\nBcc: eve@example.org\r\n\r\nand out \u2028 \x0b again é"
    post.happens(EventKind.budget_exceeded, title=title)
    post.work_off()
    (mail,) = smtp.box.mails

    assert mail["Bcc"] is None
    assert "[LLM Operations] Over Bcc: eve@example.org and out again é" == " ".join(
        mail["Subject"].split()
    )
    assert ["ops@example.org"] == smtp.box.receivers


@pytest.fixture
def only_ops(post, subject) -> None:
    with unit_of_work(subject.workspace_id) as session:
        recipients.choose(session, subject, ["ops@example.org"])


def mailed(post):
    return next(delivery for delivery in post.deliveries() if delivery.address)


def test_an_outage_is_waited_out(post, smtp, only_ops):
    """Refused at the door, then told to come later: the third try arrives, with the same id."""
    post.happens(EventKind.budget_exceeded)
    post.work_off()
    states = [mailed(post).state]
    smtp.start()
    smtp.box.refuses = ["451 greylisted, come again"]
    for _ in range(2):
        post.passes()
        sweeping.sweep()
        post.work_off()
        states.append(mailed(post).state)
    log = [tried for tried in post.attempts() if tried.delivery_id == mailed(post).id]

    assert [DeliveryState.pending, DeliveryState.pending, DeliveryState.delivered] == states
    assert [None, 451, 250] == [tried.status_code for tried in log]
    assert "greylisted" in log[1].error
    assert mailed(post).id.hex in smtp.box.mails[0]["Message-ID"]


@pytest.mark.parametrize("address", ["a,b@example.org", "<x>@example.org"])
def test_what_is_no_address_is_not_tried_again(post, smtp, subject, address):
    """It ends as failed, and its log says what to do."""
    smtp.start()
    with unit_of_work(subject.workspace_id) as session:
        recipients.choose(session, subject, [address])
    post.happens(EventKind.budget_exceeded)
    post.work_off()

    assert DeliveryState.failed == mailed(post).state
    assert mailing.NO_ADDRESS in [tried.error for tried in post.attempts()]
    assert [] == smtp.box.mails


def test_a_password_never_goes_out_unencrypted(post, smtp, only_ops):
    """A server without STARTTLS gets neither password nor mail: somebody may have taken it out."""
    smtp.start(authenticator=signed_in, auth_require_tls=False)
    smtp.set(
        smtp_security=SmtpSecurity.starttls, smtp_user="llmops", smtp_password=SecretStr("right")
    )
    post.happens(EventKind.budget_exceeded)
    post.work_off()

    assert DeliveryState.pending == mailed(post).state
    assert any("STARTTLS" in (tried.error or "") for tried in post.attempts())
    assert [] == smtp.box.mails


def test_a_certificate_nobody_vouches_for_is_refused(post, smtp, only_ops, tls, monkeypatch):
    """STARTTLS with an unknown certificate fails; once it is trusted, the same mail goes out."""
    context, path = tls
    smtp.start(tls_context=context, authenticator=signed_in)
    smtp.set(
        smtp_security=SmtpSecurity.starttls, smtp_user="llmops", smtp_password=SecretStr("right")
    )
    post.happens(EventKind.budget_exceeded)
    post.work_off()
    refused = [tried.error or "" for tried in post.attempts()]
    monkeypatch.setenv("SSL_CERT_FILE", path)
    post.passes()
    sweeping.sweep()
    post.work_off()

    assert any("certificate" in error.lower() for error in refused)
    assert [True] == smtp.box.encrypted


def test_a_wrong_password_is_said(post, smtp, only_ops):
    """In the mail server's words, and tried again: somebody may correct it."""
    smtp.start(authenticator=signed_in, auth_require_tls=False)
    smtp.set(smtp_user="llmops", smtp_password=SecretStr("wrong"))
    post.happens(EventKind.budget_exceeded)
    post.work_off()

    assert DeliveryState.pending == mailed(post).state
    assert 535 in [tried.status_code for tried in post.attempts()]


def test_tls_from_the_start(post, smtp, only_ops, tls, monkeypatch):
    """A server that speaks nothing but TLS gets the mail."""
    context, path = tls
    monkeypatch.setenv("SSL_CERT_FILE", path)
    smtp.start(ssl_context=context)
    smtp.set(smtp_security=SmtpSecurity.tls)
    post.happens(EventKind.budget_exceeded)
    post.work_off()

    assert ["ops@example.org"] == smtp.box.receivers
