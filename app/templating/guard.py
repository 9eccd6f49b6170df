"""What a prompt may be made of; the rest is refused, with its line, when the prompt is saved."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import NoReturn

from jinja2 import nodes

from app.templating import filters, methods
from app.templating.budget import MAX_NUMBER
from app.templating.conditions import CONDITIONS
from app.templating.errors import TemplateRefused
from app.templating.values import unstorable

MAX_NODES = 5_000
MAX_DEPTH = 40
MAX_NESTED_LOOPS = 3
MAX_SHOWN = 80  # characters of a name in a sentence

ALLOWED: frozenset[type[nodes.Node]] = frozenset({
    nodes.Add, nodes.And, nodes.Assign, nodes.Call, nodes.Compare, nodes.Concat, nodes.CondExpr,
    nodes.Const, nodes.Dict, nodes.Div, nodes.Filter, nodes.FloorDiv, nodes.For, nodes.Getattr,
    nodes.Getitem, nodes.If, nodes.Keyword, nodes.List, nodes.Mod, nodes.Mul, nodes.Name,
    nodes.Neg, nodes.Not, nodes.Operand, nodes.Or, nodes.Output, nodes.Pair, nodes.Pos,
    nodes.Slice, nodes.Sub, nodes.Template, nodes.TemplateData, nodes.Test, nodes.Tuple,
})  # fmt: skip

SPOKEN: Mapping[type[nodes.Node], str] = {
    nodes.AssignBlock: "{% set %} with a block",
    nodes.Block: "{% block %}",
    nodes.CallBlock: "{% call %}",
    nodes.Extends: "{% extends %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.FromImport: "{% from %}",
    nodes.Import: "{% import %}",
    nodes.Include: "{% include %}",
    nodes.Macro: "{% macro %}",
    nodes.NSRef: "namespace",
    nodes.Pow: "** (power)",
    nodes.ScopedEvalContextModifier: "{% autoescape %}",
    nodes.With: "{% with %}",
}


def inspect(tree: nodes.Template) -> None:
    """Raises TemplateRefused for the first thing a prompt may not contain."""
    count = 0
    pending: list[tuple[nodes.Node, int, int]] = [(tree, 0, 0)]
    while pending:
        node, depth, loops = pending.pop()
        count += 1
        if count > MAX_NODES:
            _refuse(node, f"the template has more than {MAX_NODES:,} parts")
        if depth > MAX_DEPTH:
            _refuse(node, "the template is nested too deeply")
        if type(node) not in ALLOWED:
            _refuse(node, f"{SPOKEN.get(type(node), type(node).__name__)} is not available")
        loops += isinstance(node, nodes.For)
        if loops > MAX_NESTED_LOOPS:
            _refuse(node, f"at most {MAX_NESTED_LOOPS} loops can be nested")
        rule = _RULES.get(type(node))
        if rule is not None:
            rule(node)
        pending += ((child, depth + 1, loops) for child in node.iter_child_nodes())


def _refuse(node: nodes.Node, reason: str) -> NoReturn:
    raise TemplateRefused(reason, line=node.lineno)


def _name(node: nodes.Name) -> None:
    if node.name.startswith("_") or node.name == "self":
        _refuse(node, f"a variable cannot be named {node.name[:MAX_SHOWN]!r}")
    if node.name == "loop" and node.ctx != "load":
        _refuse(node, "'loop' is made by the loop itself")


def _attribute(node: nodes.Getattr) -> None:
    if node.attr.startswith("_"):
        _refuse(node, "attributes may not begin with _")


def _loop(node: nodes.For) -> None:
    if node.recursive:
        _refuse(node, "recursive loops are not available")


def _known(node: nodes.Node, kind: str, name: object, names: Mapping[str, object]) -> None:
    if name not in names:
        shown = str(name)[:MAX_SHOWN]
        hint = "".join(f"; is it {close!r}?" for close in get_close_matches(shown, names, n=1))
        _refuse(node, f"there is no {kind} {shown!r}{hint}")


def _unpacks(node: nodes.Filter | nodes.Test | nodes.Call) -> None:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        _refuse(node, "* and ** are not available")


def _filter(node: nodes.Filter) -> None:
    _known(node, "filter", node.name, filters.FILTERS)
    _unpacks(node)
    if node.name in filters.APPLY_A_FILTER:
        _applied(node, node.args[:1], "filter", filters.FILTERS)
    elif node.name in filters.APPLY_A_TEST:
        _applied(node, node.args[:1], "test", CONDITIONS)
    elif node.name in filters.APPLY_A_TEST_TO_AN_ATTRIBUTE:
        _applied(node, node.args[1:2], "test", CONDITIONS)


def _applied(
    node: nodes.Filter, named: list[nodes.Expr], kind: str, names: Mapping[str, object]
) -> None:
    for name in named:
        if not isinstance(name, nodes.Const):
            _refuse(node, f"{node.name} needs the name of a {kind} in quotes")
        _known(node, kind, name.value, names)


def _test(node: nodes.Test) -> None:
    _known(node, "test", node.name, CONDITIONS)
    _unpacks(node)


def _call(node: nodes.Call) -> None:
    _unpacks(node)
    called = node.node
    if isinstance(called, nodes.Name) and called.name == "range":
        if not node.args or node.kwargs:
            _refuse(node, "range needs one to three numbers")
    elif not isinstance(called, nodes.Getattr):
        _refuse(node, "only range() and the methods of texts and dicts can be called")
    elif called.attr not in methods.NAMES:
        names = ", ".join(sorted(methods.NAMES))
        _refuse(node, f"there is no method {called.attr[:MAX_SHOWN]}(); there are {names}")


def _sequence(node: nodes.List | nodes.Tuple) -> None:
    if isinstance(node, nodes.Tuple) and node.ctx == "store":
        return
    if not all(isinstance(item, nodes.Const | nodes.Neg) for item in node.items):
        _refuse(node, "a list written in the template may hold texts and numbers only")


def _dict(node: nodes.Dict) -> None:
    if not all(isinstance(pair.value, nodes.Const) for pair in node.items):
        _refuse(node, "a dict written in the template may hold texts and numbers only")


def _constant(node: nodes.Const) -> None:
    value = node.value
    if isinstance(value, str) and (reason := unstorable(value)):
        _refuse(node, f"a template cannot hold {reason}")
    # infinity too: it would be compiled to a name that does not exist
    if isinstance(value, int | float) and abs(value) > MAX_NUMBER:
        _refuse(node, "numbers stop at 10^18")


_RULES: Mapping[type[nodes.Node], Callable[..., None]] = {
    nodes.Call: _call,
    nodes.Const: _constant,
    nodes.Dict: _dict,
    nodes.Filter: _filter,
    nodes.For: _loop,
    nodes.Getattr: _attribute,
    nodes.List: _sequence,
    nodes.Name: _name,
    nodes.Test: _test,
    nodes.Tuple: _sequence,
}
