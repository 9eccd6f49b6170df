"""Which variables a template reads, found without rendering it."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from jinja2 import nodes


class Variables(NamedTuple):
    """Names a template reads.

    `optional` ones are read only where the template itself asks whether they are there: under
    `default` or behind `is defined`. All others are `required`.
    """

    required: frozenset[str]
    optional: frozenset[str]


class _Known(Enum):
    made_here = "made_here"  # by `set` or `for`: not a variable of the prompt
    given = "given"  # `is defined` has been asked


_Scope = Mapping[str, _Known]


def variables_of(tree: nodes.Template) -> Variables:
    reader = _Reader()
    reader.block(tree.body, {})
    return Variables(frozenset(reader.required), frozenset(reader.optional - reader.required))


class _Reader:
    """Goes through a template in the order it runs, with what is known about names so far."""

    def __init__(self) -> None:
        self.required: set[str] = set()
        self.optional: set[str] = set()

    def block(self, statements: Iterable[nodes.Node], scope: _Scope) -> _Scope:
        """Returns what is known after the statements."""
        for statement in statements:
            scope = self._statement(statement, scope)
        return scope

    def _statement(self, node: nodes.Node, scope: _Scope) -> _Scope:
        if isinstance(node, nodes.If):
            return self._if(node, scope)
        if isinstance(node, nodes.For):
            self._for(node, scope)
            return scope
        if isinstance(node, nodes.Assign):
            self._expression(node.node, scope)
            return {**scope, **_made(node.target)}
        self._children(node, scope)
        return scope

    def _if(self, node: nodes.If, scope: _Scope) -> _Scope:
        """A name is known afterwards when every branch leaves it known."""
        ends = []
        for branch in (node, *node.elif_):
            self._expression(branch.test, scope)
            ends.append(self.block(branch.body, _after(branch.test, scope, outcome=True)))
            scope = _after(branch.test, scope, outcome=False)
        ends.append(self.block(node.else_, scope))
        return {
            name: known if all(end[name] is known for end in ends) else _Known.given
            for name, known in ends[0].items()
            if all(name in end for end in ends)
        }

    def _for(self, node: nodes.For, scope: _Scope) -> None:
        self._expression(node.iter, scope)
        inner: _Scope = {**scope, **_made(node.target)}
        if node.test is not None:
            self._expression(node.test, inner)
            inner = _after(node.test, inner, outcome=True)
        self.block(node.body, {**inner, "loop": _Known.made_here})
        self.block(node.else_, scope)

    def _expression(self, node: nodes.Node, scope: _Scope) -> None:
        if isinstance(node, nodes.Name):
            self._read(node.name, scope)
        elif isinstance(node, nodes.CondExpr):
            self._expression(node.test, scope)
            self._expression(node.expr1, _after(node.test, scope, outcome=True))
            if node.expr2 is not None:
                self._expression(node.expr2, _after(node.test, scope, outcome=False))
        elif isinstance(node, nodes.And | nodes.Or):
            self._expression(node.left, scope)
            is_and = isinstance(node, nodes.And)
            self._expression(node.right, _after(node.left, scope, outcome=is_and))
        elif (asked := _asked(node)) is not None:
            self._read(asked, {asked: _Known.given, **scope})
            self._children(node, scope, "node")
        elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            self._children(node, scope, "node")  # range is no variable
        else:
            self._children(node, scope)

    def _children(self, node: nodes.Node, scope: _Scope, *without: str) -> None:
        for child in node.iter_child_nodes(exclude=without):
            self._expression(child, scope)

    def _read(self, name: str, scope: _Scope) -> None:
        known = scope.get(name)
        if known is None:
            self.required.add(name)
        elif known is _Known.given:
            self.optional.add(name)


def _made(target: nodes.Node) -> dict[str, _Known]:
    names = [target, *target.find_all(nodes.Name)]
    return {name.name: _Known.made_here for name in names if isinstance(name, nodes.Name)}


def _asked(node: nodes.Node) -> str | None:
    """The name that `name|default(…)`, `name is defined` or `name is undefined` asks about."""
    asks = (isinstance(node, nodes.Filter) and node.name in {"d", "default"}) or (
        isinstance(node, nodes.Test) and node.name in {"defined", "undefined"}
    )
    name = getattr(node, "node", None) if asks else None
    return name.name if isinstance(name, nodes.Name) else None


def _after(test: nodes.Node, scope: _Scope, *, outcome: bool) -> _Scope:
    """What is known where `test` came out as `outcome`."""
    return {**dict.fromkeys(_defined_if(test, outcome=outcome), _Known.given), **scope}


def _defined_if(test: nodes.Node, *, outcome: bool) -> set[str]:
    if isinstance(test, nodes.Not):
        return _defined_if(test.node, outcome=not outcome)
    if isinstance(test, nodes.And | nodes.Or) and outcome is isinstance(test, nodes.And):
        left, right = test.left, test.right
        return _defined_if(left, outcome=outcome) | _defined_if(right, outcome=outcome)
    asked = _asked(test)
    if asked is None or not isinstance(test, nodes.Test):
        return set()
    return {asked} if outcome is (test.name == "defined") else set()
