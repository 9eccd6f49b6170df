"""A version's template as a plain value that can be frozen, and what it says with variables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from app.core.errors import FieldError, Invalid
from app.llm.client import Message, Role
from app.models import PromptVersion
from app.templating import render as templating
from app.templating.errors import TemplateProblem


class WrongVariables(Invalid):
    title = "The variables do not fit the prompt"
    message = "{problems}"


def frozen(version: PromptVersion) -> dict[str, Any]:
    """Everything that decides what a version says: what an experiment keeps of it."""
    return {
        "template_format": version.template_format,
        "template": version.template,
        "messages": version.messages,
        "response_schema": version.response_schema,
        "variables": version.variables,
    }


def render(template: Mapping[str, Any], variables: Mapping[str, Any]) -> list[Message]:
    """The messages of a frozen template; a text prompt is one `user` message.

    Raises TemplateProblem: MissingVariables, TemplateFailed, TemplateTooBig or TemplateRefused.
    """
    template_format = template["template_format"]
    messages = template["messages"]
    if messages is None:
        text = templating.render(template["template"], variables, template_format)
        return [Message(role="user", content=text)]
    turns = templating.render_messages(
        [(message["role"], message["content"]) for message in messages],
        variables,
        template_format,
    )
    return [Message(role=cast("Role", turn.role), content=turn.text) for turn in turns]


def preview(version: PromptVersion, variables: Mapping[str, Any]) -> list[Message]:
    """`render` for a person who tries values out; raises Invalid that says which do not fit."""
    template = frozen(version)
    check_variables(template, variables)
    try:
        return render(template, variables)
    except TemplateProblem as problem:
        raise WrongVariables(
            problems=str(problem),
            errors=(FieldError("#/variables", "template_error", str(problem)),),
            extra={"line": problem.line},
        ) from problem


def as_text(messages: Sequence[Message]) -> str:
    """Messages as one text to read: a lone user message is itself, others follow their role."""
    if len(messages) == 1 and messages[0].role == "user":
        return messages[0].content
    return "\n\n".join(f"{message.role}:\n{message.content}" for message in messages)


def check_variables(
    template: Mapping[str, Any], variables: Mapping[str, Any], *, pointer: str = "#/variables"
) -> None:
    """Raises Invalid naming every variable the template needs and lacks, or does not know.

    `pointer` is where the variables stand in the caller's body.
    """
    declared = template["variables"]
    known = {variable["name"] for variable in declared}
    required = {variable["name"] for variable in declared if variable["required"]}
    missing, unknown = sorted(required - variables.keys()), sorted(variables.keys() - known)
    if not missing and not unknown:
        return
    problems = []
    if missing:
        problems.append(f"Missing variables: {', '.join(missing)}.")
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        problems.append(f"Unknown variables: {', '.join(unknown)}; the prompt reads: {names}.")
    raise WrongVariables(
        problems=" ".join(problems),
        errors=(
            *_errors(pointer, missing, "missing", "The prompt needs this variable."),
            *_errors(pointer, unknown, "unknown", "The prompt does not read this variable."),
        ),
    )


def _errors(pointer: str, names: Iterable[str], code: str, detail: str) -> list[FieldError]:
    return [FieldError(f"{pointer}/{_escaped(name)}", code, detail) for name in names]


def _escaped(name: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
