"""Turns a checked template into its counted form: whatever costs work becomes a hidden filter.

`a ~ b`, slices, comparisons, loops, `range(…)` and methods would otherwise be compiled to bare
Python, which nothing can count. The hidden names cannot be written in a template.
"""

from collections.abc import Callable, Mapping

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from app.templating.conditions import compared
from app.templating.methods import NAMES, method
from app.templating.sequences import bounded_range, counted, part
from app.templating.text_filters import joined

HIDDEN: Mapping[str, Callable[..., object]] = {
    "_compared": compared,
    "_counted": counted,
    "_joined": joined,
    "_part": part,
    "_range": bounded_range,
    **{f"_{name}()": method(name) for name in NAMES},
}


def counted_form(tree: nodes.Template, environment: Environment) -> nodes.Template:
    """Changes the tree in place."""
    _Counting().visit(tree)
    tree.set_environment(environment)
    return tree


class _Counting(NodeTransformer):
    def visit(self, node: nodes.Node, *_: object, **__: object) -> nodes.Node:
        self.generic_visit(node)
        rewrite = _REWRITES.get(type(node))
        return node if rewrite is None else rewrite(node)


def _concat(node: nodes.Concat) -> nodes.Expr:
    return _hidden("_joined", nodes.List(node.nodes, lineno=node.lineno), [nodes.Const("")])


def _compare(node: nodes.Compare) -> nodes.Expr:
    node.expr = _hidden("_compared", node.expr)
    for operand in node.ops:
        operand.expr = _hidden("_compared", operand.expr)
    return node


def _getitem(node: nodes.Getitem) -> nodes.Expr:
    if not isinstance(node.arg, nodes.Slice):
        return node
    limits = (node.arg.start, node.arg.stop, node.arg.step)
    return _hidden("_part", node.node, [limit or nodes.Const(None) for limit in limits])


def _for(node: nodes.For) -> nodes.Node:
    body_nodes = sum(map(_size, [*node.body, *filter(None, [node.test])]))
    node.iter = _hidden("_counted", node.iter, [nodes.Const(body_nodes)])
    return node


def _call(node: nodes.Call) -> nodes.Expr:
    if isinstance(node.node, nodes.Getattr):
        return _hidden(f"_{node.node.attr}()", node.node.node, node.args, node.kwargs)
    return _hidden("_range", node.args[0], node.args[1:])


_REWRITES: Mapping[type[nodes.Node], Callable[..., nodes.Node]] = {
    nodes.Call: _call,
    nodes.Compare: _compare,
    nodes.Concat: _concat,
    nodes.For: _for,
    nodes.Getitem: _getitem,
}


def _hidden(
    name: str,
    value: nodes.Node,
    arguments: list[nodes.Expr] | None = None,
    options: list[nodes.Keyword] | None = None,
) -> nodes.Filter:
    return nodes.Filter(
        value, name, arguments or [], options or [], None, None, lineno=value.lineno
    )


def _size(node: nodes.Node) -> int:
    return 1 + sum(map(_size, node.iter_child_nodes()))
