"""Jinja without the rest of Python: every look-up, call and operator goes through a table here.

Nothing is evaluated while compiling: Jinja would fold constants, and a constant can be a bomb.
"""

from functools import lru_cache
from typing import NamedTuple, NoReturn

from jinja2 import (
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    UndefinedError,
    pass_context,
)
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from app.templating import methods
from app.templating.budget import charge, copying, defined, grow
from app.templating.conditions import CONDITIONS
from app.templating.errors import TemplateFailed, TemplateRefused
from app.templating.filters import FILTERS
from app.templating.guard import inspect
from app.templating.number_filters import number
from app.templating.printing import text
from app.templating.rewriting import HIDDEN, counted_form
from app.templating.values import clean_source, kind
from app.templating.variables import Variables, variables_of

LOOP_FACTS = (
    *("first", "last", "length", "depth", "depth0"),
    *("index", "index0", "revindex", "revindex0"),
    *("nextitem", "previtem"),
)

MAX_SHOWN = 80  # characters of a name: the sentence is made for every look-up that fails


class UnknownVariable(UndefinedError):
    """A variable, not an attribute of one, has no value."""


class _Missing(StrictUndefined):
    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: object = missing,
        name: str | None = None,
        exc: type[UndefinedError] = UndefinedError,
    ) -> None:
        is_variable = hint is None and obj is missing
        super().__init__(hint, obj, name, UnknownVariable if is_variable else exc)


class _PromptEnvironment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def getitem(self, obj: object, argument: object) -> object:
        """An item of a dict, a list or a text, or a fact about a loop; no attribute of anything."""
        charge()
        defined(obj)
        if isinstance(obj, dict) and argument in obj:
            return obj[argument]
        if isinstance(obj, (str, list, tuple)) and isinstance(argument, int):
            if -len(obj) <= argument < len(obj):
                return obj[argument]
        elif isinstance(obj, LoopContext) and argument in LOOP_FACTS:
            return getattr(obj, str(argument))
        return self.undefined(_absence(obj, argument))

    def getattr(self, obj: object, attribute: str) -> object:
        return self.getitem(obj, attribute)

    def call(self, *_: object, **__: object) -> NoReturn:
        raise TemplateFailed("nothing can be called here")  # the rewriting leaves no calls

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        charge()
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            grow(len(left) + len(right))
            return left + right
        if operator == "+" and isinstance(left, list) and isinstance(right, list):
            copying(len(left) + len(right))
            return left + right
        defined(left)
        defined(right)
        if isinstance(left, str) or isinstance(right, str):
            raise TemplateFailed(f"{operator!r} works on two numbers; use ~ to join texts")
        return super().call_binop(context, operator, number(left), number(right))


def _absence(obj: object, name: object) -> str:
    if not isinstance(name, (str, int)):
        return f"{kind(obj)} has nothing under {kind(name)}"
    if name in methods.METHODS.get(type(obj), ()):
        return f"{name} is a method: write {name}() with its brackets"
    shown = name if isinstance(name, int) else name[:MAX_SHOWN]
    return f"{kind(obj)} has no {shown!r}"


@pass_context  # asking for the context also keeps Jinja from finalizing constants at compile time
def _finalize(_context: Context, value: object) -> str:
    return text(value)


def _environment() -> _PromptEnvironment:
    environment = _PromptEnvironment(
        undefined=_Missing,
        finalize=_finalize,
        keep_trailing_newline=True,
        autoescape=False,
        optimized=False,
        cache_size=0,
    )
    environment.globals = {}
    environment.filters = {**FILTERS, **HIDDEN}
    environment.tests = dict(CONDITIONS)
    return environment


_ENVIRONMENT = _environment()


class Compiled(NamedTuple):
    template: Template
    variables: Variables


@lru_cache(maxsize=512)
def compiled(source: str) -> Compiled:
    """The checked and compiled template; raises TemplateRefused."""
    clean_source(source)
    try:
        tree = _ENVIRONMENT.parse(source)
        inspect(tree)
        variables = variables_of(tree)
        code = _ENVIRONMENT.compile(counted_form(tree, _ENVIRONMENT))
    except TemplateRefused:
        raise
    except TemplateSyntaxError as error:
        raise TemplateRefused(error.message or "this is not Jinja", line=error.lineno) from error
    except (RecursionError, SyntaxError, MemoryError) as error:
        raise TemplateRefused("the template is nested too deeply") from error
    except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise TemplateRefused(f"this cannot be compiled: {error}") from error
    template = Template.from_code(_ENVIRONMENT, code, {}, None)
    return Compiled(template, variables)
