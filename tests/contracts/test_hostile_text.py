"""Text that cannot be stored, in every field of every body: refused at the edge, never a 500."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.main import app
from tests.contracts.operations import Operation, in_api
from tests.contracts.valid_requests import VALID

HOSTILE = {
    "nul": "\\u0000",
    "half a surrogate pair": "\\ud800",
    "nul inside": "local:a\\u0000b",
}
HARMLESS = {"logout"}  # an unknown token is ended already, whatever it is made of
Place = tuple[str | int, ...]


def schemas() -> dict[str, Any]:
    return app.openapi()["components"]["schemas"]


def body_schema(operation: Operation) -> dict[str, Any] | None:
    found = app.openapi()["paths"][operation.path][operation.method.lower()]
    content = found.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema")


def places(schema: dict[str, Any], depth: int = 0) -> Iterator[Place]:
    """Where a text can stand in a body, as keys; through references, unions and lists."""
    if depth > 6 or "enum" in schema or schema.get("format") == "uuid":
        return
    if "$ref" in schema:
        yield from places(schemas()[schema["$ref"].rpartition("/")[2]], depth + 1)
    for part in schema.get("anyOf", ()):
        yield from places(part, depth)
    if schema.get("type") == "string":
        yield ()
    for name, field in schema.get("properties", {}).items():
        yield from ((name, *rest) for rest in places(field, depth + 1))
    if schema.get("type") == "array":
        yield from ((0, *rest) for rest in places(schema["items"], depth + 1))
    if isinstance(schema.get("additionalProperties"), dict):
        yield ("free",)
        yield ("free", "text")


def planted(body: Any, place: Place, text: str) -> Any:
    """The body with a text there; a marker stands for it, JSON can say more than Python's str."""
    if not place:
        return text
    key, *rest = place
    if key == "free":
        return {"a": text} if rest else {text: "a"}
    if isinstance(key, int):
        inner = body[0] if isinstance(body, list) and body else None
        return [planted(inner, tuple(rest), text)]
    changed = copy.deepcopy(body) if isinstance(body, dict) else {}
    changed[key] = planted(changed.get(key), tuple(rest), text)
    return changed


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "operation", [item for item in in_api() if body_schema(item)], ids=lambda item: item.name
)
def test_text_that_cannot_be_stored_is_refused(operation, hostile, us, ours):
    """One field at a time in an otherwise valid body: a 4xx that says which field it was."""
    valid = VALID[operation.name](ours.ids).body or {}
    url = operation.path.format(**ours.ids)
    wrong = []
    for place in set(places(body_schema(operation) or {})):
        body = json.dumps(planted(valid, place, "MARK")).replace("MARK", HOSTILE[hostile])
        answer = us.request(
            operation.method, url, content=body, headers={"content-type": "application/json"}
        )
        if not answer.is_client_error and operation.name not in HARMLESS:
            wrong.append((place, answer.status_code))

    assert [] == wrong


def test_the_walk_finds_texts_wherever_they_stand():
    """Else the matrix would be green for want of fields."""
    found = {
        operation.name: set(places(body_schema(operation) or {}))
        for operation in in_api()
        if body_schema(operation)
    }

    assert ("golden", "split") in found["run_experiment"]
    assert ("versions", 0) in found["run_experiment"]
    assert {("variables", "free"), ("variables", "free", "text")} <= found["start_run"]
    assert ("messages", 0, "content") in found["create_prompt"]
    assert ("evaluators", 0, "options", "free") in found["start_run"]
