"""A trial: opened in one transaction, streamed in none, closed in another, judged after that."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from app.accounts.subject import Subject
from app.budgets import prices, spend
from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.core.errors import invalid
from app.evaluators.base import Case, Score
from app.judges.own_model import evaluators_of
from app.llm.client import Chunk, Completion
from app.llm.pricing import Overrides
from app.models import CaseState, Run
from app.prompts import content, rendering
from app.prompts.content import Draft
from app.runs.case import Call, Outcome, Performer, options_of
from app.runs.closing import End, Question, close
from app.runs.execution import cost_entries
from app.runs.providers import get_model
from app.runs.scores import as_json
from app.runs.service import check_evaluators, reserve
from app.templating.errors import TemplateProblem

FROZEN = ("template_format", "template", "messages", "response_schema", "variables")
LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What judges the answer, and by what."""

    evaluators: Sequence[Mapping[str, Any]] = ()
    expected_output: str | None = None
    context: str | None = None

    @property
    def example(self) -> dict[str, str | None] | None:
        """As a run keeps it."""
        told = {"expected_output": self.expected_output, "context": self.context}
        return told if any(told.values()) else None


UNJUDGED = Judging()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(Question):
    variables: Mapping[str, Any]
    judging: Judging  # its evaluators with their versions frozen
    overrides: Overrides

    def stream(self) -> AsyncGenerator[Chunk]:
        stream = get_model(self.model).stream(self.messages, self.options)
        # every model's stream is a generator; the port promises no more than iteration
        return cast("AsyncGenerator[Chunk]", stream)


def open_trial(
    subject: Subject, draft: Draft, variables: Mapping[str, Any], judging: Judging = UNJUDGED
) -> Trial:
    """Checks everything that can be refused with a 422, and stores the run as running."""
    checked = content.columns(draft)
    frozen = {name: checked[name] for name in FROZEN}
    rendering.check_variables(frozen, variables)
    reference = draft.model or get_settings().default_model
    try:
        messages = rendering.render(frozen, variables)
    except TemplateProblem as problem:
        raise invalid("#/variables", str(problem), code="template_error") from problem
    run = Run(
        id=new_id(),
        workspace_id=subject.workspace_id,
        source="playground",
        template=frozen,
        variables=dict(variables),
        model=reference,
        parameters=checked["parameters"],
        example=judging.example,
        rendered_prompt=rendering.as_text(messages),
        created_by=subject.label,
        api_key_id=subject.key_id,
        state="running",
        # no worker owns it: if this process dies, the sweeper ends it as worker_lost
        attempts=get_settings().max_attempts,
        lease_until=now() + LONGEST,
        started_at=now(),
    )
    with unit_of_work(subject.workspace_id) as session:
        run.evaluators = check_evaluators(session, subject, judging.evaluators)
        session.add(run)
        session.flush()
        reserve(session, run)
        overrides = prices.overrides(session, subject.workspace_id)
    return Trial(
        run_id=run.id,
        workspace_id=subject.workspace_id,
        model=reference,
        messages=messages,
        options=options_of(checked["parameters"], frozen),
        variables=variables,
        judging=replace(judging, evaluators=run.evaluators),
        overrides=overrides,
    )


def close_trial(trial: Trial, text: str | None, end: End) -> None:
    """Stores how it ended: completed, failed, or cut off by a reader who left."""
    close(trial, text, end, to_be_judged=bool(trial.judging.evaluators))


async def judge_closed(
    trial: Trial, text: str, end: End, *, closing: Awaitable[None]
) -> list[dict[str, Any]]:
    """The scores of what was answered, as soon as it is closed; none without evaluators."""
    await closing
    if not (isinstance(end, Completion) and trial.judging.evaluators):
        return []
    return await judge_trial(trial, text)


async def judge_trial(trial: Trial, output: str) -> list[dict[str, Any]]:
    """Scores the answer as runs are scored, and keeps the scores with what they cost."""
    settings = get_settings()
    performer = Performer(
        get_model,
        evaluators=evaluators_of(trial.judging.evaluators),
        judge_model=settings.judge,
        flat_rate=settings.flat_token_price,
        overrides=trial.overrides,
    )
    case = Case(
        output=output,
        inputs=trial.variables,
        expected=trial.judging.expected_output,
        context=trial.judging.context,
    )
    scores, calls = await performer.judge(case)
    await asyncio.to_thread(_keep_scores, trial, scores, calls)
    return [as_json(score) for score in scores]


def _keep_scores(trial: Trial, scores: Sequence[Score], calls: tuple[Call, ...]) -> None:
    judged = Outcome(state=CaseState.scored, calls=calls)
    with unit_of_work(trial.workspace_id) as session:
        run = session.get_one(Run, trial.run_id)
        run.scores = [as_json(score) for score in scores]
        run.cost_estimated = (run.cost_estimated or Decimal(0)) + judged.cost_estimated
        if run.cost_usd is not None:
            known = judged.cost_usd
            run.cost_usd = None if known is None else run.cost_usd + known
        session.add_all(cost_entries(run, calls))
        spend.settle(session, run.id)
