"""Who may do what: one table of operations and their scopes, tried with every scope and role."""

from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.accounts.sessions import open_for
from app.accounts.subject import SCOPES_OF, Scope
from app.core.clock import new_id
from app.core.database import system_unit_of_work
from app.models import Role, User, Workspace
from tests.contracts.operations import Operation, in_api
from tests.contracts.valid_requests import Valid, send
from tests.support.fixtures import make_key, make_subject, make_workspace

NEEDS = {
    Scope.read: {
        "bundle_experiment",
        "change_me",
        "change_password",
        "compare",
        "compare_cases",
        "compare_one_case",
        "diff_versions",
        "experiment_cases",
        "experiment_events",
        "experiment_results",
        "experiment_status",
        "export_analytics",
        "export_experiment",
        "export_golden_examples",
        "get_analysis",
        "get_analytics",
        "get_baseline",
        "get_budget",
        "get_dashboard",
        "get_gate",
        "get_golden_example",
        "get_golden_facets",
        "get_judge",
        "get_judge_certificate",
        "get_label_sample",
        "get_onboarding",
        "get_outlook",
        "get_playground_state",
        "get_prompt",
        "get_prompt_by_name",
        "get_query",
        "get_run",
        "get_schedule",
        "get_system",
        "get_version",
        "get_version_by_name",
        "judge_report",
        "list_alerts",
        "list_analyses",
        "list_baselines",
        "list_budgets",
        "list_canaries",
        "list_canary_checks",
        "list_evaluators",
        "list_experiments",
        "list_gates",
        "list_golden_examples",
        "list_human_labels",
        "list_judge_certificates",
        "list_judges",
        "list_label_moves",
        "list_labels",
        "list_models",
        "list_my_sessions",
        "list_prices",
        "list_prompts",
        "list_providers",
        "list_runs",
        "list_schedule_runs",
        "list_schedules",
        "list_scores",
        "list_versions",
        "me",
        "protected",
        "render_version",
        "review_queue",
        "revoke_my_session",
        "schedule_drift",
        "search",
        "task_events",
        "task_status",
    },
    Scope.write: {
        "acknowledge_alert",
        "activate_version",
        "archive_gate",
        "archive_judge",
        "change_gate",
        "change_golden_example",
        "change_prompt",
        "change_schedule",
        "create_gate",
        "create_golden_example",
        "create_judge",
        "create_judge_version",
        "create_prompt",
        "create_schedule",
        "create_version",
        "delete_golden_example",
        "delete_prompt",
        "delete_schedule",
        "import_foreign_file",
        "import_golden_examples",
        "learn_schedule_again",
        "load_demo_data",
    },
    Scope.run: {
        "ask_for_judge_certificate",
        "cancel_analysis",
        "cancel_experiment",
        "create_canary",
        "create_playground_state",
        "delete_canary",
        "evaluate_version",
        "pause_experiment",
        "plan_experiment",
        "record_experiment",
        "rejudge_experiment",
        "resume_experiment",
        "retry_failed_cases",
        "run_experiment",
        "run_schedule",
        "start_bisect",
        "start_blame",
        "start_query",
        "start_run",
        "stream_trial",
    },
    Scope.review: {
        "complete_review_item",
        "delete_human_label",
        "draw_label_sample",
        "give_human_label",
        "import_human_labels",
        "next_review_item",
        "sample_for_review",
        "skip_review_item",
        "undo_review_item",
    },
    Scope.admin: {
        "change_alert_settings",
        "change_budget",
        "change_member",
        "change_webhook",
        "create_api_key",
        "create_baseline",
        "create_budget",
        "create_invitation",
        "create_price",
        "create_webhook",
        "delete_budget",
        "delete_price",
        "delete_webhook",
        "export_audit_events",
        "get_alert_settings",
        "get_webhook",
        "list_api_keys",
        "list_audit_events",
        "list_audit_tags",
        "list_invitations",
        "list_members",
        "list_webhook_deliveries",
        "list_webhooks",
        "remove_demo_data",
        "remove_member",
        "replay_webhook_delivery",
        "retire_baseline",
        "revoke_api_key",
        "rotate_api_key",
        "rotate_webhook_secret",
        "test_provider",
        "test_webhook",
        "withdraw_invitation",
    },
}
MAY = {
    Role.user: {Scope.read, Scope.chat},
    Role.moderator: {Scope.read, Scope.chat, Scope.review},
    Role.editor: {Scope.read, Scope.chat, Scope.review, Scope.write, Scope.run, Scope.ci},
    Role.admin: set(Scope),
}
GUARDED = [operation for operation in in_api() if operation.scope is not None]


