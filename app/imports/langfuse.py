"""Langfuse: the items of a dataset as JSON or CSV, and prompts as JSON."""

from typing import Any

from app.golden.cells import parse_json
from app.golden.fields import as_text
from app.golden.limits import BadCell, ImportRefused
from app.golden.tables import read_csv
from app.imports.found import Example, Found, Json
from app.imports.plain import checked, listed, mapping, read_json
from app.imports.providers import NO_PROVIDER, read_parameters, reference
from app.imports.templates import add_version, read_messages
from app.prompts.content import Draft

EXPECTED = ("expectedOutput", "expected_output")
ITEM = frozenset({"id", "input", "metadata", "status", *EXPECTED})
ITEM_SILENT = frozenset(
    {
        "createdAt",
        "created_at",
        "updatedAt",
        "updated_at",
        "datasetId",
        "dataset_id",
        "datasetName",
        "dataset_name",
        "projectId",
        "sourceTraceId",
        "source_trace_id",
        "sourceObservationId",
        "source_observation_id",
    }
)
PROMPT_SILENT = frozenset(
    {
        "commitMessage",
        "createdAt",
        "createdBy",
        "id",
        "isActive",
        "name",
        "projectId",
        "prompt",
        "resolutionGraph",
        "type",
        "updatedAt",
        "version",
        "config",
    }
)
ARCHIVED = "It is archived."
NO_FIELD = "There is no such field of an example; tags, weights and splits can be set afterwards."


def read(content: bytes) -> Found:
    """Raises ImportRefused for what is neither."""
    found = Found()
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        _read_document(found, read_json(content))
    else:
        _read_table(found, content)
    if not found.examples and not found.versions and not found.not_imported:
        raise ImportRefused("This holds no items of a dataset and no prompt.")
    return found


def _read_document(found: Found, document: Json) -> None:
    fields = mapping(document)
    inside = next((fields[key] for key in ("items", "data") if key in fields), document)
    entries = [mapping(entry) for entry in listed(inside)]
    if any("prompt" in entry for entry in entries):
        _read_prompts(found, entries)
        return
    for place, entry in enumerate(entries):
        _add_item(found, f"[{place}]", place + 1, entry)


def _read_table(found: Found, content: bytes) -> None:
    for row in read_csv(content).rows:
        if row.problem:
            raise ImportRefused(f"Row {row.number}: {row.problem}")
        cells = {name: _cell(value) for name, value in row.cells.items()}
        _add_item(found, f"row {row.number}", row.number, mapping(checked(cells)))


def _cell(text: object) -> object:
    """Objects and lists are JSON in a cell; so is a text in quotes."""
    if isinstance(text, str) and text.lstrip()[:1] in {"{", "[", '"'}:
        try:
            return parse_json(text)
        except BadCell:
            return text
    return text


def _add_item(found: Found, where: str, row: int, item: dict[str, Json]) -> None:
    if item.get("status") == "ARCHIVED":
        found.skip(where, item.get("id", "item"), ARCHIVED)
        return
    if "input" not in item:
        found.skip(where, item.get("id", "item"), "It has no input.")
        return
    for name in item.keys() - ITEM - ITEM_SILENT:
        found.skip(f"{where}.{name}", name, NO_FIELD)
    if item.get("metadata"):
        found.skip(f"{where}.metadata", "metadata", NO_FIELD)
    given = item["input"]
    expected = next((item[name] for name in EXPECTED if name in item), None)
    fields: dict[str, Any] = {"input_data": given} if isinstance(given, dict) else {"input": given}
    fields["expected_output"] = as_text(expected)
    if item.get("id"):
        fields["source"] = f"langfuse {item['id']}"[:2_000]
    found.examples.append(Example(row=row, fields=fields))


def _read_prompts(found: Found, entries: list[dict[str, Json]]) -> None:
    """The versions of each, the oldest first."""
    placed = [(f"[{place}]", entry) for place, entry in enumerate(entries)]
    for where, entry in sorted(placed, key=lambda pair: _number(pair[1].get("version"))):
        for name in entry.keys() - PROMPT_SILENT:
            if entry[name]:
                found.skip(f"{where}.{name}", name, "Set it on the prompt or its versions here.")
        _read_prompt(found, where, entry)


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _read_prompt(found: Found, where: str, entry: dict[str, Json]) -> None:
    config = dict(mapping(entry.get("config")))
    named = config.pop("model", None)
    model = reference(named) if isinstance(named, str) else None
    if named is not None and model is None:
        found.skip(f"{where}.config.model", named, NO_PROVIDER)
    elif model is not None and model not in found.models:
        found.models.append(model)
    name = entry.get("name") if isinstance(entry.get("name"), str) else None
    says = entry.get("commitMessage") or f"langfuse version {entry.get('version', 1)}"
    draft: dict[str, Any] = {
        "model": model,
        "parameters": read_parameters(found, f"{where}.config", config),
        "message": str(says)[:200],
    }
    text = entry.get("prompt")
    if isinstance(text, str):
        add_version(found, name, f"{where}.prompt", Draft(template=text, **draft))
        return
    messages = read_messages(found, f"{where}.prompt", text)
    if messages is not None:
        add_version(found, name, f"{where}.prompt", Draft(messages=messages, **draft))
    elif not listed(text):
        found.skip(f"{where}.prompt", "prompt", "It has no text.")
