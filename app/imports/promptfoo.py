"""A promptfoo configuration: prompts, providers, tests with what they assert."""

import itertools
import json
import re
from collections.abc import Iterator
from math import prod
from typing import Any

from app.golden.limits import ImportRefused
from app.imports.found import Example, Found, Json
from app.imports.plain import listed, mapping, read_json, read_yaml
from app.imports.promptfoo_asserts import read_asserts
from app.imports.promptfoo_checks import Check
from app.imports.promptfoo_settling import Test, settle
from app.imports.providers import NO_CODE, read_providers
from app.imports.templates import IN_BRACES, add_version, read_messages
from app.prompts.content import Draft, columns

MOST_TESTS = 10_000  # in a file, each with what its lists of values multiply it by
IN_A_FILE = re.compile(
    r"(?:file://|https?://)\S+$|[\w./*-]+\.(?:txt|md|json|ya?ml|csv|jsonl|j2|njk)$"
)
CODE_FILE = re.compile(r"\S+\.(?:py|js|ts|mjs|cjs|rb|sh|go)(?::\w+)?$|exec:")

READ = frozenset({"prompts", "providers", "targets", "tests", "defaultTest", "description"})
SILENT = frozenset({"$schema", "sharing", "outputPath", "writeLatestResults", "tags", "metadata"})
WHY_NOT = {
    "scenarios": "Write the combinations as tests.",
    "extensions": NO_CODE,
    "nunjucksFilters": NO_CODE,
    "transform": NO_CODE,
    "derivedMetrics": "Metrics are those of evaluators.",
    "env": "Secrets and addresses of providers are settings of the platform.",
    "evaluateOptions": "Repeats, limits and caching are said when an experiment is started.",
    "commandLineOptions": "Repeats, limits and caching are said when an experiment is started.",
    "redteam": "Attacks are not generated; import them as examples.",
}
NO_FIELD = "There is no such field here."
OTHER_FILE = "It is in another file; import that one, or write it here."
NESTED = "A value is taken as it is: braces in it would not be filled in."

TEST_WHY = {
    "provider": "An experiment asks every example of every model it is given.",
    "providers": "An experiment asks every example of every model it is given.",
    "prompts": "Every version is asked all examples.",
    "options": NO_CODE,
    "threshold": "An example passes or fails by each evaluator's own score.",
    "assertScoringFunction": NO_CODE,
}
CONTEXT = "context"


def read(content: bytes) -> Found:
    """Raises ImportRefused for what is no such file."""
    is_json = content.lstrip()[:1] == b"{"
    document = read_json(content) if is_json else read_yaml(content)
    if not isinstance(document, dict) or not READ & document.keys():
        raise ImportRefused("This is no promptfoo configuration: it has no prompts and no tests.")
    found = Found()
    if isinstance(document.get("description"), str):
        found.name = document["description"]
    for key in document.keys() - READ - SILENT:
        found.skip(key, key, WHY_NOT.get(key, NO_FIELD))
    parameters: dict[str, Any] = {}
    for key in ("providers", "targets"):
        parameters |= read_providers(found, key, document.get(key))
    for place, prompt in enumerate(_prompts(document.get("prompts"))):
        _read_prompt(found, f"prompts[{place}]", prompt, parameters)
    _read_tests(found, document)
    return found


def _prompts(value: Json) -> list[Json]:
    if isinstance(value, dict):  # {"file://a.txt": "a label"}
        return list(value)
    return listed(value)


def _read_prompt(found: Found, where: str, prompt: Json, parameters: dict[str, Any]) -> None:
    fields = mapping(prompt)
    text = prompt if isinstance(prompt, str) else fields.get("raw") or fields.get("id")
    for key in fields.keys() - {"raw", "id", "label"}:
        found.skip(f"{where}.{key}", key, NO_FIELD)
    if not isinstance(text, str) or not text.strip():
        found.skip(where, "prompt", NO_CODE if "function" in fields else "It has no text.")
        return
    name = text.strip()
    if "\n" not in name and (CODE_FILE.match(name) or IN_A_FILE.match(name)):
        code = CODE_FILE.match(name.partition("://")[2] or name)
        found.skip(where, name, NO_CODE if code else OTHER_FILE)
        return
    label = fields.get("label")
    draft: dict[str, Any] = {
        "model": found.models[0] if len(found.models) == 1 else None,
        "parameters": parameters,
        "message": str(label)[:200] if label else f"promptfoo {where}",
    }
    turns = _as_json(text)
    if turns is None:
        add_version(found, None, where, Draft(template=text, **draft))
        return
    messages = read_messages(found, where, turns)
    if messages is not None:
        add_version(found, None, where, Draft(messages=messages, **draft))


