"""The units of a difference: each can be applied alone, and all together make the new version."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analyses.hunks import difference
from app.models import PromptVersion


def version(template: str | None = None, **columns: Any) -> PromptVersion:
    given_columns: dict[str, Any] = {
        "template": template,
        "messages": None,
        "template_format": "jinja2",
        "model": None,
        "parameters": {},
        "response_schema": None,
    }
    return PromptVersion(**(given_columns | columns))


def chat(*turns: tuple[str, str]) -> PromptVersion:
    return version(messages=[{"role": role, "content": content} for role, content in turns])


OLD = "You are a helper.\n\nAnswer from this:\n{{ context }}\n\nQuestion: {{ question }}\nBe brief."
NEW = "You are an assistant.\n\nAnswer from this:\n\nQuestion: {{ question }}\nBe very brief."

texts = st.text(st.sampled_from("ab \n"), max_size=30)


@given(old=texts, new=texts)
def test_all_units_make_the_new_text_and_none_the_old(old, new):
    """Up to one newline at the end, which no model is told apart by."""
    found = difference(version(old), version(new))
    everything = {unit.number for unit in found.units}

    assert old.removesuffix("\n") == found.applied(set()).template
    assert new.removesuffix("\n") == found.applied(everything).template


@given(old=texts, new=texts)
def test_units_are_numbered_from_one_and_no_unit_is_blank_beside_another(old, new):
    """Blank lines go with a line that says something, where there is one in the same place."""
    units = difference(version(old), version(new)).units

    assert list(range(1, len(units) + 1)) == [unit.number for unit in units]
    assert all(unit.old is not None or unit.new is not None for unit in units)


def test_units_are_changed_lines_with_their_places():
    """A reworded line, a line that went with its blank neighbour, another reworded line."""
    found = difference(version(OLD), version(NEW))

    assert [
        ("You are a helper.\n", "You are an assistant.\n", (1, 1), (1, 1)),
        ("{{ context }}\n", None, (4, 4), None),
        ("Be brief.\n", "Be very brief.\n", (7, 7), (6, 6)),
    ] == [(unit.old, unit.new, unit.old_lines, unit.new_lines) for unit in found.units]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({1}, "You are an assistant.\nB\nBe brief."),
        ({2}, "You are a helper.\nB\nBe very brief."),
        ({1, 2}, "You are an assistant.\nB\nBe very brief."),
    ],
)
def test_a_subset_is_applied_and_the_rest_left_out(chosen, expected):
    """Line by line, in the order of the text."""
    old = version("You are a helper.\nB\nBe brief.")
    found = difference(old, version("You are an assistant.\nB\nBe very brief."))

    assert expected == found.applied(chosen).template


def test_messages_are_compared_one_by_one():
    """A message that changed has units of its own; one that came is a unit as a whole."""
    old = chat(("system", "Be kind.\nBe brief."), ("user", "{{ question }}"))
    new = chat(
        ("system", "Be kind.\nBe very brief."), ("assistant", "Yes?"), ("user", "{{ question }}")
    )
    found = difference(old, new)

    assert [("messages/1", "Be brief.\n", "Be very brief.\n"), ("messages/2", None, "Yes?")] == [
        (unit.part, unit.old, unit.new) for unit in found.units
    ]
    assert ["system", "user"] == [turn["role"] for turn in found.applied({1}).messages or ()]
    assert new.messages == found.applied({1, 2}).messages
    assert old.messages == found.applied(()).messages


def test_a_message_that_went_stays_until_its_unit_is_applied():
    """Deleting a whole message is one decision."""
    old = chat(("system", "Use the context."), ("user", "{{ question }}"))
    found = difference(old, chat(("user", "{{ question }}")))

    assert [("messages/1", "Use the context.", None)] == [
        (unit.part, unit.old, unit.new) for unit in found.units
    ]
    assert [{"role": "user", "content": "{{ question }}"}] == found.applied({1}).messages


def test_a_text_prompt_is_one_user_message_beside_a_chat_prompt():
    """So a change from text to messages has units as well."""
    found = difference(
        version("{{ question }}"), chat(("system", "Be brief."), ("user", "{{ question }}"))
    )

    assert [("messages/1", None, "Be brief.")] == [
        (unit.part, unit.old, unit.new) for unit in found.units
    ]
    assert [{"role": "user", "content": "{{ question }}"}] == found.applied(()).messages


def test_values_beside_the_text_are_units():
    """Each parameter, the model, the format and the response schema."""
    schema = {"type": "object"}
    old = version("A", parameters={"temperature": 0, "seed": 1}, model="openai:a")
    new = version(
        "A",
        parameters={"temperature": 1, "top_p": 0.5},
        model="openai:b",
        template_format="fstring",
        response_schema=schema,
    )
    found = difference(old, new)
    units = {unit.part: unit for unit in found.units}
    everything = found.applied({unit.number for unit in found.units})
    half = found.applied({units["parameters/seed"].number, units["model"].number})

    assert (0, 1) == (units["parameters/temperature"].old, units["parameters/temperature"].new)
    assert (new.parameters, new.model, new.template_format, schema) == (
        everything.parameters,
        everything.model,
        everything.template_format,
        everything.response_schema,
    )
    assert ({"temperature": 0}, "openai:b", "jinja2", None) == (
        half.parameters,
        half.model,
        half.template_format,
        half.response_schema,
    )
    assert "model" not in {unit.part for unit in difference(old, new, with_model=False).units}
