"""A workspace with a row in every table: what isolation, roles and audit are tried on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.accounts.subject import Subject
from app.core import queue, security
from app.core.celery_app import Task
from app.core.clock import now
from app.core.database import system_unit_of_work, unit_of_work
from app.events import EventKind, emit
from app.models import (
    CachedAnswer,
    CanaryCheck,
    Delivery,
    DeliveryAttempt,
    DriftSignal,
    LoginSession,
    Reservation,
    Role,
)
from tests.support.apart import DELIVERIES, WORK, Job
from tests.support.fixtures import make_key, make_subject, make_workspace
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt

Ids = dict[str, str]


@dataclass(frozen=True)
class Furnished:
    """`ids` by the names that paths have for them."""

    subject: Subject
    key: str
    ids: Ids

    @property
    def workspace_id(self) -> UUID:
        return self.subject.workspace_id

    def own_words(self) -> set[str]:
        """What names something of this workspace and of no other."""
        shared = {self.ids[word] for word in ("selector", "label", "provider")}
        return ({*self.ids.values()} - shared) | {str(self.workspace_id)}


@contextmanager
def jobs_kept() -> Iterator[list[Job]]:
    """Jobs wait in a list instead of leaving for a worker."""
    sent: list[Job] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "_deliver_with", [lambda task, ids: sent.append((task, ids))])
        yield sent


def work_off(sent: list[Job]) -> None:
    while sent:
        task, ids = sent.pop(0)
        if Task(task) not in DELIVERIES:
            WORK[Task(task)](ids)


def furnish(server: TestClient, name: str) -> Furnished:
    """Through the API where it has a way, past it where it has none."""
    subject = make_subject(make_workspace(name))
    key = make_key(subject)
    client = TestClient(server.app, headers={"authorization": f"Bearer {key}"})
    client.portal = server.portal
    made = make_prompt(subject, templates=(GROUNDED, UNGROUNDED))
    make_prompt(subject, examples=0)
    ids = {
        "prompt_id": str(made.prompt_id),
        "version_id": str(made.version_ids[0]),
        "second_version_id": str(made.version_ids[1]),
        "example_id": str(made.example_ids[0]),
        "name": f"renamed/{made.name}",
        "selector": "latest",
        "label": "production",
        "provider": "local",
    }
    prompt = f"/api/v1/prompts/{made.prompt_id}"
    _done(client.patch(prompt, json={"name": ids["name"]}))
    for version_id in made.version_ids:
        _done(client.post(f"{prompt}/versions/{version_id}/activate"))
    key_made = {"name": "second", "scopes": ["read"]}
    ids["key_id"] = _done(client.post("/api/v1/api-keys", json=key_made))["id"]
    ids |= _people_of(client, subject)
    ids["session_id"] = _sign_in(subject)
    with jobs_kept() as sent:
        ids |= _work_of(client, ids)
        work_off(sent)
        ids |= _analyses_of(client, ids)
        work_off(sent)
    ids |= _approvals_of(client, ids)
    with jobs_kept() as sent:
        ids |= _schedules_of(client, ids)
        for _ in range(2):
            _done(client.post(f"/api/v1/schedules/{ids['schedule_id']}/run"))
            work_off(sent)
        ids |= _told_of(client, subject)
        ids |= _money_of(client, subject, ids)
        work_off(sent)
        ids |= _reviews_of(client, ids)
    _check_canaries(subject)
    _notice_drift(subject, ids)
    return Furnished(subject, key, ids)


def _work_of(client: TestClient, ids: Ids) -> Ids:
    """A run, a query and two experiments, started."""
    run = {
        "prompt_version_id": ids["version_id"],
        "variables": {"question": "How long is the warranty?", "context": "Three years."},
    }
    experiment = {
        "prompt_id": ids["prompt_id"],
        "experiment_name": "which answers better",
        "evaluators": ["exact"],
    }
    key = {"Idempotency-Key": "furnished"}
    run_id = _done(client.post("/api/v1/run", json=run, headers=key))["run_id"]
    query_id = _done(client.post("/api/v1/query", json={"query": "Who?"}))["query_id"]
    started = [
        _done(client.post("/api/v1/experiments/run", json=experiment))["experiment_id"]
        for _ in range(2)
    ]
    return {
        "run_id": run_id,
        "task_id": run_id,
        "query_id": query_id,
        "experiment_id": started[0],
        "second_experiment_id": started[1],
    }


def _analyses_of(client: TestClient, ids: Ids) -> Ids:
    """One of each kind; they find all they need in the experiments."""
    asked = {"good": ids["version_id"], "bad": ids["second_version_id"]}
    started = [
        _done(client.post(f"/api/v1/prompts/{ids['prompt_id']}/{kind}", json=asked))["analysis_id"]
        for kind in ("bisect", "blame")
    ]
    return {"analysis_id": started[0]}


def _approvals_of(client: TestClient, ids: Ids) -> Ids:
    """Two gates, one of which protects a label that stands nowhere, and two baselines."""
    gates = [
        _done(client.post("/api/v1/gates", json={"prompt_id": ids["prompt_id"], **body}))["id"]
        for body in ({"name": "release", "label": "guarded"}, {"name": "nightly"})
    ]
    approved = [
        _done(
            client.post(
                "/api/v1/baselines",
                json={
                    "prompt_id": ids["prompt_id"],
                    "experiment_id": ids["second_experiment_id"],
                    "version_id": ids[version],
                    "reason": "good",
                },
            )
        )["id"]
        for version in ("version_id", "second_version_id")
    ]
    return {"gate_id": gates[0], "baseline_id": approved[0]}


def _told_of(client: TestClient, subject: Subject) -> Ids:
    """Two webhooks and two alerts; the first webhook was told of both, in vain."""
    hook = {"url": "http://127.0.0.1:9999/hook"}
    webhook_ids = [_done(client.post("/api/v1/webhooks", json=hook))["id"] for _ in range(2)]
    _done(client.put("/api/v1/alerts/settings", json={"addresses": ["ops@example.org"]}))
    with unit_of_work(subject.workspace_id) as session:
        alert_ids = [
            emit(session, subject.workspace_id, EventKind.budget_alert, title="Half is spent.")
            for _ in range(2)
        ]
    with system_unit_of_work() as session:
        deliveries = [
            Delivery(
                workspace_id=subject.workspace_id,
                event_id=alert_id,
                endpoint_id=UUID(webhook_ids[0]),
                state="failed",
            )
            for alert_id in alert_ids
        ]
        session.add_all(deliveries)
        session.flush()
        delivery_id = deliveries[0].id
        session.add(
            DeliveryAttempt(
                workspace_id=subject.workspace_id, delivery_id=delivery_id, duration_ms=1
            )
        )
    return {
        "webhook_id": webhook_ids[0],
        "delivery_id": str(delivery_id),
        "alert_id": str(alert_ids[0]),
    }


def _money_of(client: TestClient, subject: Subject, shared: Ids) -> Ids:
    """Budgets, one in a period that has begun, a price, a reservation and an answer to be used again."""
    budget = {"limit_usd": "1000", "hard_stop": True}
    price = {"model": "openai:own", "input_usd": "1", "output_usd": "2", "valid_from": "2026-01-01"}
    ids = {
        "budget_id": _done(client.post("/api/v1/budgets", json=budget))["id"],
        "price_id": _done(client.post("/api/v1/prices", json=price))["id"],
    }
    for scope, of in (
        ("prompt", {"prompt_id": shared["prompt_id"]}),
        ("key", {"api_key_id": shared["key_id"]}),
    ):
        _done(client.post("/api/v1/budgets", json={"scope": scope, **of, "limit_usd": "1000"}))
    with unit_of_work(subject.workspace_id) as session:
        session.add(Reservation(amount_usd=1, lease_until=now() + timedelta(days=1)))
        session.add(
            CachedAnswer(
                key="0",
                text="Three years.",
                model="own",
                tokens_in=3,
                tokens_out=2,
                tokens_estimated=False,
                finish_reason="stop",
                latency_ms=1,
            )
        )
    return ids


def _schedules_of(client: TestClient, ids: Ids) -> Ids:
    """Two schedules, one of which has run twice."""
    body = {"prompt_id": ids["prompt_id"], "cron": "0 6 * * *", "versions": [1]}
    request = {"evaluators": ["exact"]}
    made = [
        _done(client.post("/api/v1/schedules", json={**body, "name": name, "request": request}))[
            "id"
        ]
        for name in ("mornings", "dawns")
    ]
    return {"schedule_id": made[0]}


def _reviews_of(client: TestClient, ids: Ids) -> Ids:
    """Two of everything that is said about judges, in a list of which a page holds one."""
    case = {"experiment_id": ids["experiment_id"], "evaluator": "exact"}
    judge_ids = [
        _done(client.post("/api/v1/judges", json={"name": name, "evaluator": "exact"}))["id"]
        for name in ("strict", "lenient")
    ]
    label_ids = [
        _done(client.post("/api/v1/human-labels", json={**case, "case_no": number, "value": 1.0}))[
            "id"
        ]
        for number in range(3)
    ]
    path = f"/api/v1/experiments/{ids['experiment_id']}/label-sample"
    sample_id = _done(client.post(path, json={"evaluator": "exact", "size": 2}))["id"]
    waiting = {"experiment_id": ids["second_experiment_id"], "size": 2}
    _done(client.post("/api/v1/review-queue/sample", json=waiting))
    item = _done(client.post("/api/v1/review-queue/next", json={}))["item"]
    state = {"columns": [{"template": "Say {{ word }}"}]}
    state_id = _done(client.post("/api/v1/playground/states", json=state))["id"]
    certificate_ids = [
        _done(client.post("/api/v1/judge-certificates", json=case))["id"] for _ in range(2)
    ]
    canary_ids = [
        _done(client.post("/api/v1/canaries", json={**case, "case_no": number}))["id"]
        for number in range(2)
    ]
    return {
        "judge_id": judge_ids[0],
        "label_id": label_ids[0],
        "sample_id": sample_id,
        "item_id": item["id"],
        "state_id": state_id,
        "certificate_id": certificate_ids[0],
        "canary_id": canary_ids[0],
    }


def _people_of(client: TestClient, subject: Subject) -> Ids:
    """A second member, and an invitation for a third."""
    invitation = _done(client.post("/api/v1/invitations", json={"role": "user"}))
    return {
        "user_id": str(make_subject(subject.workspace_id, Role.moderator).user_id),
        "invitation_id": invitation["id"],
    }


def _check_canaries(subject: Subject) -> None:
    """Two rounds, as the daily task stores them."""
    with system_unit_of_work() as session:
        session.add_all(
            CanaryCheck(
                workspace_id=subject.workspace_id,
                evaluator="exact",
                evaluator_version="1",
                judge_model="local:extractive-baseline",
                n=2,
                unjudged=0,
                agreed=2,
                moved=False,
                report=[],
            )
            for _ in range(2)
        )


def _notice_drift(subject: Subject, ids: Ids) -> None:
    """A signal, as following the runs of a schedule stores it."""
    with system_unit_of_work() as session:
        session.add(
            DriftSignal(
                workspace_id=subject.workspace_id,
                schedule_id=UUID(ids["schedule_id"]),
                experiment_id=UUID(ids["experiment_id"]),
                series="one",
                test="cusum",
                direction="down",
                cause="model",
                changed_at=now(),
                sentence="It scores lower than it did.",
            )
        )


def _sign_in(subject: Subject) -> str:
    ends = now() + timedelta(days=7)
    with system_unit_of_work() as session:
        opened = LoginSession(
            user_id=subject.user_id,
            workspace_id=subject.workspace_id,
            current_hash=security.hash_token(security.new_token()),
            expires_at=ends,
            absolute_expires_at=ends,
        )
        session.add(opened)
        session.flush()
        return str(opened.id)


def _done(answer) -> dict:
    assert answer.is_success, answer.text
    return answer.json()
