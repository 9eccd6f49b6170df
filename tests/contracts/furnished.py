"""A workspace with a row in every table: what isolation, roles and audit are tried on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.accounts.registration import SETUP_LIFE
from app.accounts.subject import Subject
from app.core import queue, security
from app.core.celery_app import Task
from app.core.clock import now
from app.core.database import system_unit_of_work
from app.models import LoginSession, SetupToken
from tests.support.apart import WORK, Job
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
        shared = {self.ids["selector"], self.ids["label"]}
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
    }
    prompt = f"/api/v1/prompts/{made.prompt_id}"
    _done(client.patch(prompt, json={"name": ids["name"]}))
    for version_id in made.version_ids:
        _done(client.post(f"{prompt}/versions/{version_id}/activate"))
    key_made = {"name": "second", "scopes": ["read"]}
    ids["key_id"] = _done(client.post("/api/v1/api-keys", json=key_made))["id"]
    _sign_in(subject)
    with jobs_kept() as sent:
        ids |= _work_of(client, ids)
        work_off(sent)
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


def _sign_in(subject: Subject) -> None:
    ends = now() + timedelta(days=7)
    with system_unit_of_work() as session:
        session.add(
            LoginSession(
                user_id=subject.user_id,
                workspace_id=subject.workspace_id,
                current_hash=security.hash_token(security.new_token()),
                expires_at=ends,
                absolute_expires_at=ends,
            )
        )
        session.add(
            SetupToken(
                workspace_id=subject.workspace_id,
                token_hash=security.hash_token(security.new_token()),
                expires_at=now() + SETUP_LIFE,
            )
        )


def _done(answer) -> dict:
    assert answer.is_success, answer.text
    return answer.json()
