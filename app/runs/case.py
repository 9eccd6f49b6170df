"""One case: render → complete → evaluate. No database: the caller stores what comes out.

Single runs and experiments share it, so that a prompt behaves the same everywhere.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from app.core import logs
from app.core.clock import now
from app.evaluators.base import Ask, Case, Evaluator, Score, ScoreState
from app.evaluators.quotes import storable
from app.llm.client import Completion, LanguageModel, Message, ModelError, Options
from app.llm.pricing import NO_OVERRIDES, Overrides, Price, price
from app.llm.registry import UnknownModel
from app.models import CaseState
from app.prompts.rendering import as_text, render
from app.runs.cache import Answers, Told
from app.runs.patience import Patience
from app.templating.errors import TemplateProblem

log = logs.get()
FREE = Price(Decimal(0), Decimal(0), known=True)
PARAMETERS = frozenset({"temperature", "top_p", "max_tokens", "seed", "stop"})
STATE_OF = {
    ScoreState.scored: CaseState.scored,
    ScoreState.not_applicable: CaseState.judge_error,
    ScoreState.judge_error: CaseState.judge_error,
    ScoreState.judge_unparseable: CaseState.judge_unparseable,
}

GetModel = Callable[[str], LanguageModel]


class Call(NamedTuple):
    """One model call that gave a completion, with its price in USD; named as in `cost_entries`."""

    kind: str  # completion | judge
    model: str
    tokens_in: int
    tokens_out: int
    tokens_estimated: bool
    cost_usd: Decimal | None
    cost_estimated: Decimal
    latency_ms: float
    cached: bool = False  # an answer paid for before: it costs nothing now


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
    repeat: int = 0
    messages: tuple[Message, ...] | None = None  # the template as rendered, where it was already


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
    def cached(self) -> bool:
        """Its answer was paid for before; its judges may have cost something all the same."""
        return any(call.cached for call in self.calls if call.kind == "completion")

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


def priced(
    kind: str,
    reference: str,
    completion: Completion,
    flat_rate: Decimal,
    *,
    overrides: Overrides = NO_OVERRIDES,
    cached: bool = False,
) -> Call:
    """The call as it is booked; a cached answer keeps its tokens and costs nothing."""
    usage = completion.usage
    if cached:
        cost = FREE
    else:
        at = now().date()
        cost = price(reference, usage, at, flat_rate=flat_rate, overrides=overrides)
    return Call(
        kind,
        reference,
        usage.tokens_in,
        usage.tokens_out,
        usage.estimated,
        cost.cost_usd,
        cost.estimated_usd,
        completion.latency_ms,
        cached,
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
        overrides: Overrides = NO_OVERRIDES,
        patience_s: float = 0.0,
        answers: Answers | None = None,
    ) -> None:
        """`patience_s` is how long calls wait for a provider whose circuit is open.

        With `answers`, what was asked before is not asked again.
        """
        self._get_model = get_model
        self._evaluators = evaluators
        self._judge_model = judge_model
        self._price = partial(priced, flat_rate=flat_rate, overrides=overrides)
        self._patience = Patience(patience_s)
        self._answers = answers

    async def prepare(self, briefs: Sequence[Brief]) -> list[Brief]:
        """Renders cases that are to come, and reads the answers there are to them in one query."""
        if self._answers is None:
            return list(briefs)
        prepared, keys = [], []
        for brief in briefs:
            with suppress(TemplateProblem):  # told when the case is performed
                messages = tuple(render(brief.template, brief.inputs))
                keys.append(self._key(brief, messages))
                brief = replace(brief, messages=messages)  # noqa: PLW2901 - the same, rendered
            prepared.append(brief)
        await self._answers.read(keys)
        return prepared

    def _key(self, brief: Brief, messages: Sequence[Message]) -> str:
        assert self._answers is not None
        options = options_of(brief.parameters, brief.template)
        return self._answers.key(brief.model, messages, options, brief.repeat)

    async def perform(self, brief: Brief) -> Outcome:
        """Ends in exactly one state, whatever the template, the provider or the judge does."""
        try:
            messages = brief.messages or render(brief.template, brief.inputs)
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
            told = await self._complete(brief, messages)
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
            output=storable(told.completion.text),
            calls=(self._price("completion", brief.model, told.completion, cached=told.cached),),
            latency_ms=told.completion.latency_ms,
        )
        return await self._judged(outcome, brief)

    async def _complete(self, brief: Brief, messages: Sequence[Message]) -> Told:
        model = self._get_model(brief.model)
        options = options_of(brief.parameters, brief.template)
        complete = partial(model.complete, messages, options)
        call = partial(self._patience.ask, model.provider, complete)
        if self._answers is None:
            return Told(await call(), cached=False)
        return await self._answers.ask(self._key(brief, messages), call)

    async def _judged(self, outcome: Outcome, brief: Brief) -> Outcome:
        case = Case(
            output=outcome.output or "",
            inputs=brief.inputs,
            expected=brief.expected,
            context=brief.context,
            criteria=brief.criteria,
        )
        known = outcome.cached or brief.output is not None
        scores, judge_calls = await self.judge(case, repeat=brief.repeat, known=known)
        judged = replace(outcome, scores=scores, calls=(*outcome.calls, *judge_calls))
        if not scores:
            return judged
        first = scores[0]
        state = STATE_OF[first.state]
        if state is CaseState.scored:
            return judged
        return replace(judged, state=state, error_code=first.state.value, error=first.reason)

    async def judge(
        self, case: Case, *, repeat: int = 0, known: bool = False
    ) -> tuple[tuple[Score, ...], tuple[Call, ...]]:
        """Scores an output that is there already; nothing but the judges is asked.

        Judges of a `known` output may have been asked about it before.
        """
        calls: list[Call] = []
        ask = self.asking(calls, repeat=repeat, known=known)
        scores = tuple([await _score(evaluator, case, ask) for evaluator in self._evaluators])
        return scores, tuple(calls)

    def asking(self, calls: list[Call], *, repeat: int = 0, known: bool = False) -> Ask:
        """Asks the judge, or the model that is named, and notes each call under its own name.

        Only a judge at temperature 0 is cached: any other is asked to see how its answers vary.
        """
        seen: Counter[str] = Counter()

        async def ask(
            messages: Sequence[Message], options: Options, *, model: str | None = None
        ) -> Completion:
            reference = model or self._judge_model
            try:
                judge = self._get_model(reference)
            except UnknownModel as error:
                provider = reference.partition(":")[0]
                raise ModelError("model_not_found", str(error), provider=provider) from error
            complete = partial(judge.complete, messages, options)
            call = partial(self._patience.ask, judge.provider, complete)
            if self._answers is None or options.temperature != 0:
                told = Told(await call(), cached=False)
            else:
                question = self._answers.key(reference, messages, options, repeat)
                key = f"{question}{seen[question] or ''}"
                seen[question] += 1
                if known:
                    await self._answers.read_soon(key)
                told = await self._answers.ask(key, call)
            calls.append(self._price("judge", reference, told.completion, cached=told.cached))
            return told.completion

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
