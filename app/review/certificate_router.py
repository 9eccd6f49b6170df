"""Judge certificates and canaries over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.clock import now
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page, ShortText
from app.core.session import SessionDep
from app.idempotency import OnceDep
from app.models import Canary, JudgeCertificate
from app.review import canaries, canary_checks, certificates
from app.review.certificates import Wanted
from app.review.pages import AskedPage, cut
from app.review.schemas import (
    CanaryCheckRead,
    CanaryRead,
    CertificateCreate,
    CertificateRead,
    OfCase,
)

router = APIRouter(tags=["judges"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Runner = Annotated[Subject, requires(Scope.run)]
OfEvaluator = Annotated[ShortText | None, Query()]


def _certificate(certificate: JudgeCertificate) -> CertificateRead:
    told = {
        name: getattr(certificate, name)
        for name in CertificateRead.model_fields.keys() - {"state", "expired", "reasons"}
    }
    return CertificateRead(
        **told,
        state=certificate.report["state"],
        expired=certificate.expires_at <= now(),
        reasons=certificate.report["reasons"],
    )


@router.post("/judge-certificates", status_code=202, responses=responses(402, 404, 409))
def ask_for_judge_certificate(
    body: CertificateCreate,
    subject: Runner,
    session: SessionDep,
    once: OnceDep,
    response: Response,
) -> CertificateRead:
    """Examines a judge by an experiment's labels and attacks; poll it until it is decided."""
    response.status_code = 202
    answer = once(
        session,
        subject,
        body,
        CertificateRead,
        lambda: _certificate(certificates.ask(session, subject, Wanted(**body.model_dump()))),
    )
    response.headers["Location"] = f"/api/v1/judge-certificates/{answer.id}"
    return answer


@router.get("/judge-certificates")
def list_judge_certificates(
    subject: Reader, session: SessionDep, page: AskedPage, evaluator: OfEvaluator = None
) -> Page[CertificateRead]:
    """Certificates, newest first; those not admissible say why."""
    name = f"certificates {evaluator}"
    rows, total = certificates.page(
        session,
        subject,
        evaluator=evaluator,
        before=page.before(subject, name),
        limit=page.limit + 1,
    )
    return cut(rows, total, page=page, subject=subject, name=name, read=_certificate)


@router.get("/judge-certificates/{certificate_id}", responses=responses(404))
def get_judge_certificate(
    certificate_id: UUID, subject: Reader, session: SessionDep
) -> CertificateRead:
    """One certificate with its evidence."""
    return _certificate(certificates.get(session, subject, certificate_id))


def _canary(canary: Canary) -> CanaryRead:
    told = {
        name: getattr(canary, name)
        for name in CanaryRead.model_fields.keys() - {"evaluator", "evaluator_version"}
    }
    return CanaryRead(
        **told,
        evaluator=canary.evaluator["name"],
        evaluator_version=canary.evaluator["version"],
    )


@router.post("/canaries", status_code=201, responses=responses(404, 409))
def create_canary(
    body: OfCase, subject: Runner, session: SessionDep, once: OnceDep, response: Response
) -> CanaryRead:
    """Freezes a labelled output; from now on its judge is asked about it once a day."""
    response.status_code = 201
    return once(
        session,
        subject,
        body,
        CanaryRead,
        lambda: _canary(canaries.create(session, subject, **body.model_dump())),
    )


@router.get("/canaries")
def list_canaries(subject: Reader, session: SessionDep, page: AskedPage) -> Page[CanaryRead]:
    """Canaries, newest first."""
    rows, total = canaries.page(
        session, subject, before=page.before(subject, "canaries"), limit=page.limit + 1
    )
    return cut(rows, total, page=page, subject=subject, name="canaries", read=_canary)


@router.delete("/canaries/{canary_id}", status_code=204, responses=responses(404))
def delete_canary(canary_id: UUID, subject: Runner, session: SessionDep) -> None:
    """It is judged no more; the rounds it was in stay."""
    canaries.remove(session, subject, canary_id)


@router.get("/canary-checks")
def list_canary_checks(
    subject: Reader, session: SessionDep, page: AskedPage, evaluator: OfEvaluator = None
) -> Page[CanaryCheckRead]:
    """The daily rounds, newest first, each with whether the judge moved."""
    name = f"canary checks {evaluator}"
    rows, total = canary_checks.page(
        session,
        subject,
        evaluator=evaluator,
        before=page.before(subject, name),
        limit=page.limit + 1,
    )
    read = CanaryCheckRead.model_validate
    return cut(rows, total, page=page, subject=subject, name=name, read=read)
