"""One request for each operation that is right in everything; what tests change of it is wrong."""

from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.testclient import TestClient

from app.core.clock import new_id
from tests.contracts.furnished import Ids
from tests.contracts.operations import Operation


class Valid(NamedTuple):
    body: Any = None
    query: dict[str, Any] = {}  # noqa: RUF012 - never changed
    file: str | None = None


VARIABLES = {"question": "How long is the warranty?", "context": "Three years."}
CSV = "input.question,input.context,expected_output\nHow long?,Three years.,Three years.\n"

HOOK = "http://127.0.0.1:9999/hook"  # nobody listens there
WEEK = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-09T00:00:00Z"}


def _name(kind: str) -> str:
    return f"{kind}-{new_id().hex[-12:]}"


def _experiment(ids: Ids) -> dict[str, Any]:
    return {
        "prompt_id": ids["prompt_id"],
        "experiment_name": "which is better",
        "evaluators": ["exact"],
        "versions": [ids["version_id"]],
    }


def _question(ids: Ids) -> dict[str, Any]:
    return {
        "good": ids["version_id"],
        "bad": ids["second_version_id"],
        "evaluators": ["exact"],
    }


def _case(ids: Ids, case_no: int) -> dict[str, Any]:
    return {"experiment_id": ids["experiment_id"], "case_no": case_no, "evaluator": "exact"}


def _sides(ids: Ids) -> dict[str, str]:
    experiment = ids["second_experiment_id"]
    return {"baseline": f"{experiment}:0", "candidate": f"{experiment}:1"}


NOTHING: Callable[[Ids], Valid] = lambda _ids: Valid()  # noqa: E731 - one line of the table below

