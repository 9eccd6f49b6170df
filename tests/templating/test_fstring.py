import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.templating.render import (
    MissingVariables,
    TemplateFailed,
    TemplateRefused,
    TemplateTooBig,
    check,
    render,
    render_messages,
)

PIECES = st.lists(st.sampled_from(["{name}", "{größe}", "{{", "}}", "a", "\n", "'", "{{x}}"]))


@given(PIECES.map("".join))
def test_it_reads_names_and_braces_as_python_does(source):
    """For plain names the result is that of `str.format`."""
    variables = {"name": "Åsa {name}", "größe": 5}

    assert source.format(**variables) == render(source, variables, "fstring")


@given(st.text(alphabet="{}a_.:! \n0", max_size=12))
def test_whatever_is_accepted_python_accepts_too(source):
    """The strict reader never lets through what `str.format` would choke on or read differently."""
    try:
        names = check(source, "fstring").required
    except TemplateRefused:
        return
    variables = dict.fromkeys(names, "x")

    assert source.format(**variables) == render(source, variables, "fstring")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{a.b}", "line 1: {a.b} is more than a name"),
        ("\n{a[0]}", "line 2: {a[0]} is more than a name"),
        ("{a:>10000000000}", "line 1: {a:>10000000000} is more than a name"),
        ("{a!r}", "line 1: {a!r} is more than a name"),
        ("{0}", "line 1: {0} is not the name of a variable"),
        ("{}", "line 1: {} is not the name of a variable"),
        ("{_a}", "line 1: {_a} is not the name of a variable"),
        ('{"a": 1}', 'line 1: {"a": 1} is not the name of a variable; write {{'),
        ("\n\n}", "line 3: a single } stands alone"),
        ("{a", "line 1: a single { stands alone"),
        ("{a{b}}", "line 1: a single { stands alone"),
        ("a\0", "line 1: a template cannot hold a NUL"),
        ("\ud800", "line 1: a template cannot hold half of a surrogate"),
        ("a" * 65_537, "a template is at most 64 KiB"),
        ("{a}" * 500_000, "a template is at most 64 KiB"),
    ],
)
def test_anything_but_plain_names_is_refused(source, sentence):
    """Attributes, indices and format specifications would be a language of their own."""
    with pytest.raises(TemplateRefused) as refusal:
        check(source, "fstring")

    assert str(refusal.value).startswith(sentence)


def test_values_are_printed_as_in_jinja():
    """Changing the format of a template changes no value in the prompt."""
    variables = {"a": None, "b": True, "c": [1, "é"], "d": {"x": 1.5}}

    fstring = render("{a} {b} {c} {d}", variables, "fstring")

    assert render("{{ a }} {{ b }} {{ c }} {{ d }}", variables, "jinja2") == fstring


def test_missing_variables_are_named():
    """All of them, sorted."""
    with pytest.raises(MissingVariables) as missing:
        render("{b} {a} {c}", {"c": 1}, "fstring")

    assert ("a", "b") == missing.value.names


def test_output_is_bounded():
    """A short template cannot repeat a long value without end."""
    with pytest.raises(TemplateTooBig):
        render("{a}" * 20_000, {"a": "x" * 1_000}, "fstring")


def test_unstorable_values_fail():
    """What could not be stored after a paid call is caught before it."""
    with pytest.raises(TemplateFailed):
        render("{a}", {"a": "\0"}, "fstring")


def test_chats_may_use_it():
    """Both formats work for messages."""
    assert [("user", "Hi Åsa")] == render_messages([("user", "Hi {n}")], {"n": "Åsa"}, "fstring")
