"""Who judges: one model or a panel of models, each once or an odd number of times.

Repeats of one judge are settled first: by default the opinion with the median value, which is the
majority's wherever one verdict has a majority. A panel's value is then the mean of its judges'
values, and each judge's own stays in the details. One judge that fails leaves no score: a mean
over those who happened to answer is another measure than the one asked for.
"""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from app.evaluators.base import Ask, Case, Claim, InvalidEvaluatorOptions, Score, ScoreState
from app.evaluators.check import REASON_BYTES
from app.evaluators.judge import SEED, Brief, Hearing, hear
from app.evaluators.options import fingerprint
from app.evaluators.quotes import excerpt
from app.llm.client import JsonObject

Repeats: TypeAlias = Annotated[
    Literal[1, 3, 5, 7, 9],
    Field(description="How often each judge is asked about a case; the middle opinion counts."),
]
# Who is asked is settled where the call is made: a judge nobody knows ends as judge_error.
Reference: TypeAlias = Annotated[str, Field(pattern=r"^\w+:\S+$", max_length=200)]
Models: TypeAlias = Annotated[
    Annotated[list[Reference], Field(min_length=1, max_length=5)] | None,
    Field(description="1 to 5 judges, each `provider:model`, whose mean counts in place of one."),
]


class NotApplicable(Exception):
    """The example lacks what the judge would read; the message says what."""


class NoReply(Exception):
    """The judge failed or could not be read; `hearing` says how."""

    def __init__(self, hearing: Hearing) -> None:
        super().__init__(hearing.reason)
        self.hearing = hearing


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one judge thinks of one output; `value` in [0, 1]."""

    value: float
    reason: str
    label: str | None = None
    hallucination_rate: float | None = None
    claims: tuple[Claim, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_details(self) -> JsonObject:
        label: JsonObject = {"label": self.label} if self.label else {}
        return {**label, **self.details}


@dataclass(slots=True, kw_only=True)
class Question:
    """Asks one judge with one seed; `hearings` are those of the whole bench."""

    ask: Ask | None
    model: str | None
    seed: int
    hearings: list[Hearing]

    async def __call__(self, brief: Brief, blocks: Mapping[str, str]) -> JsonObject:
        """The reply, valid by the brief's schema; raises NoReply."""
        hearing = await hear(self.ask, brief, blocks, model=self.model, seed=self.seed)
        self.hearings.append(hearing)
        if hearing.reply is None:
            raise NoReply(hearing)
        return hearing.reply


Opine = Callable[[Case, Question], Awaitable[Opinion]]
Settle = Callable[[Sequence[Opinion]], Opinion]


