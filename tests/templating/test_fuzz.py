import sys
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.templating.conditions import CONDITIONS
from app.templating.filters import FILTERS
from app.templating.methods import NAMES
from app.templating.render import (
    MissingVariables,
    TemplateFailed,
    TemplateRefused,
    TemplateTooBig,
    check,
    render,
)

VARIABLES = {
    "t": "a-b c{{ t }}" * 2_000,
    "n": 7,
    "f": -2.5,
    "l": [1, "b", [2, None], {"k": 1}] * 500,
    "s": ["b", "a", "b"] * 500,
    "d": {"k": "v", "items": [1], "n": {"k": 2}},
}
HELD_BACK = {"u", "v"}  # variables that exist in templates only

names = st.sampled_from([*VARIABLES, *HELD_BACK, "loop", "range"])
literals = st.sampled_from(
    [
        "'a'",
        "''",
        "5",
        "-1",
        "0",
        "1.5",
        "true",
        "none",
        "[1, 2]",
        "{'k': 1}",
        "()",
        "'%9d'",
        "'k'",
        "99999999999",
    ]
)
operators = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", ">=", "in", "and", "or"]
)
attributes = st.sampled_from(["k", "n", "items", "index", "last", "upper", "__class__", "length"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = st.lists(inner, max_size=2).map(", ".join)
    return st.one_of(
        st.tuples(inner, st.sampled_from(sorted(FILTERS)), arguments).map(
            lambda p: f"({p[0]})|{p[1]}({p[2]})"
        ),
        st.tuples(inner, st.sampled_from(["map", "select", "reject"]), st.sampled_from([*FILTERS, *CONDITIONS]), arguments).map(
            lambda p: f"({p[0]})|{p[1]}('{p[2]}'{', ' * bool(p[3])}{p[3]})"
        ),
        st.tuples(inner, st.sampled_from(sorted(NAMES)), arguments).map(
            lambda p: f"({p[0]}).{p[1]}({p[2]})"
        ),
        st.tuples(inner, st.sampled_from([n for n in CONDITIONS if n.isalpha()]), arguments).map(
            lambda p: f"({p[0]}) is {p[1]}({p[2]})"
        ),
        st.tuples(inner, operators, inner).map(
            lambda p: f"({p[0]}) {p[1]} ({p[2]})"
        ),
        st.tuples(inner, attributes).map(lambda p: f"({p[0]}).{p[1]}"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]})[{p[1]}]"),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]})[{p[1]}:{p[2]}]"),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})"),
        st.tuples(names, inner).map(lambda p: f"({p[0]} if {p[0]} is defined else {p[1]})"),
        st.tuples(names, inner).map(lambda p: f"{p[0]}|default({p[1]})"),
        arguments.map(lambda p: f"range({p})"),
        inner.map(lambda p: f"not ({p})"),
    )  # fmt: skip


expressions = st.recursive(names | literals, larger, max_leaves=6)


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(names, expressions, inner).map(
            lambda p: f"{{% for {p[0]} in {p[1]} %}}{p[2]}{{% endfor %}}"
        ),
        st.tuples(expressions, inner, inner).map(
            lambda p: f"{{% if {p[0]} %}}{p[1]}{{% else %}}{p[2]}{{% endif %}}"
        ),
        st.tuples(names, inner, inner).map(
            lambda p: f"{{% if {p[0]} is defined %}}{p[1]}{{% endif %}}{p[2]}"
        ),
        st.tuples(names, expressions, inner).map(lambda p: f"{{% set {p[0]} = {p[1]} %}}{p[2]}"),
    )


statements = st.one_of(
    expressions.map(lambda p: f"{{{{ {p} }}}}"),
    st.tuples(names, expressions).map(lambda p: f"{{% set {p[0]} = {p[1]} %}}"),
    st.sampled_from(["text\n", "{# comment #}"]),
)
templates = st.recursive(statements, blocks, max_leaves=8)


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(templates)
def test_any_template_ends_in_a_declared_way_and_soon(source):
    """No exception but the declared ones, under a second of CPU, and no variable is misjudged."""
    tracer = sys.gettrace()
    sys.settrace(None)  # the time of the coverage tracer is not the template's
    try:
        _ends_soon(source)
    finally:
        sys.settrace(tracer)


def _ends_soon(source: str) -> None:
    started = time.thread_time()
    try:
        required = check(source, "jinja2").required
    except TemplateRefused:
        return
    variables = VARIABLES | dict.fromkeys(required - VARIABLES.keys(), "given")
    try:
        text = render(source, variables, "jinja2")
    except MissingVariables as missing:
        raise AssertionError("all required variables were given") from missing
    except (TemplateTooBig, TemplateFailed) as problem:
        text = problem.reason

    assert time.thread_time() - started < 1
    assert "is undefined" not in text
    assert "<built-in" not in text
    assert " object at 0x" not in text
