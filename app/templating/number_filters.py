"""Filters of numbers."""

from jinja2 import Environment, pass_environment
from jinja2.filters import FILTERS as JINJA
from jinja2.filters import make_attrgetter

from app.templating.budget import MAX_NUMBER, defined, plain, reading
from app.templating.errors import TemplateFailed
from app.templating.sequences import each
from app.templating.values import kind

MAX_PRECISION = 18  # 10**precision is computed exactly


def number(value: object) -> int | float:
    """The value, if it is a number that arithmetic stays fast with."""
    if not isinstance(value, (int, float)):
        defined(value)
        raise TemplateFailed(f"{kind(value)} is not a number")
    if abs(value) > MAX_NUMBER:
        raise TemplateFailed("numbers stop at 10^18")
    return value


def to_int(value: object, default: object = 0, base: int = 10) -> object:
    if isinstance(value, str):
        reading(value)
    result = JINJA["int"](value, default, base)
    return number(result) if isinstance(result, int) else plain(result)


def to_float(value: object, default: object = 0.0) -> object:
    if isinstance(value, str):
        reading(value)
    return plain(JINJA["float"](value, default))


def rounded(value: object, precision: int = 0, method: str = "common") -> object:
    if not -MAX_PRECISION <= precision <= MAX_PRECISION:
        raise TemplateFailed(f"round works with at most {MAX_PRECISION} digits")
    return plain(JINJA["round"](number(value), precision, method))


@pass_environment
def total(
    environment: Environment,
    value: object,
    attribute: str | int | None = None,
    start: object = 0,
) -> object:
    """Numbers only: adding lists or texts one by one would copy them again and again."""
    numbers = map(number, map(make_attrgetter(environment, attribute), each(value)))
    return sum(numbers, number(start))
