"""The methods a prompt may call, as bounded functions: no method of Python's own is ever reached.

`q.upper()` is compiled to the hidden filter of that name, which looks the function up by the kind
of the value. A dict that has a key of the same name keeps it for `row.title` without brackets.
"""

from collections.abc import Callable, Mapping

from jinja2.runtime import LoopContext

from app.templating.budget import charge, copying, defined, plain, reading, weigh
from app.templating.errors import TemplateFailed
from app.templating.list_filters import pairs
from app.templating.sequences import each, settled
from app.templating.text_filters import joined, replace, strippable
from app.templating.values import kind

Method = Callable[..., object]

COMPARISONS_A_STEP = 4_096  # of single characters, about 1 µs


def _of_text(function: Method) -> Method:
    def of_text(value: str, *arguments: object, **options: object) -> object:
        reading(value)
        for argument in (*arguments, *options.values()):
            weigh(argument)
        return settled(function(value, *arguments, **options))

    return of_text


def _stripping(function: Callable[[str, str | None], str]) -> Method:
    def stripping(value: str, characters: str | None = None) -> object:
        reading(value)
        return settled(function(value, strippable(characters)))

    return stripping


def _rsplit(value: str, sep: str | None = None, maxsplit: int = -1) -> object:
    reading(value)
    # Python searches backwards naively: the work is the product of both lengths
    charge(len(value) * len(sep or "") // COMPARISONS_A_STEP)
    return settled(value.rsplit(sep, maxsplit))


def _join(separator: str, values: object) -> str:
    return joined(each(values), separator)


def _count(values: list[object], wanted: object) -> int:
    weigh(values)
    weigh(wanted)
    return values.count(wanted)


def _of_dict(function: Callable[[dict[object, object]], object]) -> Method:
    def of_dict(value: dict[object, object]) -> object:
        copying(len(value))
        return function(value)

    return of_dict


def _get(value: dict[object, object], key: object, default: object = None) -> object:
    charge()
    return plain(value.get(key, default))


def _cycle(loop: LoopContext, *choices: object) -> object:
    charge()
    return plain(loop.cycle(*choices))


TEXT_METHODS = (
    *("capitalize", "lower", "title", "upper"),
    *("count", "endswith", "find", "isdigit", "startswith"),
    *("split", "splitlines"),
)

METHODS: Mapping[type, Mapping[str, Method]] = {
    str: {
        **{name: _of_text(getattr(str, name)) for name in TEXT_METHODS},
        **{name: _stripping(getattr(str, name)) for name in ("lstrip", "rstrip", "strip")},
        "join": _join,
        "replace": replace,
        "rsplit": _rsplit,
    },
    dict: {
        "get": _get,
        "items": pairs,
        "keys": _of_dict(list),
        "values": _of_dict(lambda value: list(value.values())),
    },
    list: {"count": _count},
    LoopContext: {"cycle": _cycle},
}

NAMES = frozenset(name for methods in METHODS.values() for name in methods)


def method(name: str) -> Method:
    """The function behind `value.name(…)`, whatever kind of value it meets."""

    def call(value: object, *arguments: object, **options: object) -> object:
        defined(value)
        function = METHODS.get(type(value), {}).get(name)
        if function is None:
            raise TemplateFailed(f"{kind(value)} has no method {name}()")
        return function(value, *arguments, **options)

    return call
