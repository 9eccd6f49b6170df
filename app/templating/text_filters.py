"""Filters of texts. They take the printed form of whatever comes in, as Jinja's do."""

from collections.abc import Callable

from jinja2 import Environment, pass_environment
from jinja2.filters import FILTERS as JINJA
from jinja2.filters import make_attrgetter

from app.templating.budget import charge, grow
from app.templating.errors import TemplateFailed
from app.templating.printing import text
from app.templating.sequences import each, settled

MAX_STRIPPED = 100  # characters to strip: each is looked for at each character of the text
MAX_INDENT = 32
SLOW_CHARACTERS_A_STEP = 8  # for filters that go through a text word by word


def of_text(function: Callable[[str], object]) -> Callable[[object], object]:
    """A bounded form of a function that takes a text and no options."""
    return lambda value: settled(function(text(value)))


def by_word(function: Callable[[str], object]) -> Callable[[object], object]:
    def bounded(value: object) -> object:
        printed = text(value)
        charge(len(printed) // SLOW_CHARACTERS_A_STEP)
        return settled(function(printed))

    return bounded


def trim(value: object, chars: str | None = None) -> object:
    return settled(text(value).strip(strippable(chars)))


def strippable(characters: str | None) -> str | None:
    """The characters to strip, if they are few enough to look for each of them."""
    if characters is not None and len(characters) > MAX_STRIPPED:
        raise TemplateFailed(f"at most {MAX_STRIPPED} characters can be stripped")
    return characters


@pass_environment
def truncate(
    environment: Environment, value: object, *arguments: object, **options: object
) -> object:
    return settled(JINJA["truncate"](environment, text(value), *arguments, **options))


def replace(value: object, old: object, new: object, count: int | None = None) -> str:
    source, removed, added = text(value), text(old), text(new)
    found = source.count(removed)
    # a negative count means "all" to str.replace
    times = found if count is None or count < 0 else min(found, count)
    grow(len(source) + times * max(0, len(added) - len(removed)))
    return source.replace(removed, added, times)


def indent(value: object, width: int = 4, first: bool = False, blank: bool = False) -> str:  # noqa: FBT001, FBT002 - Jinja's own signature
    if not 0 <= width <= MAX_INDENT:
        raise TemplateFailed(f"indent is 0 to {MAX_INDENT}")
    lines = text(value).split("\n")
    grow(sum(map(len, lines)) + len(lines) * (width + 1))
    return "\n".join(
        " " * width + line if (first or position) and (line or blank) else line
        for position, line in enumerate(lines)
    )


def joined(values: list[object], separator: str) -> str:
    grow(len(values) * len(separator))
    printed = [text(value) for value in values]
    grow(len(values) * len(separator) + sum(map(len, printed)))
    return separator.join(printed)


@pass_environment
def join(
    environment: Environment, value: object, d: object = "", attribute: str | int | None = None
) -> str:
    return joined(list(map(make_attrgetter(environment, attribute), each(value))), text(d))
