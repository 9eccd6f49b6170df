"""Certificates: a judge examined against people's labels and against outputs that talk back.

A certificate is asked for, which stores it as pending, and decided by a job, for the self-test
asks the judge's model dozens of times. Pending, it is nobody's evidence.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject, SubjectKind
from app.audit import AuditTag
from app.budgets import spend
from app.budgets.spend import BudgetGone
from app.core import logs
from app.core.celery_app import Task
from app.core.clock import new_id, now
from app.core.database import system_unit_of_work, unit_of_work
from app.core.errors import NotFound
from app.core.queue import enqueue
from app.events import EventKind, emit
from app.experiments import service as experiments
from app.judges.certificates import DECIDED, PENDING
from app.judges.own_model import judge_model_of
from app.models import Experiment, JudgeCertificate, Role
from app.review import examination, spending
from app.review import report as reports
from app.review.examination import NOT_TRIED, SelfTest
from app.review.lineage import entry_of
from app.review.report import Standing
from app.review.spending import booked

log = logs.get()
LOST_AFTER = timedelta(minutes=20)  # longer than the task may take


class CertificateNotFound(NotFound):
    message = "There is no judge certificate with this id in your workspace."


class Wanted(NamedTuple):
    """What is examined, and what it takes: kappa's interval begins at `min_kappa` or above."""

    experiment_id: UUID
    evaluator: str
    valid_days: int
    min_kappa: float


def get(session: Session, subject: Subject, certificate_id: UUID) -> JudgeCertificate:
    certificate = session.scalar(
        select(JudgeCertificate).where(
            JudgeCertificate.workspace_id == subject.workspace_id,
            JudgeCertificate.id == certificate_id,
        )
    )
    if certificate is None:
        raise CertificateNotFound
    return certificate


def page(
    session: Session,
    subject: Subject,
    *,
    evaluator: str | None,
    before: UUID | None,
    limit: int,
) -> tuple[Sequence[JudgeCertificate], int]:
    """Newest first, and how many there are."""
    wanted = select(JudgeCertificate).where(JudgeCertificate.workspace_id == subject.workspace_id)
    if evaluator:
        wanted = wanted.where(JudgeCertificate.evaluator == evaluator)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if before:
        wanted = wanted.where(JudgeCertificate.id < before)
    return session.scalars(wanted.order_by(JudgeCertificate.id.desc()).limit(limit)).all(), total


def ask(session: Session, subject: Subject, wanted: Wanted) -> JudgeCertificate:
    """Stores it as pending and sends the job that decides it; raises BudgetGone."""
    experiment = experiments.get(session, subject, wanted.experiment_id)
    entry = entry_of(experiment, wanted.evaluator)
    certificate = JudgeCertificate(
        id=new_id(),
        workspace_id=subject.workspace_id,
        evaluator=wanted.evaluator,
        evaluator_version=str(entry["version"]),
        judge_model=judge_model_of(entry, experiment.judge_model),
        admissible=False,
        n=0,
        report={
            "state": PENDING,
            "experiment_id": str(experiment.id),
            "min_kappa": wanted.min_kappa,
            "reasons": [],
        },
        expires_at=now() + timedelta(days=wanted.valid_days),
        created_by=subject.label,
    )
    session.add(certificate)
    session.flush()
    session.refresh(certificate)
    priced_by = spending.tariff(session, subject.workspace_id)
    amount = examination.most(priced_by, entry, certificate.judge_model)
    spending.reserve(session, subject.workspace_id, certificate.id, amount)
    enqueue(session, Task.certify_judge, certificate_id=certificate.id)
    audit.record(
        session,
        subject,
        AuditTag.certificate_asked,
        object_id=certificate.id,
        after={"experiment_id": experiment.id, "evaluator": wanted.evaluator},
    )
    return certificate


