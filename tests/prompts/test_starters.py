"""The dashboard's starters, held against the engine they are made for."""

import json
from pathlib import Path

import pytest

from app.evaluators.base import Case, build
from app.golden.schemas import ExampleCreate
from app.prompts.content import columns
from app.prompts.rendering import render
from app.prompts.schemas import PromptCreate
from tests.evaluators.scripted import score

FOLDER = Path(__file__).parents[2] / "frontend/src/features/prompts/starters"
STARTERS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
OF_A_VERSION = {"template", "messages", "response_schema"}


def version_of(starter):
    """The columns a version is stored with; raises what the API would refuse it with."""
    content = {name: value for name, value in starter.items() if name in OF_A_VERSION}
    named = {"name": starter["name"], "description": starter["about"], "tags": starter["tags"]}
    return columns(PromptCreate(**named, **content).draft())


def test_there_are_ten_of_five_examples():
    """Names differ, so that all can be made in one workspace."""
    names = {starter["name"] for starter in STARTERS.values()}

    assert (10, 10) == (len(STARTERS), len(names))
    assert {5} == {len(starter["examples"]) for starter in STARTERS.values()}


@pytest.mark.parametrize("starter", STARTERS.values(), ids=STARTERS)
def test_a_starter_renders_with_each_of_its_examples(starter):
    """Its variables are the examples' own, none is left over, and all of them reach the text."""
    version = version_of(starter)
    read = {variable["name"] for variable in version["variables"]}

    for example in starter["examples"]:
        inputs = ExampleCreate(input_data=example["input_data"]).input_data
        text = "".join(message.content for message in render(version, inputs))
        assert read == set(inputs)
        assert [] == [name for name, value in inputs.items() if value not in text]
        assert "{{" not in text


@pytest.mark.parametrize("starter", STARTERS.values(), ids=STARTERS)
def test_expected_outputs_fit_the_evaluators_that_suit(starter):
    """What needs no model gives each of them a 1; the others are there, and have what they read."""
    schema, context = starter.get("response_schema"), starter.get("grounded_in")

    assert "rubric" in starter["evaluators"]
    assert ("json_schema" in starter["evaluators"]) == (schema is not None)
    assert ("hallucination" in starter["evaluators"]) == (context is not None)
    for name in starter["evaluators"]:
        options = {"schema": schema} if name == "json_schema" else {}
        if build(name, options).needs_model:
            continue
        for example in starter["examples"]:
            expected = example["expected_output"]
            found = score(name, Case(output=expected, expected=expected), **options)
            assert 1.0 == found.value, (name, expected, found.reason)


@pytest.mark.parametrize("starter", STARTERS.values(), ids=STARTERS)
def test_each_example_says_what_is_looked_at(starter):
    """A rubric for all and a line of its own; one criterion a line, as checklists are read."""
    rubric = starter["rubric"]

    assert 2 <= len(rubric) <= 5
    for example in starter["examples"]:
        lines = [*rubric, *example["criteria"]]
        assert len(lines) > len(rubric)
        assert [] == [line for line in lines if not line.strip() or "\n" in line]
