"""One case: render → complete → evaluate. No database: the caller stores what comes out.

Single runs and experiments share it, so that a prompt behaves the same everywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from app.core import logs
from app.core.clock import now
from app.evaluators.base import Ask, Case, Evaluator, Score, ScoreState
from app.evaluators.quotes import storable
from app.llm.client import Completion, LanguageModel, Message, ModelError, Options
from app.llm.pricing import price
from app.llm.registry import UnknownModel
from app.models import CaseState
from app.prompts.rendering import as_text, render
from app.runs.patience import Patience
from app.templating.errors import TemplateProblem

log = logs.get()
PARAMETERS = frozenset({"temperature", "top_p", "max_tokens", "seed", "stop"})
STATE_OF = {
    ScoreState.scored: CaseState.scored,
    ScoreState.not_applicable: CaseState.judge_error,
    ScoreState.judge_error: CaseState.judge_error,
    ScoreState.judge_unparseable: CaseState.judge_unparseable,
}

GetModel = Callable[[str], LanguageModel]


class Call(NamedTuple):
    """One model call that gave a completion, with its price in USD."""

    kind: str  # completion | judge
    model: str
    tokens_in: int
    tokens_out: int
    tokens_estimated: bool
    cost_usd: Decimal | None
    cost_estimated: Decimal
    latency_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What one case asks: a frozen template, its inputs, a model, and what to judge by."""

    template: Mapping[str, Any]
    inputs: Mapping[str, Any]
    model: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    expected: str | None = None
    context: str | None = None
    criteria: str | None = None
    output: str | None = None  # an answer already paid for: only the judging is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the case ended. The first evaluator's score is the case's score."""

    state: CaseState
    rendered_prompt: str | None = None
    output: str | None = None
    error_code: str | None = None
    error: str | None = None
    scores: tuple[Score, ...] = ()
    calls: tuple[Call, ...] = ()
    latency_ms: float | None = None

    @property
    def score(self) -> float | None:
        return self.scores[0].value if self.scores and self.state is CaseState.scored else None

    @property
    def hallucination_rate(self) -> float | None:
        rates = (score.hallucination_rate for score in self.scores)
        return next((rate for rate in rates if rate is not None), None)

    @property
    def cost_usd(self) -> Decimal | None:
        """None as soon as one call's price is unknown."""
        known = [call.cost_usd for call in self.calls if call.cost_usd is not None]
        return sum(known, Decimal(0)) if len(known) == len(self.calls) else None

    @property
    def spent(self) -> Decimal:
        """What a budget counts: the price where it is known, else the estimate."""
        costs = (c.cost_estimated if c.cost_usd is None else c.cost_usd for c in self.calls)
        return sum(costs, Decimal(0))

    @property
    def cost_estimated(self) -> Decimal:
        return sum((call.cost_estimated for call in self.calls), Decimal(0))

    def tokens(self, kind: str = "completion") -> tuple[int, int]:
        """Tokens in and out of the calls of one kind."""
        of_kind = [call for call in self.calls if call.kind == kind]
        return sum(c.tokens_in for c in of_kind), sum(c.tokens_out for c in of_kind)


def broken(error: BaseException) -> Outcome:
    """How a case ends on which our own code failed: not the provider's fault, and no score."""
    return Outcome(
        state=CaseState.worker_lost,
        error_code="internal_error",
        error=f"The platform failed on this case ({type(error).__name__}); see the worker's log.",
    )


def options_of(parameters: Mapping[str, Any], template: Mapping[str, Any]) -> Options:
    """Call options from a version's parameters and response schema."""
    known = {name: parameters[name] for name in PARAMETERS & parameters.keys()}
    if "stop" in known:
        known["stop"] = tuple(known["stop"])
    return Options(**known, response_schema=template.get("response_schema"))


def priced(kind: str, reference: str, completion: Completion, flat_rate: Decimal) -> Call:
    usage = completion.usage
    cost = price(reference, usage, at=now().date(), flat_rate=flat_rate)
    return Call(
        kind,
        reference,
        usage.tokens_in,
        usage.tokens_out,
        usage.estimated,
        cost.cost_usd,
        cost.estimated_usd,
        completion.latency_ms,
    )


