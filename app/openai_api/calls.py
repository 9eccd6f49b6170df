"""A call through the OpenAI-compatible door, checked and opened in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.accounts.subject import Scope, Subject
from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.core.errors import Forbidden, invalid
from app.llm.client import Message
from app.models import Run
from app.openai_api import money, naming
from app.prompts import rendering
from app.prompts.parameters import check_parameters
from app.prompts.versions import Named
from app.runs.case import options_of
from app.runs.closing import Question
from app.runs.schemas import RunSource
from app.templating.errors import TemplateProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for; `response_schema` is the caller's and goes before the prompt's own."""

    model: str
    messages: Sequence[Message]
    variables: Mapping[str, Any]
    parameters: Mapping[str, Any]
    response_schema: Mapping[str, Any] | None = None


class Said(NamedTuple):
    """What the model is asked, and where it comes from."""

    template: dict[str, Any]
    messages: list[Message]
    model: str
    parameters: Mapping[str, Any]
    named: Named | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Question):
    opened_at: datetime
    version_number: int | None


def open_call(subject: Subject, order: Order) -> Call:
    """Checks what can be refused beforehand, reserves the money, stores the run as running.

    Raises ModelUnknown, Invalid, Forbidden, BudgetGone.
    """
    with unit_of_work(subject.workspace_id) as session:
        if naming.is_prompt(order.model):
            named = naming.find_version(session, subject, order.model)
            said = _by_prompt(named, order)
        else:
            said = _by_hand(subject, order)
        run = _run(subject, order, said)
        session.add(run)
        session.flush()
        money.reserve(session, run, said.messages)
    return Call(
        run_id=run.id,
        workspace_id=subject.workspace_id,
        model=run.model,
        messages=said.messages,
        options=options_of(run.parameters, said.template),
        opened_at=run.started_at or now(),
        version_number=run.version_number,
    )


def _by_prompt(named: Named, order: Order) -> Said:
    """The rendered prompt, and after it what the caller adds."""
    version = named.version
    template = rendering.frozen(version)
    rendering.check_variables(template, order.variables, pointer="#/variables")
    try:
        messages = rendering.render(template, order.variables)
    except TemplateProblem as problem:
        raise invalid("#/variables", str(problem), code="template_error") from problem
    if order.response_schema is not None:
        template["response_schema"] = dict(order.response_schema)
    return Said(
        template,
        [*messages, *order.messages],
        version.model or get_settings().default_model,
        {**version.parameters, **order.parameters},
        named,
    )


def _by_hand(subject: Subject, order: Order) -> Said:
    """The caller's own messages to a model: as much as the playground allows, and as its scope."""
    if not subject.may(Scope.run):
        raise Forbidden(
            "Asking a model without a prompt needs the scope 'run'; ask for a prompt by name: "
            "'prompt:support/answer@production'."
        )
    if not order.messages:
        raise invalid("#/messages", "Send at least one message.")
    if order.variables:
        raise invalid("#/variables", "Variables go with a prompt: 'prompt:name@label'.")
    template = {
        "template_format": "fstring",
        "template": None,
        "messages": [
            {"role": turn.role, "content": _literal(turn.content)} for turn in order.messages
        ],
        "response_schema": order.response_schema,
        "variables": [],
    }
    return Said(
        template, list(order.messages), naming.check_model(order.model), dict(order.parameters)
    )


def _literal(text: str) -> str:
    """The text as a template that says just this."""
    return text.replace("{", "{{").replace("}", "}}")


def _run(subject: Subject, order: Order, said: Said) -> Run:
    version = said.named.version if said.named else None
    return Run(
        id=new_id(),
        workspace_id=subject.workspace_id,
        source=RunSource.gateway.value,
        template=said.template,
        variables=dict(order.variables),
        model=said.model,
        parameters=check_parameters(said.parameters),
        prompt_id=version.prompt_id if version else None,
        version_id=version.id if version else None,
        version_number=version.number if version else None,
        prompt_name=said.named.name if said.named else None,
        rendered_prompt=rendering.as_text(said.messages),
        created_by=subject.label,
        api_key_id=subject.key_id,
        state="running",
        # no worker owns it: if this process dies, the sweeper ends it as worker_lost
        attempts=get_settings().max_attempts,
        lease_until=now() + money.LONGEST,
        started_at=now(),
    )
