"""Filters of lists and dicts."""

from collections.abc import Callable, Iterable
from functools import wraps

from jinja2 import Environment, pass_environment
from jinja2.filters import FILTERS as JINJA
from jinja2.filters import ignore_case, make_attrgetter
from jinja2.runtime import Context

from app.templating.budget import MAX_NUMBER, charge, copying, defined, plain, weigh
from app.templating.errors import TemplateFailed
from app.templating.sequences import each, settled
from app.templating.values import kind

Filter = Callable[..., object]


def light(function: Filter) -> Filter:
    """For filters that look at one item at most; `wraps` carries Jinja's pass_… mark over."""

    @wraps(function)
    def bounded(*arguments: object, **options: object) -> object:
        charge()
        return plain(function(*arguments, **options))

    return bounded


def comparing(function: Filter) -> Filter:
    """For filters that compare items, each of which may be compared to its last leaf."""

    @pass_environment
    def bounded(
        environment: Environment, value: object, *arguments: object, **options: object
    ) -> object:
        weigh(value)
        return settled(function(environment, each(value), *arguments, **options))

    return bounded


def of_each(function: Callable[..., Iterable[object]]) -> Filter:
    """For filters that apply another filter or a test, which pays for itself."""

    @wraps(function)
    def bounded(
        context: Context, value: object, *arguments: object, **options: object
    ) -> list[object]:
        results = function(context, each(value), *arguments, **options)
        return [plain(result) for result in results]

    return bounded


def pairs(value: object) -> list[object]:
    if not isinstance(value, dict):
        defined(value)
        raise TemplateFailed(f"{kind(value)} has no pairs of key and value")
    copying(len(value))
    return list(value.items())


@pass_environment
def unique(
    environment: Environment,
    value: object,
    case_sensitive: bool = False,  # noqa: FBT001, FBT002 - Jinja's own signature
    attribute: str | int | None = None,
) -> list[object]:
    """The first of each kind. Unlike Jinja's, it is not slowed down by numbers made to collide."""
    postprocess = None if case_sensitive else ignore_case
    key_of = make_attrgetter(environment, attribute, postprocess)
    found: dict[object, object] = {}
    for item in each(value):
        key = key_of(item)
        # the hash of a text is keyed with a secret; that of a big number can be chosen
        big = isinstance(key, int) and abs(key) > MAX_NUMBER
        found.setdefault(("big", str(key)) if big else key, item)
    return list(found.values())


def dictsort(value: object, *arguments: object, **options: object) -> object:
    pairs(value)  # refuses what is no dict
    weigh(value)
    return settled(JINJA["dictsort"](value, *arguments, **options))
