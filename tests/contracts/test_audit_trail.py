"""Every write that changes configuration leaves its rows in the audit log, in its transaction."""

import pytest
from sqlalchemy import select

from app import audit
from app.audit import AuditTag
from app.core.database import unit_of_work
from app.models import AuditEvent
from tests.contracts.furnished import Furnished, Ids, jobs_kept
from tests.contracts.operations import in_api
from tests.contracts.valid_requests import VALID, Valid, send

# In an order in which each can be done to the same prompt.
TAGS = {
    "create_api_key": [AuditTag.key_created],
    "rotate_api_key": [AuditTag.key_rotated],
    "revoke_api_key": [AuditTag.key_revoked],
    "create_invitation": [AuditTag.member_invited],
    "withdraw_invitation": [AuditTag.invitation_withdrawn],
    "change_member": [AuditTag.member_changed],
    "remove_member": [AuditTag.member_removed],
    "create_prompt": [AuditTag.prompt_created, AuditTag.version_created],
    "change_prompt": [AuditTag.prompt_changed],
    "create_version": [AuditTag.version_created],
    "activate_version": [AuditTag.label_moved],
    "create_gate": [AuditTag.gate_created],
    "change_gate": [AuditTag.gate_changed],
    "archive_gate": [AuditTag.gate_archived],
    "create_baseline": [AuditTag.baseline_approved],
    "retire_baseline": [AuditTag.baseline_retired],
    "start_bisect": [AuditTag.analysis_started],  # before the examples change: all is stored
    "start_blame": [AuditTag.analysis_started],
    "cancel_analysis": [AuditTag.analysis_cancelled],
    "create_golden_example": [AuditTag.example_created],
    "import_golden_examples": [AuditTag.examples_imported],
    "import_foreign_file": [AuditTag.prompt_created, AuditTag.version_created],
    "change_golden_example": [AuditTag.example_changed],
    "delete_golden_example": [AuditTag.example_deleted],
    "run_experiment": [AuditTag.experiment_started],
    "record_experiment": [AuditTag.experiment_started],
    "evaluate_version": [AuditTag.experiment_started],
    "pause_experiment": [AuditTag.experiment_paused],
    "resume_experiment": [AuditTag.experiment_resumed],
    "cancel_experiment": [AuditTag.experiment_cancelled],
    "retry_failed_cases": [AuditTag.experiment_retried],
    "rejudge_experiment": [AuditTag.experiment_rejudged],
    "create_schedule": [AuditTag.schedule_created],
    "change_schedule": [AuditTag.schedule_changed],
    "run_schedule": [AuditTag.schedule_run],
    "learn_schedule_again": [AuditTag.schedule_learned],
    "delete_schedule": [AuditTag.schedule_deleted],
    "create_webhook": [AuditTag.webhook_created],
    "change_webhook": [AuditTag.webhook_changed],
    "rotate_webhook_secret": [AuditTag.webhook_rotated],
    "test_webhook": [AuditTag.webhook_tested],
    "replay_webhook_delivery": [AuditTag.webhook_replayed],
    "delete_webhook": [AuditTag.webhook_deleted],
    "change_alert_settings": [AuditTag.alert_settings_changed],
    "acknowledge_alert": [AuditTag.alert_acknowledged],
    "create_budget": [AuditTag.budget_created],
    "change_budget": [AuditTag.budget_changed],
    "delete_budget": [AuditTag.budget_removed],
    "create_price": [AuditTag.price_set],
    "delete_price": [AuditTag.price_removed],
    "create_judge": [AuditTag.judge_created, AuditTag.judge_version_created],
    "create_judge_version": [AuditTag.judge_version_created],
    "archive_judge": [AuditTag.judge_archived],
    "give_human_label": [AuditTag.human_label_given],
    "import_human_labels": [AuditTag.human_labels_imported],
    "draw_label_sample": [AuditTag.label_sample_drawn],
    "sample_for_review": [AuditTag.label_sample_drawn],
    "complete_review_item": [AuditTag.human_label_given],
    "undo_review_item": [AuditTag.human_label_deleted],
    "ask_for_judge_certificate": [AuditTag.certificate_asked],
    "create_canary": [AuditTag.canary_created],
    "delete_canary": [AuditTag.canary_deleted],
    "delete_human_label": [AuditTag.human_label_deleted],
    "delete_prompt": [AuditTag.prompt_archived],
    "load_demo_data": [
        AuditTag.prompt_created,
        *[AuditTag.version_created] * 3,
        AuditTag.examples_imported,
        AuditTag.label_moved,
        AuditTag.gate_created,
        AuditTag.experiment_started,
    ],
    "remove_demo_data": [AuditTag.prompt_erased],
}
# What has outputs: the experiment the others steer has none yet.
OF_ENDED = {
    "ask_for_judge_certificate",
    "create_canary",
    "draw_label_sample",
    "give_human_label",
    "rejudge_experiment",
    "sample_for_review",
}
# Their rows are records themselves, or they change nothing.
NO_ROW = {
    "create_playground_state",
    "next_review_item",
    "plan_experiment",
    "render_version",
    "skip_review_item",
    "start_query",
    "start_run",
    "stream_trial",
    "test_provider",
}
OF_SESSIONS = {  # of people, who are no keys: tests/accounts
    "change_me",
    "change_password",
    "close_session",
    "follow_sign_in_link",
    "login",
    "logout",
    "open_session",
    "refresh",
    "register",
    "register_session",
    "reset_password",
    "revoke_my_session",
}
OPERATIONS = {operation.name: operation for operation in in_api()}


