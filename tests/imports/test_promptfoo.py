"""A promptfoo configuration: what has a place here is stored, the rest is said and never run."""

import json

import pytest

from app.core.database import unit_of_work
from app.experiments.schemas import ExperimentCreate
from app.imports import promptfoo
from app.runs.service import check_evaluators
from tests.imports.sending import examples, left_out, report, send

SUITE = """\
# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json
description: "Support: answers"
prompts:
  - "Answer in one word: {{question}}"
  - label: chat
    raw: |
      [{"role": "system", "content": "Be brief. {{ tone }}"}, {"role": "user", "content": "{{question}}"}]
  - file://prompts/long.txt
  - file://prompts/build.py:make
  - "{{ env.SECRET }} {{question}}"
  - "{% include 'other.txt' %} {{question}}"
providers:
  - id: openai:chat:gpt-5-mini
    config: {temperature: 0, max_tokens: 64, apiKey: "{{env.KEY}}"}
  - python:own.py
  - exec:./run.sh
  - bedrock:titan
defaultTest:
  vars: {tone: kindly}
  assert:
    - {type: not-icontains, value: as an AI}
    - {type: latency, threshold: 3000}
    - {type: llm-rubric, value: "Is polite to somebody who asks: {{question}}", threshold: 0.8}
tests:
  - description: capital
    vars: {question: "Capital of France?", unread: 1}
    assert:
      - {type: equals, value: Paris}
      - {type: javascript, value: "process.exit(1)", weight: 2}
      - {type: python, value: "file://check.py"}
  - vars: {question: ["Capital of Spain?", "What is Spain's capital?"], context: Madrid is it.}
    assert:
      - {type: equals, value: Madrid, metric: city}
      - {type: contains, value: Barcelona}
      - {type: webhook, value: "https://example.org"}
      - type: assert-set
        threshold: 0.5
        assert:
          - {type: cost, threshold: 0.002}
          - {type: ruby, value: "exit"}
  - vars: {question: no}
    assert:
      - {type: regex, value: "^N(o|ein)$"}
      - {type: answer-relevance, threshold: 0.7}
      - {type: contains, value: x, transform: "output.trim()"}
  - vars: file://vars.csv
  - vars: {question: file://question.txt}
  - file://tests.csv
scenarios: []
transform: "output"
"""


def test_a_suite_becomes_versions_examples_and_evaluators(client, subject):
    """One prompt with a version for each text, an example for each test, evaluators ready to run."""
    told = report(client, SUITE, "promptfooconfig.yaml")
    (prompt,) = told["prompts"]
    found = examples(client, prompt["id"])
    versions = client.get(f"/api/v1/prompts/{prompt['id']}/versions").json()["items"]

    assert ("promptfoo", "support-answers", True) == (
        told["format"],
        prompt["name"],
        prompt["created"],
    )
    assert [("prompts[0]", 1), ("prompts[1]", 2)] == [
        (v["where"], v["number"]) for v in told["versions"]
    ]
    assert ["openai:gpt-5-mini"] == told["models"]
    assert [{"temperature": 0.0, "max_tokens": 64}] * 2 == [v["parameters"] for v in versions]
    assert 4 == told["golden_examples"] == len(found)
    assert ["Capital of France?", "Capital of Spain?", "What is Spain's capital?", "no"] == [
        example["input_data"]["question"] for example in found
    ]
    assert ["Paris", "Madrid", "Madrid", None] == [example["expected_output"] for example in found]
    assert "Is polite to somebody who asks: Capital of France?" == found[0]["criteria"]
    assert "promptfoo tests[0]: capital" == found[0]["source"]
    assert "Madrid is it." == found[1]["context"]
    assert [
        {"name": "exact", "options": {"ignore_case": False, "ignore_whitespace": False}},
        {"name": "rubric", "options": {}},
        {
            "name": "contains",
            "options": {"phrases": ["as an AI"], "mode": "none", "ignore_case": True},
        },
    ] == told["evaluators"]
    assert [("latency_ms", None, 3000.0), ("rubric", 0.8, None), ("cost_usd", None, 0.002)] == [
        (limit["metric"], limit["least"], limit["most"]) for limit in told["thresholds"]
    ]
    ExperimentCreate.model_validate(
        {"prompt_id": prompt["id"], "experiment_name": "imported", "evaluators": told["evaluators"]}
    )


