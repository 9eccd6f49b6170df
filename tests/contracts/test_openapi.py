"""The OpenAPI document as its readers need it: the TypeScript client, code generators, people."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from app.core.problems import MEDIA_TYPE
from tests.contracts.operations import in_api

PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
BEHIND_A_KEY = {"400", "401", "403", "413", "422", "429", "500", "503"}
TYPED = {"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"}
OPEN = {"JsonValue", "ValueChange.old", "ValueChange.new"}  # any JSON, on purpose


@pytest.fixture(scope="module")
def document(server) -> dict[str, Any]:
    return server.get("/openapi.json").json()


def described(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_operation_ids_are_unique_words(document):
    """They become function names in generated clients."""
    names = Counter(operation["operationId"] for _, _, operation in described(document))

    assert [] == [name for name, count in names.items() if count > 1]
    assert all(name.isidentifier() and name.islower() for name in names)


def test_every_operation_is_in_a_group_and_says_what_it_does(document):
    """One tag, a summary, a description for what is behind a key."""
    lacking = [
        operation["operationId"]
        for _, _, operation in described(document)
        if len(operation.get("tags", ())) != 1
        or not operation.get("summary")
        or (operation.get("security") and not operation.get("description"))
    ]

    assert [] == lacking


def test_every_operation_declares_its_refusals(document):
    """What the edge, the key and the database may answer, everywhere; 404 wherever an id is."""
    scopes = {operation.name: operation.scope for operation in in_api()}
    for _, path, operation in described(document):
        declared = set(operation["responses"])
        expected = set(BEHIND_A_KEY) if scopes[operation["operationId"]] else set()
        if "{" in path:
            expected.add("404")

        assert expected <= declared, operation["operationId"]


def test_refusals_have_one_shape(document):
    """Every declared 4xx and 5xx is a Problem, but for health, whose 503 is its own report."""
    for _, path, operation in described(document):
        refusals = {s: r for s, r in operation["responses"].items() if s[0] in "45"}
        if path in {"/readyz", "/api/v1/health"}:
            assert {"503"} == set(refusals)
        else:
            assert [] == [s for s, answer in refusals.items() if answer["content"] != PROBLEM]


def test_the_problem_says_what_can_be_relied_on(document):
    """RFC 9457's members, the code a program decides by, and the id that finds the log line."""
    problem = document["components"]["schemas"]["Problem"]
    always = {"type", "title", "status", "detail", "code", "instance", "request_id", "errors"}

    assert always == set(problem["required"])
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_operations_behind_a_key_say_so_and_the_others_do_not(document):
    """Both ways to send a key; nothing for health and sign-in."""
    keyed = {operation.name for operation in in_api() if operation.scope}
    found = {
        operation["operationId"]: operation.get("security", [])
        for _, _, operation in described(document)
    }

    assert keyed == {name for name, security in found.items() if security}
    for name in keyed:
        assert {"HTTPBearer", "APIKeyHeader"} == {key for way in found[name] for key in way}


def test_no_field_is_untyped(document):
    """A field of any type helps nobody; those that hold any JSON are named."""
    untyped = {
        f"{name}.{field}" if field else name
        for name, schema in document["components"]["schemas"].items()
        for field, value in [("", schema), *schema.get("properties", {}).items()]
        if not TYPED & set(value)
    }

    assert untyped <= OPEN


def test_bodies_are_named_and_closed(document):
    """A body is a schema of its own and refuses fields it does not know.

    One is neither: what the playground keeps under a link is the dashboard's, byte for byte.
    """
    for _, _, operation in described(document):
        if operation["operationId"] == "create_playground_state":
            continue
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            wanted = content["schema"].get("anyOf", [content["schema"]])[0]
            name = wanted["$ref"].rpartition("/")[2]
            schema = document["components"]["schemas"][name]

            assert media in {"application/json", "multipart/form-data"}
            assert media == "multipart/form-data" or schema["additionalProperties"] is False, name


def test_answers_have_no_false_optional_fields(document):
    """A field of an answer is there or null; `?` in TypeScript would be a lie."""
    schemas = document["components"]["schemas"]
    answers: set[str] = set()
    for _, _, operation in described(document):
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                collect(content.get("schema", {}), schemas, answers)
    optional = {
        f"{name}.{field}"
        for name in answers
        for field in schemas[name].get("properties", {})
        if field not in schemas[name].get("required", ())
    }

    assert set() == optional


def collect(schema: Any, schemas: dict[str, Any], found: set[str]) -> None:
    """All named schemas that this one is made of."""
    if isinstance(schema, list):
        for part in schema:
            collect(part, schemas, found)
    elif isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in found:
            found.add(name)
            collect(schemas[name], schemas, found)
        for part in schema.values():
            collect(part, schemas, found)