VALID: dict[str, Callable[[Ids], Valid]] = {
    "alive": NOTHING,
    "ready": NOTHING,
    "version": NOTHING,
    "health": NOTHING,
    "register": lambda _: Valid(
        {"email": "ann@example.org", "username": "ann", "password": "long enough 3"}
    ),
    "login": lambda _: Valid({"username": "nobody", "password": "long enough 3"}),
    "refresh": lambda _: Valid({"refresh_token": "unknown"}),
    "logout": lambda _: Valid({"refresh_token": "unknown"}),
    "setup": NOTHING,
    "open_session": lambda _: Valid({"username": "nobody", "password": "long enough 3"}),
    "close_session": NOTHING,
    "register_session": lambda _: Valid(
        {"email": "ann@example.org", "username": "ann", "password": "long enough 3"}
    ),
    "follow_sign_in_link": lambda _: Valid({"token": "unknown"}),
    "change_password": lambda _: Valid(
        {"current_password": "long enough 3", "new_password": "longer than 4"}
    ),
    "reset_password": lambda _: Valid({"token": "unknown", "new_password": "longer than 4"}),
    "me": NOTHING,
    "protected": NOTHING,
    "change_me": lambda _: Valid({"language": "de", "time_zone": "Europe/Berlin"}),
    "list_my_sessions": NOTHING,
    "revoke_my_session": NOTHING,
    "list_members": NOTHING,
    "change_member": lambda _: Valid({"role": "editor"}),
    "remove_member": NOTHING,
    "list_invitations": NOTHING,
    "create_invitation": lambda _: Valid({"role": "user"}),
    "withdraw_invitation": NOTHING,
    "list_api_keys": NOTHING,
    "create_api_key": lambda _: Valid({"name": _name("key"), "scopes": ["read"]}),
    "revoke_api_key": NOTHING,
    "rotate_api_key": NOTHING,
    "diff_versions": lambda ids: Valid(
        query={"from": ids["version_id"], "to": ids["second_version_id"]}
    ),
    "get_version_by_name": NOTHING,
    "create_version": lambda _: Valid({"template": f"{_name('v')} {{{{ question }}}}"}),
    "list_versions": NOTHING,
    "get_version": NOTHING,
    "render_version": lambda _: Valid({"variables": VARIABLES}),
    "activate_version": lambda _: Valid({"label": "staging", "reason": "tried"}),
    "list_labels": NOTHING,
    "list_label_moves": NOTHING,
    "list_scores": NOTHING,
    "get_dashboard": NOTHING,
    "get_analytics": lambda _: Valid(query=WEEK),
    "export_analytics": lambda _: Valid(query=WEEK),
    "create_prompt": lambda _: Valid({"name": _name("made/p"), "template": "{{ question }}"}),
    "list_prompts": NOTHING,
    "get_prompt": NOTHING,
    "get_prompt_by_name": NOTHING,
    "change_prompt": lambda _: Valid({"description": _name("changed")}),
    "delete_prompt": NOTHING,
    "create_golden_example": lambda _: Valid({"input_data": VARIABLES, "expected_output": "3"}),
    "list_golden_examples": NOTHING,
    "import_golden_examples": lambda _: Valid(file=CSV),
    "import_foreign_file": lambda _: Valid(
        file=f'[{{"name": "{_name("made/i")}", "prompt": "{{{{ question }}}}"}}]'
    ),
    "export_golden_examples": NOTHING,
    "get_golden_facets": NOTHING,
    "get_golden_example": NOTHING,
    "change_golden_example": lambda _: Valid({"tags": [_name("tag")]}),
    "delete_golden_example": NOTHING,
    "start_run": lambda ids: Valid(
        {"prompt_version_id": ids["version_id"], "variables": VARIABLES}
    ),
    "list_runs": NOTHING,
    "get_run": NOTHING,
    "list_evaluators": NOTHING,
    "start_query": lambda _: Valid({"query": "Who?"}),
    "get_query": NOTHING,
    "run_experiment": lambda ids: Valid(_experiment(ids)),
    "record_experiment": lambda ids: Valid(
        {
            "prompt_id": ids["prompt_id"],
            "experiment_name": "recorded",
            "version": ids["version_id"],
            "primary": "passed",
            "cases": [{"key": "one", "output": "Three years.", "scores": {"passed": {"value": 1}}}],
        }
    ),
    "plan_experiment": lambda ids: Valid(_experiment(ids)),
    "list_experiments": NOTHING,
    "experiment_status": NOTHING,
    "experiment_results": NOTHING,
    "export_experiment": NOTHING,
    "bundle_experiment": NOTHING,
    "cancel_experiment": NOTHING,
    "pause_experiment": NOTHING,
    "resume_experiment": NOTHING,
    "retry_failed_cases": NOTHING,
    "compare": lambda ids: Valid(
        query={"baseline": ids["second_experiment_id"], "candidate": ids["second_experiment_id"]}
    ),
    "compare_cases": lambda ids: Valid(query=_sides(ids)),
    "compare_one_case": lambda ids: Valid(query=_sides(ids)),
    "experiment_cases": NOTHING,
    "evaluate_version": lambda _: Valid({"evaluators": ["exact"]}),
    "create_gate": lambda ids: Valid({"prompt_id": ids["prompt_id"], "name": _name("gate")}),
    "list_gates": NOTHING,
    "get_outlook": lambda ids: Valid(query={"version": ids["version_id"], "label": "guarded"}),
    "get_gate": NOTHING,
    "change_gate": lambda _: Valid({"policy": {"minimum_pairs": 30}, "message": "more"}),
    "archive_gate": NOTHING,
    "create_baseline": lambda ids: Valid(
        {
            "prompt_id": ids["prompt_id"],
            "experiment_id": ids["second_experiment_id"],
            "version_id": ids["version_id"],
            "reason": "checked",
        }
    ),
    "list_baselines": NOTHING,
    "get_baseline": NOTHING,
    "retire_baseline": NOTHING,
    "create_schedule": lambda ids: Valid(
        {
            "prompt_id": ids["prompt_id"],
            "name": _name("schedule"),
            "cron": "0 6 * * *",
            "request": {"evaluators": ["exact"]},
        }
    ),
    "list_schedules": NOTHING,
    "get_schedule": NOTHING,
    "change_schedule": lambda _: Valid({"cron": "0 7 * * 1-5"}),
    "delete_schedule": NOTHING,
    "run_schedule": NOTHING,
    "learn_schedule_again": NOTHING,
    "list_schedule_runs": NOTHING,
    "schedule_drift": NOTHING,
    "create_webhook": lambda _: Valid({"url": HOOK, "kinds": ["experiment.completed"]}),
    "list_webhooks": NOTHING,
    "get_webhook": NOTHING,
    "change_webhook": lambda _: Valid({"description": _name("told")}),
    "delete_webhook": NOTHING,
    "rotate_webhook_secret": NOTHING,
    "test_webhook": NOTHING,
    "list_webhook_deliveries": NOTHING,
    "replay_webhook_delivery": NOTHING,
    "list_alerts": NOTHING,
    "acknowledge_alert": NOTHING,
    "get_alert_settings": NOTHING,
    "change_alert_settings": lambda _: Valid({"addresses": ["ann@example.org"]}),
    "rejudge_experiment": lambda _: Valid({"evaluators": ["exact"]}),
    "create_judge": lambda _: Valid({"name": _name("judge"), "evaluator": "exact"}),
    "list_judges": NOTHING,
    "get_judge": NOTHING,
    "create_judge_version": lambda _: Valid(
        {"evaluator": "contains", "options": {"phrases": [_name("word")]}}
    ),
    "archive_judge": NOTHING,
    "give_human_label": lambda ids: Valid({**_case(ids, 3), "value": 1.0}),
    "list_human_labels": lambda ids: Valid(query={"experiment": ids["experiment_id"]}),
    "delete_human_label": NOTHING,
    "import_human_labels": lambda ids: Valid(
        file=f"experiment_id,case_no,evaluator,value\n{ids['second_experiment_id']},1,exact,1\n"
    ),
    "draw_label_sample": lambda _: Valid({"evaluator": "exact", "size": 5}),
    "get_label_sample": NOTHING,
    "judge_report": NOTHING,
    "review_queue": NOTHING,
    "next_review_item": lambda _: Valid({"evaluator": "similarity"}),  # of which there is none
    "complete_review_item": lambda _: Valid({"value": 1.0}),
    "skip_review_item": NOTHING,
    "undo_review_item": NOTHING,
    "sample_for_review": lambda ids: Valid({"experiment_id": ids["experiment_id"], "size": 8}),
    "ask_for_judge_certificate": lambda ids: Valid(
        {"experiment_id": ids["experiment_id"], "evaluator": "exact"}
    ),
    "list_judge_certificates": NOTHING,
    "get_judge_certificate": NOTHING,
    "create_canary": lambda ids: Valid(_case(ids, 2)),
    "list_canaries": NOTHING,
    "delete_canary": NOTHING,
    "list_canary_checks": NOTHING,
    "start_bisect": lambda ids: Valid(_question(ids)),
    "start_blame": lambda ids: Valid(_question(ids)),
    "list_analyses": NOTHING,
    "get_analysis": NOTHING,
    "cancel_analysis": NOTHING,
    "task_status": NOTHING,
    "experiment_events": lambda _: Valid(),
    "task_events": lambda _: Valid(),
    "create_budget": lambda ids: Valid(
        {"scope": "prompt", "prompt_id": ids["prompt_id"], "limit_usd": "5", "period": "day"}
    ),
    "list_budgets": NOTHING,
    "get_budget": NOTHING,
    "change_budget": lambda _: Valid({"limit_usd": "7.5"}),
    "delete_budget": NOTHING,
    "list_prices": NOTHING,
    "create_price": lambda _: Valid(
        {
            "model": f"openai:{_name('model')}",
            "input_usd": "2",
            "output_usd": "8",
            "valid_from": "2026-01-01",
        }
    ),
    "delete_price": NOTHING,
    "create_playground_state": lambda _: Valid({"columns": [{"template": "Say {{ word }}"}]}),
    "get_playground_state": NOTHING,
    "list_audit_events": NOTHING,
    "list_audit_tags": NOTHING,
    "export_audit_events": NOTHING,
    "list_providers": NOTHING,
    "test_provider": lambda _: Valid({}),
    "list_models": NOTHING,
    "get_system": NOTHING,
    "search": lambda _: Valid(query={"q": "warranty"}),
    "get_onboarding": NOTHING,
    "load_demo_data": NOTHING,
    "remove_demo_data": NOTHING,
    "stream_trial": lambda _: Valid({"template": "Say {{ word }}", "variables": {"word": "hi"}}),
}


def send(client: TestClient, operation: Operation, ids: Ids, valid: Valid | None = None):
    """The valid request, or another in its place, with these ids in its path."""
    request = VALID[operation.name](ids) if valid is None else valid
    files = {"file": ("examples.csv", request.file)} if request.file is not None else None
    return client.request(
        operation.method,
        operation.path.format(**ids),
        json=request.body,
        params=request.query,
        files=files,
    )