def test_what_is_left_out_is_said_with_its_place_and_nothing_is_run(client):
    """Code, other files, environment, transforms, what only some tests assert: each with a reason."""
    code = "Code is never executed"
    begins = {
        "prompts[2]": "It is in another file",
        "prompts[3]": code,
        "prompts[4]": "Environment variables",
        "prompts[5]": "Line 1:",
        "providers[0].config.apiKey": "There is no such parameter",
        "providers[1]": code,
        "providers[2]": code,
        "providers[3]": "There is no such provider",
        "tests[0].assert[1]": code,
        "tests[0].assert[2]": "Its value is in another file",
        "tests[0].vars.unread": "No prompt of the file reads it",
        "tests[1].assert[0].metric": "A score is called by",
        "tests[1].assert[1]": "An example has one expected output",
        "tests[1].assert[2]": code,
        "tests[1].assert[3].threshold": "All of a set",
        "tests[1].assert[3].assert[1]": code,
        "tests[2].assert[0]": "Most tests are compared by exact",
        "tests[2].assert[1]": "Only some tests assert this",
        "tests[2].assert[2]": "It judges what code makes",
        "tests[3].vars": "It is in another file",
        "tests[4].vars.question": "It is in another file",
        "tests[5]": "It is in another file",
        "scenarios": "Write the combinations",
        "transform": code,
    }
    told = left_out(report(client, SUITE, "promptfooconfig.yaml", dry_run=True))

    assert begins.keys() == told.keys()
    assert begins == {where: told[where][: len(begin)] for where, begin in begins.items()}


def test_a_dry_run_stores_nothing_and_tells_the_same(client):
    """The same report but for ids, then the real one; a second real one finds every version there."""
    dry = report(client, SUITE, "a.yaml", dry_run=True)
    nothing = client.get("/api/v1/prompts").json()["total"]
    real = report(client, SUITE, "a.yaml")
    again = report(client, SUITE, "a.yaml", prompt="support-answers")

    assert 0 == nothing
    assert [None] == [prompt.pop("id") for prompt in dry["prompts"]]
    assert real["prompts"][0].pop("id")
    assert {**dry, "dry_run": False} == real
    assert [(1, False), (2, False)] == [(v["number"], v["created"]) for v in again["versions"]]


ASSERTS = [
    (
        {"type": "contains", "value": "a"},
        {"name": "contains", "options": {"phrases": ["a"], "mode": "all", "ignore_case": False}},
    ),
    (
        {"type": "icontains-any", "value": "a, b"},
        {
            "name": "contains",
            "options": {"phrases": ["a", "b"], "mode": "any", "ignore_case": True},
        },
    ),
    (
        {"type": "contains-all", "value": ["a", "b"]},
        {
            "name": "contains",
            "options": {"phrases": ["a", "b"], "mode": "all", "ignore_case": False},
        },
    ),
    ({"type": "regex", "value": "a+"}, {"name": "regex", "options": {"pattern": "a+"}}),
    ({"type": "starts-with", "value": "a."}, {"name": "regex", "options": {"pattern": "\\Aa\\."}}),
    ({"type": "is-json"}, {"name": "json_schema", "options": {}}),
    (
        {"type": "is-json", "value": {"type": "object"}},
        {"name": "json_schema", "options": {"schema": {"type": "object"}}},
    ),
    (
        {"type": "is-json", "value": "type: array"},
        {"name": "json_schema", "options": {"schema": {"type": "array"}}},
    ),
    (
        {"type": "levenshtein", "value": "a", "threshold": 3},
        {"name": "similarity", "options": {"metric": "edit_distance"}},
    ),
    ({"type": "similar", "value": "a"}, {"name": "similarity", "options": {"metric": "token_f1"}}),
    ({"type": "rouge-n", "value": "a"}, {"name": "rouge", "options": {"variant": "rouge1"}}),
    ({"type": "bleu", "value": "a"}, {"name": "bleu", "options": {}}),
    ({"type": "equals", "value": {"a": 1}}, {"name": "json_fields", "options": {}}),
    ({"type": "factuality", "value": "a"}, {"name": "correctness", "options": {}}),
    (
        {"type": "llm-rubric", "value": "Is kind."},
        {"name": "rubric", "options": {"criteria": "Is kind."}},
    ),
    ({"type": "answer-relevance"}, {"name": "answer_relevance", "options": {}}),
    ({"type": "context-faithfulness"}, {"name": "hallucination", "options": {}}),
    ({"type": "is-refusal"}, {"name": "refusal", "options": {"wanted": "refusal"}}),
    (
        {"type": "word-count", "value": {"min": 1, "max": 9}},
        {"name": "length", "options": {"min_words": 1, "max_words": 9}},
    ),
    ({"type": "regex", "value": "(?=a)"}, None),
    ({"type": "not-equals", "value": "a"}, None),
    ({"type": "not-javascript", "value": "1"}, None),
    ({"type": "is-json", "value": 5}, None),
    ({"type": "equals"}, None),
    ({"type": "cost"}, None),
    ({}, None),
    ("equals", None),
]


