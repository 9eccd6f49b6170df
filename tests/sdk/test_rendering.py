"""A prompt rendered by the client says what the server says, or the client says that it cannot."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llmops import rendering
from llmops.errors import MissingPackage, RenderError
from llmops.prompt import Prompt, fallback_prompt

from app.llm.client import Message
from app.prompts.rendering import as_text
from app.templating import render as server
from app.templating.errors import TemplateProblem

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner),
    max_leaves=5,
)
PIECES = st.lists(
    st.sampled_from(["{{ a }}", "{{b}}", "{{  a\t}}", "Text\n", "\r\n", "}}", "{ }", "é ", "\n"]),
    max_size=8,
)
LOGIC = [
    "{% if a %}yes{% else %}no{% endif %} {{ b }}\n",
    "{% for item in b %}{{ loop.index }}. {{ item }}\n{% endfor %}",
    "{{ a | upper }} {{ b | length }} {{ b | tojson }} {{ a ~ '!' }}",
    "{{- a -}} {# said to nobody #} {{ b[0] }} {{ none }} {{ [1, 'two'] }}",
    "{{ missing | default('nothing') }} {{ a is string }} {{ missing is defined }}",
]


@given(PIECES.map("".join), VALUES, VALUES)
def test_plain_jinja_is_the_servers(template, a, b):
    """Whatever the values and the line ends; the package jinja2 is not asked."""
    said = rendering._printed(rendering.re.sub(r"\r\n?", "\n", template), {"a": a, "b": b})

    assert rendering._is_plain(template)
    assert server.render(template, {"a": a, "b": b}, "jinja2") == said
    assert said == rendering.render(template, "jinja2", {"a": a, "b": b})


@given(
    st.lists(st.sampled_from(["{a}", "{{", "}}", "{b}", "text\r\n", "{{a}}"]), max_size=8),
    VALUES,
    VALUES,
)
def test_braces_are_the_servers(pieces, a, b):
    """A prompt in the format `fstring`."""
    template = "".join(pieces)

    assert server.render(template, {"a": a, "b": b}, "fstring") == rendering.render(
        template, "fstring", {"a": a, "b": b}
    )


@pytest.mark.parametrize("template", LOGIC)
def test_logic_is_rendered_by_jinja(template):
    """With the package jinja2, as the server renders it."""
    values = {"a": "Anna", "b": ["1 < 2", {"é": None}]}

    assert server.render(template, values, "jinja2") == rendering.render(template, "jinja2", values)


def test_without_jinja_logic_is_refused(monkeypatch):
    """And the sentence says what to install; plain prompts go on."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingPackage, match=r"llmops-client\[jinja\]"):
        rendering.render("{% if a %}{% endif %}", "jinja2", {"a": 1})

    assert "1" == rendering.render("{{ a }}", "jinja2", {"a": 1})


@pytest.mark.parametrize(
    ("template", "kind"),
    [("{{ a }}{{ b }}", "jinja2"), ("{a}{b}", "fstring"), ("{{ a|upper }}{{ b }}", "jinja2")],
)
def test_a_missing_variable_is_named(template, kind):
    """A hole in a prompt is no prompt; the server refuses the same."""
    with pytest.raises(RenderError, match="b"):
        rendering.render(template, kind, {"a": "x"})
    with pytest.raises(TemplateProblem):
        server.render(template, {"a": "x"}, kind)


def test_values_are_json():
    """What no server could be sent is refused here as well."""
    for value in (float("nan"), object(), {1, 2}):
        with pytest.raises(RenderError, match="JSON"):
            rendering.render("{{ a }}", "jinja2", {"a": value})


def chat(**fields) -> Prompt:
    return Prompt.model_validate(
        {
            "name": "support/answer",
            "number": 3,
            "messages": [
                {"role": "system", "content": "Be {{ tone }}."},
                {"role": "user", "content": "{{ question }}"},
            ],
            **fields,
        }
    )


def test_a_chat_prompt_as_messages_and_as_text():
    """The text is the one the server stores as the rendered prompt."""
    prompt = chat()
    messages = prompt.to_messages({"tone": "kind"}, question="Why?")

    assert [("system", "Be kind."), ("user", "Why?")] == [
        (turn["role"], turn["content"]) for turn in messages
    ]
    assert as_text([Message(**turn) for turn in messages]) == prompt.compile(
        tone="kind", question="Why?"
    )


def test_arguments_for_openai():
    """The version's model without its provider, its parameters, its schema; nothing that it lacks."""
    schema = {"type": "object"}
    full = chat(
        model="openai:gpt-5", parameters={"temperature": 0.2}, response_schema=schema
    ).to_openai(tone="kind", question="Why?")
    bare = fallback_prompt("x", [{"role": "user", "content": "Hi {{ name }}"}]).to_openai(name="Bo")

    assert ("gpt-5", 0.2) == (full["model"], full["temperature"])
    assert schema == full["response_format"]["json_schema"]["schema"]
    assert {"messages": [{"role": "user", "content": "Hi Bo"}]} == bare
    assert json.dumps(full)