def median(opinions: Sequence[Opinion]) -> Opinion:
    """The opinion in the middle of an odd number, by value."""
    return sorted(opinions, key=lambda one: (one.value, one.label or ""))[len(opinions) // 2]


@dataclass(slots=True, kw_only=True)
class Bench:
    """An evaluator that puts each case to its judges; `calls` of them when none has to ask again.

    `opine` raises NotApplicable before it asks, or NoReply.
    """

    name: str
    version: str
    opine: Opine
    settle: Settle
    models: Sequence[str | None]
    repeats: int
    calls: int
    needs_model: bool = field(default=True, init=False)

    async def score(self, case: Case, ask: Ask | None) -> Score:
        hearings: list[Hearing] = []
        judged: list[tuple[str, Opinion]] = []
        try:
            for model in self.models:
                opinion = await self._settled(case, ask, model, hearings)
                judged.append((model or "the judge", opinion))
        except NotApplicable as lack:
            return self._score(ScoreState.not_applicable, reason=str(lack))
        except NoReply as failure:
            return self._failed(failure.hearing, hearings, judged)
        opinion = judged[0][1] if len(judged) == 1 else _mean(judged)
        return self._score(
            ScoreState.scored,
            value=opinion.value,
            reason=opinion.reason,
            hallucination_rate=opinion.hallucination_rate,
            claims=opinion.claims,
            details={**_totals(hearings), **opinion.as_details()},
        )

    async def _settled(
        self, case: Case, ask: Ask | None, model: str | None, hearings: list[Hearing]
    ) -> Opinion:
        """One judge's opinion of the case, from as many replies as it is asked for."""
        opinions = []
        for seed in range(SEED, SEED + self.repeats):
            question = Question(ask=ask, model=model, seed=seed, hearings=hearings)
            opinions.append(await self.opine(case, question))
        if len(opinions) == 1:
            return opinions[0]
        settled = self.settle(opinions)
        repeats: list[JsonObject] = [{"value": one.value, "label": one.label} for one in opinions]
        return replace(settled, details={**settled.details, "repeats": repeats})

    def _failed(
        self, failed: Hearing, hearings: list[Hearing], judged: list[tuple[str, Opinion]]
    ) -> Score:
        """A lone judge's failure keeps its state; on a panel it is the panel that failed."""
        why: JsonObject = {
            key: failed.details[key] for key in ("code", "raw") if key in failed.details
        }
        details = {**_totals(hearings), **why}
        if len(self.models) == 1:
            return self._score(failed.state, reason=failed.reason, details=details)
        name = self.models[len(judged)]
        reason = (
            f"A panel scores only if all {len(self.models)} judges do; {name} did not. "
            f"{failed.reason}"
        )
        lost: JsonObject = {"model": name, "state": failed.state.value}
        judges = [*map(_own, judged), lost]
        return self._score(
            ScoreState.judge_error, reason=reason, details={**details, "judges": judges}
        )

    def _score(
        self,
        state: ScoreState,
        *,
        reason: str,
        **found: Any,  # noqa: ANN401 - fields of Score, typed there
    ) -> Score:
        return Score(
            evaluator=self.name,
            evaluator_version=self.version,
            state=state,
            reason=excerpt(reason, REASON_BYTES),
            **found,
        )


def bench(
    name: str,
    *,
    version: str,
    opine: Opine,
    repeats: int,
    models: list[str] | None,
    settle: Settle = median,
    calls_each: int = 1,
) -> Bench:
    """The evaluator; raises InvalidEvaluatorOptions for a judge that is named twice.

    Its version tells the panel and the repeats apart; `version` has to tell the rest.
    """
    if models and len(set(models)) < len(models):
        raise InvalidEvaluatorOptions("option models: name each judge once.")
    plain = repeats == 1 and models is None
    return Bench(
        name=name,
        version=version if plain else f"{version}-{fingerprint([models, repeats])}",
        opine=opine,
        settle=settle,
        models=tuple(models) if models else (None,),
        repeats=repeats,
        calls=len(models or [None]) * repeats * calls_each,
    )


def _mean(judged: Sequence[tuple[str, Opinion]]) -> Opinion:
    """The panel's opinion; its reason and claims are those of the judge that scores lowest."""
    opinions = [opinion for _, opinion in judged]
    name, lowest = min(judged, key=lambda each: each[1].value)
    rates = [one.hallucination_rate for one in opinions if one.hallucination_rate is not None]
    labels = {one.label for one in opinions}
    return Opinion(
        value=math.fsum(one.value for one in opinions) / len(opinions),
        reason=f"Mean of {len(opinions)} judges. The lowest, {name}: {lowest.reason}",
        label=lowest.label if len(labels) == 1 else "mixed",
        hallucination_rate=math.fsum(rates) / len(rates) if rates else None,
        claims=lowest.claims,
        details={"judges": [*map(_own, judged)]},
    )


def _own(judged: tuple[str, Opinion]) -> JsonObject:
    """One judge of a panel for the details."""
    name, opinion = judged
    return {
        "model": name,
        "state": ScoreState.scored.value,
        "value": opinion.value,
        "hallucination_rate": opinion.hallucination_rate,
        **opinion.as_details(),
    }


def _totals(hearings: Sequence[Hearing]) -> JsonObject:
    """What all the calls took, in the keys of a single hearing."""
    models = [each.details["judge_model"] for each in hearings]
    return {
        "judge_model": ", ".join(dict.fromkeys(filter(None, models))) or None,
        **{
            key: sum(each.details[key] for each in hearings)
            for key in ("parse_attempts", "tokens_in", "tokens_out", "latency_ms")
        },
    }