@pytest.fixture(scope="module")
def own(furnished) -> Furnished:
    return furnished("Audited")


def rows(own: Furnished) -> list[AuditEvent]:
    with unit_of_work(own.workspace_id) as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.number)))


def test_every_write_is_in_the_table():
    """A new write is either audited or said not to need it."""
    writes = {item.name for item in in_api() if item.method != "GET"}

    assert writes == set(TAGS) | NO_ROW | OF_SESSIONS


def test_each_write_leaves_its_rows_and_no_more(own, client_of):
    """One after the other on one workspace; the chain holds after all of them."""
    client, found = client_of(own.key), {}
    with jobs_kept():
        ids = own.ids | started(client, own)
        for name in [*TAGS, *sorted(NO_ROW)]:
            before = len(rows(own))
            answer = send(client, OPERATIONS[name], own.ids if name in OF_ENDED else ids)
            assert answer.is_success, (name, answer.text)
            found[name] = [row.tag for row in rows(own)[before:]]
    with unit_of_work(own.workspace_id) as session:
        broken_at = audit.verify(session, own.workspace_id)

    assert TAGS | {name: [] for name in NO_ROW} == found
    assert broken_at is None


def started(client, own: Furnished) -> Ids:
    """An experiment and an analysis that are still to be done, so that they can be steered."""
    return {
        name: send(client, OPERATIONS[operation], own.ids).json()[name]
        for name, operation in (
            ("experiment_id", "run_experiment"),
            ("analysis_id", "start_bisect"),
        )
    }


def test_a_row_says_who_what_and_from_where(own, client_of):
    """Actor, object, address and request id, so that the row leads to the log line."""
    client = client_of(own.key)
    answer = send(client, OPERATIONS["create_api_key"], own.ids)
    row = rows(own)[-1]

    assert "key:test" == row.actor
    assert own.subject.user_id == row.actor_id
    assert answer.json()["id"] == str(row.object_id)
    assert answer.headers["x-request-id"] == row.request_id
    assert "testclient" == row.address
    assert answer.json()["key"] not in str([row.before, row.after])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("create_prompt", {"template": "{{ }}"}),  # refused after the prompt was stored
        ("create_version", {"template": "{{ }}"}),
        ("run_experiment", {"evaluators": ["nonsense"]}),
    ],
)
def test_a_refused_write_leaves_none(own, client_of, name, change):
    """What was rolled back was not done, and is not said to have been."""
    before = len(rows(own))
    wrong = Valid(VALID[name](own.ids).body | change)
    answer = send(client_of(own.key), OPERATIONS[name], own.ids, wrong)

    assert 422 == answer.status_code
    assert before == len(rows(own))