class Performer:
    """Performs cases with one set of evaluators; keeps what every case shares."""

    def __init__(
        self,
        get_model: GetModel,
        *,
        evaluators: Sequence[Evaluator],
        judge_model: str,
        flat_rate: Decimal,
        patience_s: float = 0.0,
    ) -> None:
        """`patience_s` is how long calls wait for a provider whose circuit is open."""
        self._get_model = get_model
        self._evaluators = evaluators
        self._judge_model = judge_model
        self._flat_rate = flat_rate
        self._patience = Patience(patience_s)

    async def perform(self, brief: Brief) -> Outcome:
        """Ends in exactly one state, whatever the template, the provider or the judge does."""
        try:
            messages = render(brief.template, brief.inputs)
        except TemplateProblem as error:
            return Outcome(
                state=CaseState.template_error,
                error_code="template_error",
                error=storable(str(error)),
            )
        prompt = as_text(messages)
        if brief.output is not None:
            outcome = Outcome(state=CaseState.scored, rendered_prompt=prompt, output=brief.output)
            return await self._judged(outcome, brief)
        try:
            model = self._get_model(brief.model)
            options = options_of(brief.parameters, brief.template)
            completion = await self._patience.ask(partial(model.complete, messages, options))
        except (ModelError, UnknownModel) as error:
            return Outcome(
                state=CaseState.provider_error,
                rendered_prompt=prompt,
                error_code=error.code if isinstance(error, ModelError) else "model_not_found",
                error=storable(str(error)),
            )
        outcome = Outcome(
            state=CaseState.scored,
            rendered_prompt=prompt,
            output=storable(completion.text),
            calls=(priced("completion", brief.model, completion, self._flat_rate),),
            latency_ms=completion.latency_ms,
        )
        return await self._judged(outcome, brief)

    async def _judged(self, outcome: Outcome, brief: Brief) -> Outcome:
        case = Case(
            output=outcome.output or "",
            inputs=brief.inputs,
            expected=brief.expected,
            context=brief.context,
            criteria=brief.criteria,
        )
        scores, judge_calls = await self.judge(case)
        judged = replace(outcome, scores=scores, calls=(*outcome.calls, *judge_calls))
        if not scores:
            return judged
        first = scores[0]
        state = STATE_OF[first.state]
        if state is CaseState.scored:
            return judged
        return replace(judged, state=state, error_code=first.state.value, error=first.reason)

    async def judge(self, case: Case) -> tuple[tuple[Score, ...], tuple[Call, ...]]:
        """Scores an output that is there already; nothing but the judges is asked."""
        calls: list[Call] = []
        ask = self.asking(calls)
        scores = tuple([await _score(evaluator, case, ask) for evaluator in self._evaluators])
        return scores, tuple(calls)

    def asking(self, calls: list[Call]) -> Ask:
        """Asks the judge, or the model that is named, and notes each call under its own name."""

        async def ask(
            messages: Sequence[Message], options: Options, *, model: str | None = None
        ) -> Completion:
            reference = model or self._judge_model
            try:
                judge = self._get_model(reference)
            except UnknownModel as error:
                provider = reference.partition(":")[0]
                raise ModelError("model_not_found", str(error), provider=provider) from error
            completion = await self._patience.ask(partial(judge.complete, messages, options))
            calls.append(priced("judge", reference, completion, self._flat_rate))
            return completion

        return ask


async def _score(evaluator: Evaluator, case: Case, ask: Ask) -> Score:
    """An evaluator that fails has not judged; the answer is paid and kept all the same."""
    try:
        return await evaluator.score(case, ask)
    except Exception as error:  # whatever our own code does wrong, the paid answer is kept
        log.exception("evaluator_failed", evaluator=evaluator.name)
        return Score(
            evaluator=evaluator.name,
            evaluator_version=evaluator.version,
            state=ScoreState.judge_error,
            reason=f"The evaluator failed ({type(error).__name__}); see the worker's log.",
        )
