"""Whatever is thrown in, the answer is a report or a refusal."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.imports.formats import ForeignFormat
from tests.imports.sending import send

words = st.sampled_from(
    [
        "a",
        "{{ q }}",
        "{% if q %}",
        "{{ env.X }}",
        '[{"role": "user", "content": "{{ q }}"}]',
        "file://x.py",
        "openai:gpt-5",
        "\ud7ff",
        "\0",
        "{{ q|upper }}",
        "equals",
        "no",
        "",
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=8)
    | words
)
keys = st.sampled_from(
    [
        "type",
        "value",
        "vars",
        "assert",
        "id",
        "raw",
        "label",
        "config",
        "threshold",
        "q",
        "input",
        "ideal",
        "item",
        "prompt",
        "name",
        "version",
        "expectedOutput",
        "role",
        "content",
    ]
)
kinds = st.sampled_from(
    [
        "equals",
        "contains",
        "contains-any",
        "regex",
        "is-json",
        "llm-rubric",
        "assert-set",
        "javascript",
        "rouge-n",
        "word-count",
        "cost",
    ]
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)
assertions = st.lists(
    st.fixed_dictionaries(
        {"type": kinds},
        optional={"value": anything, "threshold": scalars, "weight": scalars, "assert": anything},
    )
    | anything,
    max_size=3,
)
tests = st.fixed_dictionaries(
    {"vars": st.dictionaries(keys, anything, max_size=3)},
    optional={"assert": assertions, "options": anything},
)
suites = st.fixed_dictionaries(
    {"prompts": st.lists(words | anything, max_size=3)},
    optional={
        "providers": anything,
        "tests": st.lists(tests | anything, max_size=3) | anything,
        "defaultTest": tests | anything,
        "description": scalars,
        "env": anything,
    },
)
quick = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@quick
@given(suite=suites, dry_run=st.booleans())
def test_any_suite_gets_a_report_or_a_refusal(client, suite, dry_run):
    """Never a 500: what has no place is in the report, what cannot be read is refused."""
    answer = send(client, yaml.safe_dump(suite, allow_unicode=True), "a.yaml", dry_run=dry_run)

    assert answer.status_code in {200, 422}, answer.text


@quick
@given(rows=st.lists(anything, max_size=4), fmt=st.sampled_from(ForeignFormat), whole=st.booleans())
def test_any_rows_get_a_report_or_a_refusal(client, rows, fmt, whole):
    """In every format, as one document or line by line."""
    content = json.dumps(rows) if whole else "\n".join(map(json.dumps, rows))
    answer = send(client, content, "a", format=fmt.value, prompt="some/prompt", dry_run=True)

    assert answer.status_code in {200, 404, 422}, answer.text


@quick
@given(
    content=st.binary(max_size=60)
    | st.text("[]{}:-,&*!?|>'\"%@ \n\tab1", max_size=60).map(str.encode)
)
@pytest.mark.parametrize("filename", ["a.yaml", "a"])
def test_any_bytes_get_a_report_or_a_refusal(client, filename, content):
    """Also what is no file of any kind."""
    answer = send(client, content, filename, prompt="some/prompt", dry_run=True)

    assert answer.status_code in {200, 404, 422}, answer.text