@pytest.mark.parametrize(("asserted", "evaluator"), ASSERTS, ids=str)
def test_every_assertion_is_an_evaluator_that_exists_or_a_line_of_the_report(
    subject, asserted, evaluator
):
    """As `defaultTest` asserts it of two tests; never both, never neither, and it can be run."""
    found = promptfoo.read(
        json.dumps(
            {
                "prompts": ["{{q}}"],
                "defaultTest": {"assert": [asserted]},
                "tests": [{"vars": {"q": n}} for n in (1, 2)],
            }
        ).encode()
    )
    judges = [judge._asdict() for judge in found.evaluators]
    with unit_of_work(subject.workspace_id) as session:
        check_evaluators(session, subject, judges)

    assert ([evaluator] if evaluator else []) == judges
    assert evaluator or ["defaultTest.assert[0]"] == [part.where for part in found.not_imported]


@pytest.mark.parametrize("kind", ["equals", "llm-rubric", "is-refusal", "latency", "assert-set"])
def test_weight_and_metric_of_every_assertion_are_named(kind):
    """Of a limit and of a set as of any other; a weight of 1 is what everything has."""
    asserted = {"type": kind, "value": "a", "threshold": 1, "assert": [{"type": "is-json"}]}
    weighed = {**asserted, "weight": 2, "metric": "m"}
    found = promptfoo.read(
        json.dumps(
            {
                "prompts": ["{{q}}"],
                "defaultTest": {"assert": [weighed, {**asserted, "weight": 1}]},
                "tests": [{"vars": {"q": 1}}],
            }
        ).encode()
    )
    named = {part.where for part in found.not_imported if part.what in {"weight", "metric"}}

    assert {f"defaultTest.assert[0].{name}" for name in ("weight", "metric")} == named


def test_a_threshold_that_is_no_number_is_told():
    """A text or a template is no limit that could be named."""
    asserted = {"type": "llm-rubric", "value": "Is kind.", "threshold": "{{ least }}"}
    suite = {"prompts": ["{{q}}"], "tests": [{"vars": {"q": 1}, "assert": [asserted]}]}
    found = promptfoo.read(json.dumps(suite).encode())

    assert [] == found.thresholds
    assert ["tests[0].assert[0].threshold"] == [part.where for part in found.not_imported]


def test_assertions_that_name_one_evaluator_twice_add_up_or_are_told(client):
    """Phrases and criteria of all tests join; other options do not, and the first ones stay."""
    shared = [
        {"type": "not-contains", "value": "a"},
        {"type": "not-contains", "value": "b"},
        {"type": "contains-all", "value": ["c", "d"]},
        {"type": "llm-rubric", "value": "Is kind."},
        {"type": "llm-rubric", "value": "Is short."},
        {"type": "is-refusal"},
        {"type": "is-refusal"},
    ]
    suite = {"prompts": ["{{q}}"], "defaultTest": {"assert": shared}}
    tests = [{"vars": {"q": 1}}, {"vars": {"q": 2}}]
    with_tests = promptfoo.read(json.dumps({**suite, "tests": tests}).encode())
    without = promptfoo.read(json.dumps(suite).encode())
    judges = {judge.name: judge.options for judge in with_tests.evaluators}

    assert {"phrases": ["a", "b"], "mode": "none", "ignore_case": False} == judges["contains"]
    assert {"criteria": "Is kind.\nIs short."} == judges["rubric"]
    assert ["defaultTest.assert[2]"] == [part.where for part in with_tests.not_imported]
    assert judges.keys() == {judge.name for judge in without.evaluators}


