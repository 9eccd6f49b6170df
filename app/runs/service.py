"""Single runs: started as a row and a job, read back as a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.budgets import prices, spend
from app.budgets.spend import Spender
from app.core import lease
from app.core.celery_app import Task
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.errors import NotFound, invalid
from app.core.queue import enqueue
from app.evaluators.base import InvalidEvaluatorOptions, UnknownEvaluator, build
from app.judges.choosing import OF_JUDGES, resolved
from app.llm.registry import LOCAL, UnknownModel, local, parse
from app.models import Prompt, PromptLabel, PromptVersion, Run
from app.prompts import rendering
from app.prompts.parameters import check_parameters
from app.prompts.service import find_by_name
from app.runs.worst_case import Tariff, judges_of, worst_case

ASSISTANT = (
    "You are a helpful assistant. Answer the question clearly and briefly. "
    "If you do not know the answer, say so.\n\nQuestion: {{ query }}"
)


class RunNotFound(NotFound):
    message = "There is no run with this id in your workspace."


class VersionNotFound(NotFound):
    message = "There is no such prompt version in your workspace."


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run needs besides its template."""

    variables: Mapping[str, Any]
    source: str
    model: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    evaluators: Sequence[Mapping[str, Any]] = ()
    expected_output: str | None = None
    context: str | None = None


class Filters(NamedTuple):
    prompt_id: UUID | None = None
    version_id: UUID | None = None
    status: str | None = None
    source: str | None = None
    model: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    version_number: int | None = None


def readable_by(subject: Subject) -> Select[Run]:
    """Every read of runs starts here."""
    return select(Run).where(Run.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, run_id: UUID) -> Run:
    run = session.scalar(readable_by(subject).where(Run.id == run_id))
    if run is None:
        raise RunNotFound
    return run


def _where(filters: Filters) -> list[ColumnElement[bool]]:
    wanted = {
        Run.prompt_id: filters.prompt_id,
        Run.version_id: filters.version_id,
        Run.version_number: filters.version_number,
        Run.state: filters.status,
        Run.source: filters.source,
        Run.model: filters.model,
    }
    clauses = [column == value for column, value in wanted.items() if value is not None]
    if filters.since:
        clauses.append(Run.created_at >= filters.since)
    if filters.until:
        clauses.append(Run.created_at < filters.until)
    return clauses


def page(
    session: Session, subject: Subject, *, filters: Filters, before: UUID | None, limit: int
) -> tuple[list[Run], int]:
    """Newest first: the runs before one id, and how many match in all."""
    if filters.version_number is not None and filters.prompt_id is None:
        raise invalid(
            "query:version_number", "Say of which prompt: send `prompt` with its id as well."
        )
    matching = readable_by(subject).where(*_where(filters))
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    wanted = matching.where(Run.id < before) if before else matching
    return list(session.scalars(wanted.order_by(Run.id.desc()).limit(limit))), total


def find_version(
    session: Session,
    subject: Subject,
    *,
    version_id: UUID | None,
    prompt: str | UUID | None,
    label: str,
) -> tuple[PromptVersion, str]:
    """A version with its prompt's name, by id or by prompt and label; else 404."""
    found = (
        select(PromptVersion, Prompt.name)
        .join(Prompt, Prompt.id == PromptVersion.prompt_id)
        .where(PromptVersion.workspace_id == subject.workspace_id)
    )
    if version_id is not None:
        found = found.where(PromptVersion.id == version_id)
    else:
        if isinstance(prompt, str):
            prompt = find_by_name(session, subject, prompt).id
        found = found.where(Prompt.id == prompt)
        if label == "latest":
            found = found.where(PromptVersion.number == Prompt.latest_number)
        else:
            found = found.join(PromptLabel, PromptLabel.version_id == PromptVersion.id).where(
                PromptLabel.name == label
            )
    row = session.execute(found).one_or_none()
    if row is None:
        raise VersionNotFound
    return row.PromptVersion, row.name