@pytest.fixture(scope="module")
def workspace_of_all() -> UUID:
    return make_workspace("Roles")


def attempt(client: TestClient, operation: Operation) -> tuple[int, str]:
    """With nobody's ids and an empty body: whoever is let in is told so by a 404 or a 422."""
    ids = {name: str(new_id()) for name in operation.parameters} | {"label": "production"}
    body = None if operation.method in {"GET", "DELETE"} else {}
    answer = send(client, operation, ids, Valid(body))
    return answer.status_code, answer.json()["detail"] if answer.is_error else ""


def test_the_table_is_what_the_signatures_say():
    """A new operation, or a changed scope, is a decision that is written down here."""
    declared = {name: scope for scope, names in NEEDS.items() for name in names}

    assert declared == {operation.name: operation.scope for operation in GUARDED}


def test_roles_have_these_scopes():
    """What a role may is written twice, so that nobody widens it by accident."""
    assert MAY == {role: set(scopes) for role, scopes in SCOPES_OF.items()}


@pytest.mark.parametrize("scope", Scope)
def test_a_key_opens_what_its_scope_opens(client_of, workspace_of_all, scope):
    """A key of an admin with one scope: 403 that names the missing one, everywhere else let in."""
    admin = make_subject(workspace_of_all)
    client = client_of(make_key(admin, frozenset({scope})))
    found = {operation.name: attempt(client, operation) for operation in GUARDED}
    opened = {name for name, (status, _) in found.items() if status not in {401, 403}}
    refusals = {
        operation.name: found[operation.name][1]
        for operation in GUARDED
        if operation.name not in opened
    }
    named = {
        operation.name: f"This needs the scope '{operation.scope}'; yours are: {scope}."
        for operation in GUARDED
        if operation.scope is not scope
    }

    assert NEEDS.get(scope, set()) == opened
    assert named == refusals


@pytest.mark.parametrize("role", Role)
def test_a_person_may_what_the_role_may(client_of, workspace_of_all, role):
    """Signed in, with each role: let in where SCOPES_OF says so, 403 everywhere else."""
    client = client_of(access_token(workspace_of_all, role))
    found = {operation.name: attempt(client, operation)[0] for operation in GUARDED}
    opened = {name for name, status in found.items() if status not in {401, 403}}

    assert set().union(*(NEEDS.get(scope, set()) for scope in MAY[role])) == opened


def access_token(workspace_id: UUID, role: Role) -> str:
    subject = make_subject(workspace_id, role)
    with system_unit_of_work() as session:
        user = session.get_one(User, subject.user_id)
        workspace = session.get_one(Workspace, workspace_id)
        return open_for(session, user, workspace, role).access_token


@pytest.mark.parametrize(("role", "status"), [(Role.editor, 403), (Role.admin, 204)])
def test_erasing_a_prompt_needs_more_than_archiving_it(client_of, workspace_of_all, role, status):
    """`?erase=true` is for admins alone; who may write may archive."""
    client: TestClient = client_of(access_token(workspace_of_all, role))
    made = client.post("/api/v1/prompts", json={"name": f"roles/{role}"}).json()
    path = f"/api/v1/prompts/{made['id']}"

    assert status == client.delete(path, params={"erase": True}).status_code
    assert (204 if role is Role.editor else 404) == client.delete(path).status_code
