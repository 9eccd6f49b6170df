"""What a loop may still spend: reserved in the database in steps, used up in memory.

A case is started only when its expected price fits into what is reserved, so that all loops of all
workers together stay within the experiment's cap and within every hard-stop budget. Expected is
the dearest case of its arm so far; before the first one, the worst that can be. Where not even
that fits, one case at a time may use what is left: a cap smaller than the worst case still buys
some. What a case costs beyond its expectation is the most a limit can be exceeded by, for each case
in flight.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from typing import TypeVar

from app.budgets import prices, spend
from app.budgets.spend import Answer, Grant, Need, Spender
from app.core import lease
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.experiments.claims import Ask, Campaign
from app.experiments.results import Finished, Settled
from app.llm.pricing import Overrides
from app.models import Experiment
from app.runs.cache import Answers
from app.runs.case import Outcome
from app.runs.worst_case import Tariff, judges_of, worst_case

Given = TypeVar("Given")
AHEAD = 100  # cases more than it has slots: a reservation is written once for as many
LEAST = Decimal("0.0000000001")  # what a column of money can hold
MOST = Decimal(10**7)


def spender_of(experiment: Experiment) -> Spender:
    return Spender(
        workspace_id=experiment.workspace_id,
        prompt_id=experiment.prompt_id,
        api_key_id=experiment.api_key_id,
        experiment_id=experiment.id,
    )


class Allowance:
    """`used` is what cases in flight may cost and what those not stored yet did cost, in USD."""

    def __init__(self, campaign: Campaign, slots: int) -> None:
        experiment = campaign.experiment
        self.id = new_id()
        self.overrides = _overrides(experiment)
        self._spender = spender_of(experiment)
        self._tariff = Tariff(get_settings().flat_token_price, self.overrides)
        self._judges = judges_of(experiment.evaluators, experiment.judge_model)
        self._slots = slots
        self._lock = asyncio.Lock()  # growing and settling both say what there is from now on
        self._limited: bool | None = None  # None: not asked yet
        self._reserved = Decimal(0)
        self._used = Decimal(0)
        self._dearest: dict[int, Decimal] = {}
        self._expected: dict[int, Decimal] = {}  # of the cases in flight, by number

    # --- in memory ---

    def admits(self, ask: Ask) -> bool:
        """Takes the case's expected price out of what is reserved, if it fits."""
        price = self.prices(ask)
        if price and self._limited is not False and self._used + price > self._reserved:
            return False
        self._take(ask, price)
        return True

    def finished(self, ask: Ask, outcome: Outcome) -> None:
        """Now it is known what the case has cost."""
        self.dropped(ask)
        self._used += outcome.spent
        if outcome.calls and not any(call.cached for call in outcome.calls):
            dearest = self._dearest.get(ask.address.arm, Decimal(0))
            self._dearest[ask.address.arm] = max(dearest, outcome.spent)

    def dropped(self, ask: Ask) -> None:
        """It will not finish."""
        self._used -= self._expected.pop(ask.address.case_no, Decimal(0))

    def _take(self, ask: Ask, price: Decimal) -> None:
        self._expected[ask.address.case_no] = price
        self._used += price

    def prices(self, ask: Ask) -> Decimal:
        """What the case is expected to cost."""
        if self._limited is False:
            return Decimal(0)  # nobody asks
        if ask.address.arm in self._dearest:
            return self._dearest[ask.address.arm]
        brief = ask.brief
        texts = (brief.template, brief.inputs, brief.context, brief.expected, brief.criteria)
        return worst_case(
            self._tariff,
            model=brief.model,
            parameters=brief.parameters,
            texts=texts,
            judges=self._judges,
        )

    # --- in the database ---

    async def afford(self, ask: Ask) -> Answer:
        """Reserves more, so that the case fits, and takes its price.

        `wait`: others hold what it needs, or cases in flight may turn out to cost less; `gone`:
        there is too little, whatever they do.
        """
        async with self._lock:
            in_flight = bool(self._expected)  # they may end, and teach a price, while this asks
            grant = await self._grow(self.prices(ask))
            if grant.answer is Answer.gone and not in_flight and self._is_unknown(ask):
                grant = await self._grow(LEAST, whole=True)
                if grant.answer is Answer.granted:
                    self._take(ask, self._reserved - self._used)
                    return Answer.granted
        if grant.answer is Answer.gone and in_flight:
            return Answer.wait
        if grant.answer in (Answer.wait, Answer.gone):
            return grant.answer
        return Answer.granted if self.admits(ask) else Answer.wait

    def _is_unknown(self, ask: Ask) -> bool:
        """What such a case really costs."""
        return ask.address.arm not in self._dearest

    async def _grow(self, price: Decimal, *, whole: bool = False) -> Grant:
        ahead = price * (self._slots + AHEAD)
        need = Need(
            wanted=MOST if whole else self._used + ahead,
            at_least=self._used + price,
            kept=self._used,
            whole=whole,
        )
        grant = await self._patiently(partial(self._ask_for, need))
        self._limited = grant.answer is not Answer.unlimited
        self._reserved = grant.amount
        return grant

    def _ask_for(self, need: Need) -> Grant:
        with unit_of_work(self._spender.workspace_id) as session:
            seconds = get_settings().lease_seconds
            grant = spend.grow(session, self._spender, self.id, need, lasts_s=seconds)
        if grant.refused_by:
            with unit_of_work(self._spender.workspace_id) as session:
                spend.note_stops(session, self._spender.workspace_id, grant.refused_by)
        return grant

    @asynccontextmanager
    async def settling(self, items: Sequence[Finished]) -> AsyncIterator[Settled | None]:
        """While a batch is stored: what is reserved from then on goes into its transaction."""
        async with self._lock:
            spent = sum((item.outcome.spent for item in items), Decimal(0))
            left = self._reserved - spent
            yield Settled(self.id, left) if self._limited else None
            self._used -= spent
            self._reserved = left

    async def renew(self) -> None:
        """Keeps the reservation; where there was no limit, the next case asks whether there is."""
        async with self._lock:
            if self._limited:
                await asyncio.to_thread(self._keep)
            else:
                self._limited = None

    def _keep(self) -> None:
        with unit_of_work(self._spender.workspace_id) as session:
            seconds = get_settings().lease_seconds
            spend.keep(session, self.id, self._reserved, lasts_s=seconds)

    async def close(self) -> None:
        """Gives back what was not used."""
        if self._limited is not False:
            await self._patiently(self._release)

    def _release(self) -> None:
        with unit_of_work(self._spender.workspace_id) as session:
            spend.settle(session, self.id)

    async def _patiently(self, work: Callable[[], Given]) -> Given:
        return await asyncio.to_thread(lease.patiently, work)


def _overrides(experiment: Experiment) -> Overrides:
    with unit_of_work(experiment.workspace_id) as session:
        return prices.overrides(session, experiment.workspace_id)


def answers_of(experiment: Experiment) -> Answers | None:
    """The cache, where it does not defeat the purpose.

    What confirms or judges another experiment, and what watches for drift, does it by asking again.
    """
    asks_again = experiment.follows is not None or experiment.trigger == "schedule"
    if asks_again or not experiment.options.get("cache"):
        return None
    return Answers(experiment.workspace_id, experiment.prompt_id)
