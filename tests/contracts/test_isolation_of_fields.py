"""Ids in bodies and queries, and cursors: another workspace's are nobody's, as in paths."""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.contracts.operations import in_api
from tests.contracts.same_answer import nobodys, told
from tests.contracts.valid_requests import VALID, send

OPERATIONS = {operation.name: operation for operation in in_api()}


class Field(NamedTuple):
    """`kind` is what the field names; a dot leads into an object, `[]` wants a list."""

    operation: str
    name: str
    kind: str
    status: int


def of_an_experiment(operation: str) -> list[Field]:
    return [
        Field(operation, "prompt_id", "prompt_id", 404),
        Field(operation, "prompt", "name", 404),
        Field(operation, "versions[]", "version_id", 422),
        Field(operation, "baseline", "version_id", 422),
        Field(operation, "golden.ids[]", "example_id", 422),
    ]


def of_a_question(operation: str) -> list[Field]:
    return [
        Field(operation, "good", "version_id", 422),
        Field(operation, "bad", "version_id", 422),
        Field(operation, "golden.ids[]", "example_id", 422),
    ]


IN_BODIES = [
    Field("start_run", "prompt_version_id", "version_id", 404),
    Field("start_run", "prompt", "prompt_id", 404),
    Field("start_run", "prompt", "name", 404),
    *of_an_experiment("run_experiment"),
    *of_an_experiment("plan_experiment"),
    Field("record_experiment", "prompt_id", "prompt_id", 404),
    Field("record_experiment", "prompt", "name", 404),
    Field("record_experiment", "version", "version_id", 422),
    Field("evaluate_version", "golden.ids[]", "example_id", 422),
    *of_a_question("start_bisect"),
    *of_a_question("start_blame"),
    Field("activate_version", "from_version_id", "version_id", 412),
    Field("create_budget", "prompt_id", "prompt_id", 422),
    Field("create_budget", "api_key_id", "key_id", 422),
    Field("create_gate", "prompt_id", "prompt_id", 404),
    Field("create_schedule", "prompt_id", "prompt_id", 404),
    Field("create_schedule", "prompt", "name", 404),
    Field("create_schedule", "versions[]", "version_id", 422),
    Field("create_schedule", "request.golden.ids[]", "example_id", 422),
    Field("change_schedule", "versions[]", "version_id", 422),
    Field("change_schedule", "request.golden.ids[]", "example_id", 422),
    Field("ask_for_judge_certificate", "experiment_id", "experiment_id", 404),
    Field("create_canary", "experiment_id", "experiment_id", 404),
    Field("give_human_label", "experiment_id", "experiment_id", 404),
    Field("next_review_item", "experiment_id", "experiment_id", 404),
    Field("next_review_item", "skip[]", "item_id", 200),
    Field("sample_for_review", "experiment_id", "experiment_id", 404),
    Field("create_baseline", "prompt_id", "prompt_id", 404),
    Field("create_baseline", "experiment_id", "experiment_id", 404),
    Field("create_baseline", "version_id", "version_id", 422),
]
IN_QUERIES = [
    Field("diff_versions", "from", "version_id", 404),
    Field("diff_versions", "to", "version_id", 404),
    Field("compare", "baseline", "experiment_id", 404),
    Field("compare", "candidate", "version_id", 404),
    Field("compare_cases", "baseline", "experiment_id", 404),
    Field("compare_cases", "candidate", "version_id", 404),
    Field("compare_one_case", "baseline", "version_id", 404),
    Field("compare_one_case", "candidate", "experiment_id", 404),
    Field("list_runs", "prompt", "prompt_id", 200),
    Field("list_runs", "version", "version_id", 200),
    Field("list_experiments", "prompt", "prompt_id", 200),
    Field("list_experiments", "prompt_id", "prompt_id", 200),
    Field("list_analyses", "prompt", "prompt_id", 200),
    Field("list_audit_events", "object_id", "prompt_id", 200),
    Field("export_audit_events", "object_id", "prompt_id", 200),
    Field("get_outlook", "version", "version_id", 404),
    Field("list_gates", "prompt", "prompt_id", 200),
    Field("list_schedules", "prompt", "prompt_id", 200),
    Field("list_human_labels", "experiment", "experiment_id", 200),
    Field("list_baselines", "prompt", "prompt_id", 200),
    Field("get_analytics", "prompt_id", "prompt_id", 200),
    Field("export_analytics", "prompt_id", "prompt_id", 200),
]
PAGED = [
    "experiment_results",
    "list_alerts",
    "list_analyses",
    "list_audit_events",
    "list_baselines",
    "list_canaries",
    "list_canary_checks",
    "list_experiments",
    "list_gates",
    "list_golden_examples",
    "list_human_labels",
    "list_judge_certificates",
    "list_judges",
    "list_label_moves",
    "list_prompts",
    "list_runs",
    "list_schedule_runs",
    "list_schedules",
    "list_versions",
    "list_webhook_deliveries",
    "list_webhooks",
]
INSTEAD_OF = {"prompt": ("prompt_id", "prompt_version_id"), "baseline": ("versions",)}


