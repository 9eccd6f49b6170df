"""The three functions runs and experiments are built on: freeze, check, render."""

import pytest

from app.core.errors import Invalid
from app.llm.client import Message
from app.models import PromptVersion
from app.prompts.rendering import as_text, check_variables, frozen, render
from app.templating.errors import MissingVariables

TEXT = {
    "template_format": "jinja2",
    "template": "Hi {{ name }}",
    "messages": None,
    "response_schema": None,
    "variables": [{"name": "name", "required": True}, {"name": "tone", "required": False}],
}
CHAT = {
    **TEXT,
    "template": None,
    "messages": [
        {"role": "system", "content": "Be kind"},
        {"role": "user", "content": "{{ name }}"},
    ],
}


def test_a_frozen_version_is_all_that_rendering_needs():
    """What is frozen holds nothing of the row but what decides the text."""
    version = PromptVersion(**TEXT, number=3, model="a:b")

    assert frozen(version) == TEXT
    assert [Message(role="user", content="Hi Ann")] == render(frozen(version), {"name": "Ann"})


def test_a_chat_prompt_renders_message_by_message():
    """Roles stay, each message is its own template."""
    messages = render(CHAT, {"name": "Ann"})

    assert [("system", "Be kind"), ("user", "Ann")] == [(m.role, m.content) for m in messages]
    assert "system:\nBe kind\n\nuser:\nAnn" == as_text(messages)
    assert "Ann" == as_text(messages[1:])


def test_a_value_is_never_read_as_a_template():
    """Text from people stays text."""
    assert "Hi {{ 1 + 1 }}" == render(TEXT, {"name": "{{ 1 + 1 }}"})[0].content


def test_rendering_without_a_variable_fails_by_name():
    """Callers store it as a template error."""
    with pytest.raises(MissingVariables) as raised:
        render(TEXT, {})

    assert ("name",) == raised.value.names


def test_variables_are_checked_before_anything_is_paid():
    """Missing and unknown ones are all named at once, under the caller's own pointer."""
    check_variables(TEXT, {"name": "Ann"})
    check_variables(TEXT, {"name": "Ann", "tone": "dry"})
    with pytest.raises(Invalid) as raised:
        check_variables(TEXT, {"nme": 1}, pointer="#/input_data")

    assert [("#/input_data/name", "missing"), ("#/input_data/nme", "unknown")] == [
        error[:2] for error in raised.value.errors
    ]
    assert "Missing variables: name." in raised.value.detail
    assert "the prompt reads: name, tone" in raised.value.detail


def test_braces_in_a_name_do_not_break_the_sentence():
    """A key from outside is text for the message, not a format."""
    with pytest.raises(Invalid) as raised:
        check_variables({**TEXT, "variables": []}, {"{0.__class__}": 1})

    assert "{0.__class__}; the prompt reads: none." in raised.value.detail
