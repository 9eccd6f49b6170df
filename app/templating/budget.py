"""What one render may cost: a budget of steps, shared by everything that happens in it.

Wall-clock limits cannot stop one long call into C, so the work is counted before it is done. A
step stands for at most about 2 µs of work or 256 bytes of memory, hence the prices below; the
whole budget is spent in well under a second and within 100 MB.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jinja2 import Undefined

from app.templating.errors import TemplateFailed, TemplateTooBig
from app.templating.values import kind

MAX_STEPS = 200_000
MAX_TEXT = 1_048_576  # characters, of any one text that comes to be and of the whole output
MAX_NUMBER = 10**18  # beyond it arithmetic itself becomes slow

ITEMS_A_STEP = 4
CHARACTERS_A_STEP = 64  # made, compared or searched


class _Budget:
    __slots__ = ("output", "steps")

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.output = MAX_TEXT


_current: ContextVar[_Budget] = ContextVar("template_budget")


@contextmanager
def allowance() -> Iterator[None]:
    """Opens a fresh budget for everything rendered inside the block, in this thread or task."""
    token = _current.set(_Budget())
    try:
        yield
    finally:
        _current.reset(token)


def charge(steps: int = 1) -> None:
    budget = _current.get()
    budget.steps -= steps
    if budget.steps < 0:
        raise TemplateTooBig("the template does too much work; shorten its loops or its variables")


def grow(length: int) -> None:
    """Pays for a text of `length` characters; call it before making the text where possible."""
    if length > MAX_TEXT:
        raise TemplateTooBig("a text in the template grows beyond 1 MiB")
    charge(1 + length // CHARACTERS_A_STEP)


def emit(piece: str) -> str:
    """Pays for a piece of the rendered prompt."""
    budget = _current.get()
    budget.output -= len(piece)
    if budget.output < 0:
        raise TemplateTooBig("the rendered prompt is longer than 1 MiB")
    charge()
    return piece


def copying(items: int) -> None:
    """Pays for a list of that many items."""
    charge(1 + items // ITEMS_A_STEP)


def reading(text: str) -> None:
    """Pays for going through a text once."""
    charge(1 + len(text) // CHARACTERS_A_STEP)


def plain(value: object) -> object:
    """The value, if it is one that variables can hold; a `loop` is none."""
    if value is None or isinstance(value, (str, int, float, list, tuple, dict, Undefined)):
        return value
    raise TemplateFailed(f"{kind(value)} cannot be used here")


def defined(value: object) -> None:
    """Raises for an undefined value, which names itself."""
    if isinstance(value, Undefined):
        str(value)


def weigh(value: object) -> int:
    """Pays for going through a value to its last leaf; returns its items and characters together.

    A list that is shared counts each time it is met, because comparing and printing meet it so.
    """
    if isinstance(value, str):
        reading(value)
        return len(value)
    if not isinstance(value, (list, tuple, dict)):
        plain(value)
        charge()
        return 1
    size = 0
    pending: list[list[object] | tuple[object, ...] | dict[object, object]] = [value]
    while pending:
        container = pending.pop()
        copying(len(container))
        characters = 0
        items = [*container, *container.values()] if isinstance(container, dict) else container
        for item in items:
            if isinstance(item, str):
                characters += len(item)
            elif isinstance(item, (list, tuple, dict)):
                pending.append(item)
            else:
                plain(item)
        charge(characters // CHARACTERS_A_STEP)
        size += len(container) + characters
    return size
