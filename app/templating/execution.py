"""Runs a compiled template and gives every way it can fail a name and a line."""

import re
import traceback
from collections.abc import Mapping

from jinja2 import Template, TemplateError

from app.templating.budget import emit
from app.templating.environment import Compiled, UnknownVariable
from app.templating.errors import (
    MissingVariables,
    TemplateFailed,
    TemplateProblem,
    TemplateTooBig,
)

MAX_REASON = 500  # characters: some of Python's messages quote the value they choke on

# Python's own sentence would name functions of ours and count the filtered value
_WRONG_ARGUMENTS = re.compile(r"\(\) (takes|missing|got)")

# what a template can make Python raise: wrong kinds, indices, divisions by zero, an `assert`
# inside Jinja's `truncate`
_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TemplateError,
    TypeError,
    ValueError,
)


def run(compiled: Compiled, variables: Mapping[str, object]) -> str:
    """The text; to be called inside an allowance. Raises TemplateTooBig or TemplateFailed."""
    template = compiled.template
    try:
        context = template.new_context(dict(variables))
        return "".join([emit(piece) for piece in template.root_render_func(context)])
    except TemplateProblem as problem:
        problem.line = problem.line or _line(template, problem)
        raise
    except UnknownVariable as error:
        absent = compiled.variables.required - variables.keys()
        raise MissingVariables(absent, line=_line(template, error)) from error
    except RecursionError as error:
        raise TemplateTooBig("a value in the template is nested too deeply") from error
    except _FAILURES as error:
        raise TemplateFailed(_reason(error), line=_line(template, error)) from error


def _reason(error: Exception) -> str:
    reason = str(error)[:MAX_REASON]
    if isinstance(error, TypeError) and _WRONG_ARGUMENTS.search(reason):
        return "a filter, test or method is given arguments it does not take, or too few"
    return reason


def _line(template: Template, error: BaseException) -> int | None:
    """The line of the template that was running, found through Jinja's own line table."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if frame.f_globals.get("__jinja_template__") is template:
            return int(template.get_corresponding_lineno(line))
    return None
