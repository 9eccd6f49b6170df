"""The audit log: append-only rows, each carrying the digest of the one before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.logs import redact
from app.core.schema import plain_number
from app.models import AuditEvent

GENESIS = "0" * 64


class AuditTag(StrEnum):
    """`source:subject:action`."""

    user_registered = "account:user:register"
    session_opened = "account:session:open"
    session_closed = "account:session:close"
    session_family_revoked = "account:session:revoke_family"
    session_revoked = "account:session:revoke"
    profile_changed = "account:user:change"
    password_changed = "account:password:change"  # noqa: S105 - a tag
    password_reset = "account:password:reset"  # noqa: S105 - a tag
    link_made = "account:link:create"
    member_changed = "account:member:change"
    member_removed = "account:member:remove"
    member_invited = "account:invitation:create"
    invitation_withdrawn = "account:invitation:delete"
    key_created = "account:api_key:create"
    key_rotated = "account:api_key:rotate"
    key_revoked = "account:api_key:revoke"
    prompt_created = "prompt:prompt:create"
    prompt_changed = "prompt:prompt:change"
    prompt_archived = "prompt:prompt:archive"
    prompt_erased = "prompt:prompt:erase"
    version_created = "prompt:version:create"
    label_moved = "prompt:label:move"
    gate_created = "gate:gate:create"
    gate_changed = "gate:gate:change"
    gate_archived = "gate:gate:archive"
    budget_created = "budget:budget:create"
    budget_changed = "budget:budget:change"
    budget_removed = "budget:budget:delete"
    price_set = "budget:price:create"
    price_removed = "budget:price:delete"
    baseline_approved = "gate:baseline:approve"
    baseline_retired = "gate:baseline:retire"
    example_created = "golden:example:create"
    example_changed = "golden:example:change"
    example_deleted = "golden:example:delete"
    examples_imported = "golden:example:import"
    experiment_started = "experiment:experiment:start"
    experiment_cancelled = "experiment:experiment:cancel"
    experiment_paused = "experiment:experiment:pause"
    experiment_resumed = "experiment:experiment:resume"
    experiment_retried = "experiment:experiment:retry_failed"
    experiment_rejudged = "experiment:experiment:rejudge"
    schedule_created = "schedule:schedule:create"
    schedule_changed = "schedule:schedule:change"
    schedule_deleted = "schedule:schedule:delete"
    schedule_run = "schedule:schedule:run"
    schedule_learned = "schedule:schedule:learn"
    analysis_started = "analysis:analysis:start"
    analysis_cancelled = "analysis:analysis:cancel"
    judge_created = "judge:judge:create"
    judge_version_created = "judge:version:create"
    judge_archived = "judge:judge:archive"
    label_sample_drawn = "review:sample:draw"
    human_label_given = "review:label:give"
    human_label_deleted = "review:label:delete"
    human_labels_imported = "review:label:import"
    certificate_asked = "review:certificate:ask"
    certificate_decided = "review:certificate:decide"
    canary_created = "review:canary:create"
    canary_deleted = "review:canary:delete"
    webhook_created = "webhook:endpoint:create"
    webhook_changed = "webhook:endpoint:change"
    webhook_deleted = "webhook:endpoint:delete"
    webhook_rotated = "webhook:secret:rotate"
    webhook_replayed = "webhook:delivery:replay"
    webhook_tested = "webhook:endpoint:test"
    alert_acknowledged = "alert:alert:acknowledge"
    alert_settings_changed = "alert:settings:change"


class Actor(Protocol):
    """Who acts, and from where."""

    @property
    def label(self) -> str: ...
    @property
    def actor_id(self) -> UUID | None: ...
    @property
    def workspace_id(self) -> UUID: ...
    @property
    def address(self) -> str | None: ...
    @property
    def request_id(self) -> str | None: ...


def record(
    session: Session,
    actor: Actor,
    tag: AuditTag,
    *,
    object_id: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Adds one row; writers of one workspace queue up for the chain until they commit."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"audit {actor.workspace_id}"},
    )
    last = session.execute(
        select(AuditEvent.number, AuditEvent.digest)
        .where(AuditEvent.workspace_id == actor.workspace_id)
        .order_by(AuditEvent.number.desc())
        .limit(1)
    ).one_or_none()
    number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
    event = AuditEvent(
        workspace_id=actor.workspace_id,
        created_at=now(),
        number=number,
        tag=tag.value,
        actor=actor.label,
        actor_id=actor.actor_id,
        object_id=object_id,
        before=_safe(before),
        after=_safe(after),
        address=actor.address,
        request_id=actor.request_id,
        previous_digest=previous,
    )
    event.digest = digest_of(event)
    session.add(event)
    session.flush()


def _safe(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    plain: dict[str, Any] = json.loads(json.dumps(redact(dict(values)), default=str))
    return plain


def digest_of(event: AuditEvent) -> str:
    """SHA-256 over the previous digest and the row's content, as canonical JSON."""
    content = [
        event.previous_digest,
        str(event.workspace_id),
        event.created_at.astimezone(UTC).isoformat(),
        event.number,
        event.tag,
        event.actor,
        str(event.actor_id),
        str(event.object_id),
        _canonical(event.before),
        _canonical(event.after),
        event.address,
        event.request_id,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _canonical(value: object) -> object:
    """PostgreSQL keeps a JSON number as a decimal: 1e22 comes back as an integer, -0.0 as 0."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain_number(Decimal(repr(value or 0)))
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    return value


def verify(session: Session, workspace_id: UUID) -> int | None:
    """The number of the first row that does not fit the chain; None when all fit."""
    rows = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.workspace_id == workspace_id)
        .order_by(AuditEvent.number)
        .execution_options(yield_per=1000)
    )
    expected, previous = 1, GENESIS
    for row in rows:
        fits = (
            row.number == expected
            and row.previous_digest == previous
            and row.digest == digest_of(row)
        )
        if not fits:
            return expected
        expected, previous = expected + 1, row.digest
    return None


def count(session: Session, workspace_id: UUID) -> int:
    total = select(func.count()).where(AuditEvent.workspace_id == workspace_id)
    return session.scalar(total) or 0
