"""Lists, ranges and loops that pay for every item."""

from collections.abc import Iterator

from app.templating.budget import MAX_NUMBER, charge, copying, defined, grow, plain
from app.templating.errors import TemplateFailed, TemplateTooBig
from app.templating.values import kind

MAX_RANGE = 10_000

# a loop's turn costs these steps for its own machinery and one for every 8 nodes of its body:
# names, tests and assignments in the body pay nothing themselves
STEPS_A_TURN = 4
NODES_A_STEP = 8


class CountedList(list[object]):
    """A list that pays `price` steps for each item a loop takes from it."""

    price = STEPS_A_TURN

    def __iter__(self) -> Iterator[object]:
        for item in super().__iter__():
            charge(self.price)
            yield item


def each(value: object) -> list[object]:
    """The items of a list, the keys of a dict or the characters of a text, as a new list."""
    defined(value)
    if not isinstance(value, (str, list, tuple, dict)):
        raise TemplateFailed(f"{kind(value)} has no items to go through")
    copying(len(value))
    return list(value)


def counted(value: object, body_nodes: int) -> CountedList:
    """What a `for` loop goes through."""
    items = CountedList(each(value))
    items.price = STEPS_A_TURN + body_nodes // NODES_A_STEP
    return items


def bounded_range(*limits: object) -> list[int]:
    numbers = [limit for limit in limits if isinstance(limit, int) and abs(limit) <= MAX_NUMBER]
    if len(numbers) != len(limits):
        raise TemplateFailed("range works on whole numbers below 10^18")
    span = range(*numbers)
    # the end may lie further away than len() can say, so only one item too many is looked for
    if span[MAX_RANGE : MAX_RANGE + 1]:
        raise TemplateTooBig("range is at most 10,000 long")
    copying(len(span))
    return list(span)


def part(value: object, start: int | None, stop: int | None, step: int | None) -> object:
    """`value[start:stop:step]` of a text or a list."""
    defined(value)
    if not isinstance(value, (str, list, tuple)):
        raise TemplateFailed(f"{kind(value)} has no slices")
    taken = slice(start, stop, step)
    length = len(range(*taken.indices(len(value))))
    if isinstance(value, str):
        grow(length)
    else:
        copying(length)
    return value[taken]


def settled(result: object) -> object:
    """A result as a plain value that is paid for."""
    if isinstance(result, str):
        grow(len(result))
    elif isinstance(result, (list, tuple, dict)):
        copying(len(result))
    return plain(result)


def turned(value: object) -> object:
    """A text or a list back to front."""
    if isinstance(value, str):
        grow(len(value))
        return value[::-1]
    return each(value)[::-1]