def check_model(reference: str, pointer: str = "#/model") -> str:
    """The reference itself; a 422 that says how one is written otherwise."""
    try:
        provider, model = parse(reference)
        if provider == LOCAL:
            local(model)
    except UnknownModel as error:
        raise invalid(pointer, str(error), code="unknown_model") from error
    return reference


def check_evaluators(
    session: Session, subject: Subject, evaluators: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Evaluators and judges with their versions frozen; a 422 that names the unknown one."""
    frozen = []
    for position, wanted in enumerate(resolved(session, subject, evaluators)):
        try:
            evaluator = build(wanted["name"], wanted.get("options"))
        except (UnknownEvaluator, InvalidEvaluatorOptions) as error:
            raise invalid(
                f"#/evaluators/{position}", str(error), code="unknown_evaluator"
            ) from error
        for model in (wanted.get("options") or {}).get("models") or []:  # a panel of judges
            check_model(model, f"#/evaluators/{position}/options/models")
        frozen.append(
            {
                "name": wanted["name"],
                "options": dict(wanted.get("options") or {}),
                "version": evaluator.version,
                **{key: wanted[key] for key in OF_JUDGES & wanted.keys()},
            }
        )
    names = [evaluator["name"] for evaluator in frozen]
    if len(set(names)) < len(names):
        raise invalid("#/evaluators", "Each evaluator can be named once.")
    return frozen


def start_version(
    session: Session, subject: Subject, version: PromptVersion, prompt_name: str, order: Order
) -> Run:
    """A run of a stored version."""
    return _start(
        session,
        subject,
        template=rendering.frozen(version),
        order=order,
        model=order.model or version.model,
        parameters={**version.parameters, **order.parameters},
        prompt_id=version.prompt_id,
        version_id=version.id,
        version_number=version.number,
        prompt_name=prompt_name,
    )


def start_query(session: Session, subject: Subject, *, query: str, model: str | None) -> Run:
    """A question to the default assistant prompt."""
    template = {
        "template_format": "jinja2",
        "template": ASSISTANT,
        "messages": None,
        "response_schema": None,
        "variables": [{"name": "query", "required": True}],
    }
    order = Order(variables={"query": query}, source="query")
    return _start(session, subject, template=template, order=order, model=model, parameters={})


def _start(
    session: Session,
    subject: Subject,
    *,
    template: Mapping[str, Any],
    order: Order,
    model: str | None,
    parameters: Mapping[str, Any],
    **version: Any,  # noqa: ANN401 - columns that say which version, passed through
) -> Run:
    rendering.check_variables(template, order.variables)
    checked = check_parameters(parameters)
    example = {"expected_output": order.expected_output, "context": order.context}
    run = Run(
        id=new_id(),
        workspace_id=subject.workspace_id,
        source=order.source,
        template=dict(template),
        variables=dict(order.variables),
        model=check_model(model or get_settings().default_model),
        parameters=checked,
        evaluators=check_evaluators(session, subject, order.evaluators),
        example=example if any(example.values()) else None,
        created_by=subject.label,
        api_key_id=subject.key_id,
        next_send=lease.first_send(),
        **version,
    )
    session.add(run)
    session.flush()
    reserve(session, run)
    enqueue(session, Task.run_prompt, run_id=run.id)
    return run


def reserve(session: Session, run: Run) -> None:
    """The most a run may cost, until its end is stored; raises BudgetGone.

    Under the run's own id: whoever stores or gives up the run settles it.
    """
    example = run.example or {}
    tariff = Tariff(get_settings().flat_token_price, prices.overrides(session, run.workspace_id))
    amount = worst_case(
        tariff,
        model=run.model,
        parameters=run.parameters,
        texts=(run.template, run.variables, *example.values()),
        judges=judges_of(run.evaluators, get_settings().judge),
    )
    spender = Spender(
        workspace_id=run.workspace_id, prompt_id=run.prompt_id, api_key_id=run.api_key_id
    )
    spend.reserve(session, spender, run.id, amount)
