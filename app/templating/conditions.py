"""The tests a prompt may use after `is`; Jinja's own, behind a price."""

from collections.abc import Callable, Mapping
from typing import cast

from jinja2.tests import TESTS

from app.templating.budget import charge, plain, weigh
from app.templating.number_filters import number
from app.templating.printing import text

Condition = Callable[..., bool]

JINJA = cast("Mapping[str, Callable[..., object]]", TESTS)


def _of_kind(name: str) -> Condition:
    """Looks at the kind of one value only."""

    def of_kind(value: object) -> bool:
        charge()
        return bool(JINJA[name](value))

    return of_kind


def _of_number(name: str) -> Condition:
    """Numbers only: `%` on a text would format it, to any length it asks for."""

    def of_number(value: object, *others: object) -> bool:
        charge()
        return bool(JINJA[name](number(value), *map(number, others)))

    return of_number


def _of_text(name: str) -> Condition:
    return lambda value: bool(JINJA[name](text(value)))


def _comparing(name: str) -> Condition:
    def comparing(value: object, other: object) -> bool:
        weigh(value)
        weigh(other)
        return bool(JINJA[name](value, other))

    return comparing


def compared(value: object) -> object:
    """Pays for one operand of `==`, `<` or `in`."""
    weigh(value)
    return plain(value)


KINDS = "boolean defined false float integer iterable mapping none number sequence string true"
ORDERS = "!= < <= == > >= eq equalto ge greaterthan gt in le lessthan lt ne"

CONDITIONS: Mapping[str, Condition] = {
    **{name: _of_kind(name) for name in (*KINDS.split(), "undefined")},
    **{name: _of_number(name) for name in ("divisibleby", "even", "odd")},
    **{name: _of_text(name) for name in ("lower", "upper")},
    **{name: _comparing(name) for name in ORDERS.split()},
}