def test_a_value_that_cannot_be_filled_in_is_told(client):
    """A template in an assertion is rendered with the test's variables, or is left out."""
    asserted = [
        {"type": "equals", "value": "{{ q }}!"},
        {"type": "contains", "value": "{{ 1 // q }}"},
    ]
    suite = {"prompts": ["{{q}}"], "tests": [{"vars": {"q": 0}, "assert": asserted}]}
    found = promptfoo.read(json.dumps(suite).encode())

    assert "0!" == found.examples[0].fields["expected_output"]
    assert ["tests[0].assert[1]"] == [part.where for part in found.not_imported]


def test_several_models_are_listed_and_belong_to_no_version(client):
    """Which one is asked is said when an experiment is started; a target is a provider."""
    suite = {
        "prompts": {"{{q}}": "label"},
        "targets": [
            {"anthropic:messages:claude-haiku-4-5": {"config": {"top_p": 9}}},
            "gpt-5",
            {"id": "openai:gpt-5", "config": {"seed": 1}},
        ],
    }
    found = promptfoo.read(json.dumps(suite).encode())

    assert ["anthropic:claude-haiku-4-5", "openai:gpt-5"] == found.models
    assert [None] == [version.draft.model for version in found.versions[None]]
    assert {"targets[0].config.top_p", "targets"} == {part.where for part in found.not_imported}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("prompts: [a\ntests: }", "Line 2"),
        ("a: &x [1]\nprompts: *x", "Line 2: an alias"),
        ("prompts: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("prompts: " + "[" * 60 + "]" * 60, "nested more than 40 deep"),
        ("# nothing\nother: 1", "no promptfoo configuration"),
        ('prompts: "a\\0b"', "NUL"),
        ("- just\n- a list", "no promptfoo configuration"),
        (b"prompts: [\xff]", "not UTF-8"),
        ("x" * (3 * 2**20), "2 MiB"),
        ("", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(client, content, says):
    """422 with the place; YAML can neither run, nor explode, nor nest without end."""
    refused = send(client, content, "promptfooconfig.yaml")

    assert 422 == refused.status_code, refused.text
    assert says in refused.json()["detail"]


def test_words_of_yaml_are_words(client):
    """`no`, `1:30` and a date are texts, as in the tool that writes the file."""
    told = promptfoo.read(
        b"prompts: ['{{q}}']\ntests:\n"
        + b"".join(
            b"- vars: {q: %s}\n" % q
            for q in (b"no", b"1:30", b"2026-01-31", b"010", b"1.5", b"~", b"true")
        )
    )

    assert ["no", "1:30", "2026-01-31", 10, 1.5, None, True] == [
        one.fields["input_data"]["q"] for one in told.examples
    ]


def test_a_file_without_one_usable_prompt_gives_examples_to_a_prompt_that_is_there(client):
    """The tests are worth keeping: they go to the prompt that is named, and to nobody else's."""
    suite = "prompts: [file://a.txt]\ntests:\n- vars: {q: one}\n- vars: {other: two}\n"
    client.post("/api/v1/prompts", json={"name": "there", "template": "{{ q }}"})
    nameless, unknown = (
        send(client, suite, "a.yaml"),
        send(client, suite, "a.yaml", prompt="nobodys"),
    )
    refused = send(client, suite, "a.yaml", prompt="there")
    told = report(client, suite.replace("other", "q"), "a.yaml", prompt="there")

    assert (422, "#/prompt") == (nameless.status_code, nameless.json()["errors"][0]["pointer"])
    assert 404 == unknown.status_code
    assert (422, 2) == (refused.status_code, refused.json()["rows"][0]["row"])
    assert 2 == told["golden_examples"]


def test_a_file_of_nothing_but_code_says_what_it_held(client):
    """Nothing is stored, and the refusal carries the report."""
    refused = send(client, "prompts: [file://a.py]\n", "a.yaml", dry_run=True)

    assert (422, "nothing_to_import") == (refused.status_code, refused.json()["code"])
    assert "prompts[0]" == refused.json()["not_imported"][0]["where"]