def send_lost() -> int:
    """Sends those again whose job or worker was lost; how many."""
    with system_unit_of_work() as session:
        lost = session.scalars(
            select(JudgeCertificate.id).where(
                JudgeCertificate.report["state"].astext == PENDING,
                JudgeCertificate.created_at < now() - LOST_AFTER,
            )
        ).all()
        for certificate_id in lost:
            enqueue(session, Task.certify_judge, certificate_id=certificate_id)
    return len(lost)


def decide(certificate_id: UUID) -> None:
    """Examines the judge; a second delivery finds it decided, or another worker at it.

    The lock is held until the decision is stored: a worker that dies leaves it pending.
    """
    with system_unit_of_work() as session:
        certificate = _claimed(session, certificate_id)
        if certificate is None:
            return
        experiment = session.get(Experiment, UUID(certificate.report["experiment_id"]))
        if experiment is None:
            _store(session, certificate, {}, ["The experiment was erased; ask for another one."])
            return
        found = reports.standing(session, experiment, certificate.evaluator)
        evidence = examination.evidence(found)
        tested = NOT_TRIED
        lacking = examination.lacking(found, evidence, certificate.report["min_kappa"])
        if not lacking:
            tested, lacking = _tested(certificate, found)
        session.add_all(
            booked(
                tested.calls,
                workspace_id=certificate.workspace_id,
                source="certificate",
                experiment_id=experiment.id,
            )
        )
        _store(
            session,
            certificate,
            {**evidence, "injection": examination.told(tested.report)},
            lacking,
        )


def _tested(certificate: JudgeCertificate, found: Standing) -> tuple[SelfTest, list[str]]:
    """The self-test and what it shows; where it cannot be paid it shows nothing."""
    workspace_id = certificate.workspace_id
    try:
        with unit_of_work(workspace_id) as session:  # its own: others see what is held
            priced_by = spending.tariff(session, workspace_id)
            amount = examination.most(priced_by, found.entry, found.judge_model)
            spending.reserve(session, workspace_id, certificate.id, amount)
    except BudgetGone as gone:
        return NOT_TRIED, [f"The self-test was not made: {gone.detail}"]
    tested = examination.self_test(found, priced_by)
    return tested, examination.weaknesses(found, tested.report)


def _claimed(session: Session, certificate_id: UUID) -> JudgeCertificate | None:
    mine = session.scalar(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"certificate {certificate_id}"},
    )
    certificate = session.get(JudgeCertificate, certificate_id) if mine else None
    if certificate is None or certificate.report["state"] != PENDING:
        return None
    return certificate


def _store(
    session: Session, certificate: JudgeCertificate, evidence: dict[str, Any], reasons: list[str]
) -> None:
    certificate.n = evidence.get("n", 0)
    certificate.admissible = not reasons
    certificate.report = {
        **certificate.report,
        **evidence,
        "state": DECIDED,
        "reasons": reasons,
        "decided_at": now().isoformat(),
    }
    session.flush()
    spend.settle(session, certificate.id)
    audit.record(
        session,
        _examiner(certificate),
        AuditTag.certificate_decided,
        object_id=certificate.id,
        after={"admissible": certificate.admissible, "n": certificate.n},
    )
    _announce(session, certificate)
    log.info("judge_examined", evaluator=certificate.evaluator, admissible=certificate.admissible)


def _announce(session: Session, certificate: JudgeCertificate) -> None:
    fate = "may be believed" if certificate.admissible else "may not be believed yet"
    emit(
        session,
        certificate.workspace_id,
        EventKind.review_completed,
        title=f"The judge {certificate.evaluator} {fate}, by {certificate.n} labels.",
        object_id=certificate.id,
        data={
            "evaluator": certificate.evaluator,
            "evaluator_version": certificate.evaluator_version,
            "judge_model": certificate.judge_model,
            "admissible": certificate.admissible,
            "n": certificate.n,
        },
    )


def _examiner(certificate: JudgeCertificate) -> Subject:
    """The job, as the audit log names it."""
    return Subject(
        kind=SubjectKind.system,
        id=None,
        label="examiner",
        workspace_id=certificate.workspace_id,
        workspace_name="",
        role=Role.user,
        scopes=frozenset(),
    )
