"""The filters a prompt may use. There are no others: the guard refuses any name not listed."""

from collections.abc import Callable, Mapping

from jinja2.filters import FILTERS as JINJA

from app.templating.list_filters import comparing, dictsort, light, of_each, pairs, unique
from app.templating.number_filters import number, rounded, to_float, to_int, total
from app.templating.printing import text, tojson
from app.templating.sequences import each, turned
from app.templating.text_filters import by_word, indent, join, of_text, replace, trim, truncate

FILTERS: Mapping[str, Callable[..., object]] = {
    "abs": lambda value: abs(number(value)),
    "capitalize": of_text(str.capitalize),
    "count": light(len),
    "d": light(JINJA["default"]),
    "default": light(JINJA["default"]),
    "dictsort": dictsort,
    "first": light(JINJA["first"]),
    "float": to_float,
    "indent": indent,
    "int": to_int,
    "items": pairs,
    "join": join,
    "last": light(JINJA["last"]),
    "length": light(len),
    "list": each,
    "lower": of_text(str.lower),
    "map": of_each(JINJA["map"]),
    "max": comparing(JINJA["max"]),
    "min": comparing(JINJA["min"]),
    "reject": of_each(JINJA["reject"]),
    "rejectattr": of_each(JINJA["rejectattr"]),
    "replace": replace,
    "reverse": turned,
    "round": rounded,
    "select": of_each(JINJA["select"]),
    "selectattr": of_each(JINJA["selectattr"]),
    "sort": comparing(JINJA["sort"]),
    "string": text,
    "sum": total,
    "title": by_word(JINJA["title"]),
    "tojson": tojson,
    "trim": trim,
    "truncate": truncate,
    "unique": unique,
    "upper": of_text(str.upper),
    "wordcount": by_word(JINJA["wordcount"]),
}

# their first argument names another filter or test, by default of each item
APPLY_A_FILTER = frozenset({"map"})
APPLY_A_TEST = frozenset({"select", "reject"})
APPLY_A_TEST_TO_AN_ATTRIBUTE = frozenset({"selectattr", "rejectattr"})