def name_of(field: Field) -> str:
    return f"{field.operation} {field.name} {field.kind}"


def with_id(body: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    *objects, last = name.removesuffix("[]").split(".")
    for other in INSTEAD_OF.get(last, ()):
        changed.pop(other, None)
    holder = changed
    for inner in objects:
        holder = holder.setdefault(inner, {})
    holder[last] = [value] if name.endswith("[]") else value
    return changed


@pytest.mark.parametrize("field", IN_BODIES, ids=name_of)
def test_a_foreign_id_in_a_body_is_an_unknown_one(fence, field, us, ours, theirs):
    """Whatever a body names, it names within the caller's workspace."""
    valid = VALID[field.operation](ours.ids)
    refused, expected = (
        told(
            send(
                us,
                OPERATIONS[field.operation],
                ours.ids,
                valid._replace(body=with_id(valid.body, field.name, value)),
            ),
            value,
        )
        for value in (theirs.ids[field.kind], nobodys(field.kind))
    )

    assert field.status == refused.status, refused.body
    assert expected == refused


@pytest.mark.parametrize("field", IN_QUERIES, ids=name_of)
def test_a_foreign_id_in_a_query_is_an_unknown_one(fence, field, us, ours, theirs):
    """A filter for somebody else's prompt finds as little as one for nobody's."""
    valid = VALID[field.operation](ours.ids)
    found, expected = (
        told(
            send(
                us,
                OPERATIONS[field.operation],
                ours.ids,
                valid._replace(query={**valid.query, field.name: value}),
            ),
            value,
        )
        for value in (theirs.ids[field.kind], nobodys(field.kind))
    )

    assert field.status == found.status, found.body
    assert expected == found


@pytest.mark.parametrize("name", PAGED)
def test_a_foreign_cursor_is_no_cursor(fence, name, client_of, us, ours, theirs):
    """A cursor is signed for one list of one workspace; elsewhere it is as good as any text."""
    operation, valid = OPERATIONS[name], VALID[name](ours.ids)
    one = valid._replace(query={"limit": 1})
    cursor = send(client_of(theirs.key), operation, theirs.ids, one).json()["next_cursor"]
    refused, expected = (
        told(send(us, operation, ours.ids, valid._replace(query={"cursor": value})))
        for value in (cursor, "bm90LW9uZS1vZi1vdXJzLWF0LWFsbA")
    )

    assert cursor, "a list of theirs has one page only, which proves nothing"
    assert 400 == refused.status, refused.body
    assert expected == refused


def test_every_id_of_the_document_is_in_a_table(server):
    """A field of a body or a query that holds an id or a cursor has a case above."""
    document = server.get("/openapi.json").json()
    known = {(field.operation, field.name.removesuffix("[]")) for field in IN_BODIES + IN_QUERIES}
    known |= {(name, "cursor") for name in PAGED}
    found = {
        (operation["operationId"], name)
        for methods in document["paths"].values()
        for operation in methods.values()
        for name in [*ids_in_query(operation), *ids_in_body(operation, document)]
    }

    assert found <= known
    assert {("start_run", "prompt_version_id"), ("run_experiment", "golden.ids")} <= found


def ids_in_query(operation: dict[str, Any]) -> list[str]:
    return [
        parameter["name"]
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and holds_id(parameter["name"], parameter["schema"])
    ]


def ids_in_body(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return id_fields(schema, document["components"]["schemas"])


def id_fields(schema: dict[str, Any], schemas: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Dotted names of the fields that hold an id, through references and unions."""
    parts = list(schema.get("anyOf", ()))
    if "$ref" in schema:
        parts.append(schemas[schema["$ref"].rpartition("/")[2]])
    for part in parts:
        yield from id_fields(part, schemas, prefix)
    for name, field in schema.get("properties", {}).items():
        if holds_id(name, field):
            yield f"{prefix}{name}"
        yield from id_fields(field, schemas, f"{prefix}{name}.")


def holds_id(name: str, schema: dict[str, Any]) -> bool:
    return name == "cursor" or "'uuid'" in str(schema)