def _as_json(text: str) -> list[Json] | None:
    """A chat prompt is a list of messages in JSON; any other text is a text."""
    if not text.lstrip().startswith("["):
        return None
    try:
        turns = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return turns if turns and isinstance(turns, list) and isinstance(turns[0], dict) else None


def _read_tests(found: Found, document: dict[str, Json]) -> None:
    default = mapping(document.get("defaultTest"))
    if isinstance(document.get("defaultTest"), str):
        found.skip("defaultTest", document["defaultTest"], OTHER_FILE)
    _skip_others(found, "defaultTest", default)
    shared = read_asserts(found, "defaultTest.assert", default.get("assert"))
    tests: list[Test] = []
    for place, test in enumerate(listed(document.get("tests"))):
        where = f"tests[{place}]"
        if not isinstance(test, dict):
            found.skip(where, test, OTHER_FILE if isinstance(test, str) else "This is no test.")
            continue
        _skip_others(found, where, test)
        if isinstance(test.get("vars"), str):
            found.skip(f"{where}.vars", test["vars"], f"{OTHER_FILE} The test is left out.")
            continue
        own = read_asserts(found, f"{where}.assert", test.get("assert"))
        given = mapping(default.get("vars")) | mapping(test.get("vars"))
        tests += _tests_of(found, where, place + 1, given, [*shared, *own], test)
        if len(tests) > MOST_TESTS:
            raise ImportRefused(f"The file has more than {MOST_TESTS:,} tests; split it.")
    settle(found, tests, shared)
    read_by = {name for named in found.versions.values() for name in _names(named)}
    found.examples += [_example(found, test, read_by) for test in tests]


def _names(versions: list[Any]) -> Iterator[str]:
    for version in versions:
        yield from (variable["name"] for variable in columns(version.draft)["variables"])


def _skip_others(found: Found, where: str, test: dict[str, Json]) -> None:
    for key in test.keys() - {"vars", "assert", "description"}:
        found.skip(f"{where}.{key}", key, TEST_WHY.get(key, NO_FIELD))


def _tests_of(
    found: Found, where: str, row: int, given: dict[str, Json], checks: list[Check], test: Json
) -> list[Test]:
    """One test, or one for each combination of the values that its lists of values offer."""
    for name, value in given.items():
        for text in listed(value):
            reason = _unfit(text)
            if reason is not None:
                found.skip(f"{where}.vars.{name}", text, f"{reason} The test is left out.")
                return []
    kept_whole = mapping(mapping(test).get("options")).get("disableVarExpansion") is True
    choices = [
        value if isinstance(value, list) and value and not kept_whole else [value]
        for value in given.values()
    ]
    if prod(map(len, choices)) > MOST_TESTS:
        raise ImportRefused(f"{where}: its lists of values make more than {MOST_TESTS:,} tests.")
    says = mapping(test).get("description")
    source = f"promptfoo {where}" + (f": {says}" if isinstance(says, str) else "")
    return [
        Test(where, row, dict(zip(given, values, strict=True)), list(checks), source[:2_000])
        for values in itertools.product(*choices)
    ]


def _unfit(value: Json) -> str | None:
    if not isinstance(value, str):
        return None
    if value.startswith(("file://", "package:")):
        return OTHER_FILE
    return NESTED if IN_BRACES.search(value) else None


def _example(found: Found, test: Test, read_by: set[str]) -> Example:
    known = read_by if found.versions else test.variables.keys() - {CONTEXT}
    inputs = {name: value for name, value in test.variables.items() if name in known}
    for name in test.variables.keys() - known - {CONTEXT}:
        found.skip(f"{test.where}.vars.{name}", name, "No prompt of the file reads it.")
    fields = {"input_data": inputs, "source": test.source, **test.fields}
    context = test.variables.get(CONTEXT)
    if isinstance(context, str) and context:
        fields["context"] = context
    return Example(row=test.row, fields=fields)
