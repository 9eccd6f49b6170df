"""The door to prompt templates: check one when it is saved, render it with variables later.

Both formats share sizes, budget and errors. Values are data: they are never read as templates.
Line ends in a `jinja2` template become plain newlines.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple

from app.templating import execution, fstring
from app.templating.budget import allowance
from app.templating.environment import compiled
from app.templating.errors import (
    MissingVariables,
    TemplateFailed,
    TemplateProblem,
    TemplateRefused,
    TemplateTooBig,
)
from app.templating.values import MAX_SOURCE, plain_variables, unstorable
from app.templating.variables import Variables

__all__ = [
    "MissingVariables",
    "TemplateFailed",
    "TemplateFormat",
    "TemplateProblem",
    "TemplateRefused",
    "TemplateTooBig",
    "Turn",
    "Variables",
    "check",
    "check_messages",
    "render",
    "render_messages",
]

TemplateFormat = Literal["jinja2", "fstring"]

MAX_TURNS = 50
ROLES = frozenset({"system", "user", "assistant"})


class Turn(NamedTuple):
    """One message of a chat prompt: its template before rendering, its text after."""

    role: str
    text: str


def check(source: str, template_format: TemplateFormat) -> Variables:
    """The variables the template reads; raises TemplateRefused with a line and a reason."""
    if template_format == "fstring":
        return fstring.variables_of(fstring.parse(source))
    return compiled(source).variables


def render(source: str, variables: Mapping[str, object], template_format: TemplateFormat) -> str:
    """The prompt's text; raises TemplateRefused, TemplateTooBig or TemplateFailed.

    Variables the template does not read are ignored.
    """
    with allowance():
        return _rendered(source, plain_variables(variables), template_format)


def check_messages(
    messages: Sequence[tuple[str, str]], template_format: TemplateFormat
) -> Variables:
    """`check` for a chat prompt of (role, template); the error's `turn` says which message."""
    _check_size(messages)
    found = []
    for number, (role, source) in enumerate(messages, 1):
        with _numbered(number):
            if role not in ROLES:
                raise TemplateRefused(f"the role is system, user or assistant, not {role!r}")
            found.append(check(source, template_format))
    required = frozenset().union(*(variables.required for variables in found))
    optional = frozenset().union(*(variables.optional for variables in found))
    return Variables(required, optional - required)


def render_messages(
    messages: Sequence[tuple[str, str]],
    variables: Mapping[str, object],
    template_format: TemplateFormat,
) -> list[Turn]:
    """`render` for a chat prompt; all its messages share one budget."""
    check_messages(messages, template_format)
    plain = plain_variables(variables)
    turns = []
    with allowance():
        for number, (role, source) in enumerate(messages, 1):
            with _numbered(number):
                turns.append(Turn(role, _rendered(source, plain, template_format)))
    return turns


def _rendered(source: str, variables: Mapping[str, object], template_format: TemplateFormat) -> str:
    if template_format == "fstring":
        text = fstring.fill(fstring.parse(source), variables)
    else:
        text = execution.run(compiled(source), variables)
    if reason := unstorable(text):
        raise TemplateFailed(f"the rendered prompt holds {reason}")
    return text


def _check_size(messages: Sequence[tuple[str, str]]) -> None:
    if not 1 <= len(messages) <= MAX_TURNS:
        raise TemplateRefused(f"a chat prompt has 1 to {MAX_TURNS} messages")
    if sum(len(source.encode(errors="replace")) for _, source in messages) > MAX_SOURCE:
        raise TemplateRefused("the messages of a prompt are at most 64 KiB together")


@contextmanager
def _numbered(turn: int) -> Iterator[None]:
    try:
        yield
    except TemplateProblem as problem:
        problem.turn = turn
        raise
