"""The loop that works shards off: cases in flight in one event loop, one writer, one heartbeat.

Slots pull cases from the shards held; when few are left, the loop claims the experiment's next
shard itself, so that the slots stay full to the end and no shard's slowest case makes the others
wait. A lost lease cancels its calls at once. A loop that ends gives back what is not done; one that
fails does not: its leases run out and the attempt counts, or it would fail again for ever.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple, ParamSpec, TypeVar
from uuid import UUID

from app.budgets.spend import Answer
from app.core import lease, logs, stopping
from app.core.config import get_settings
from app.experiments import adaptive, claims, dispatch, results
from app.experiments.allowance import Allowance, answers_of
from app.experiments.claims import Ask, Campaign, Held
from app.experiments.results import Finished, Standing
from app.judges.own_model import evaluators_of
from app.llm.party import on_behalf_of, only_while
from app.llm.slots import Place, Slots, standing_in
from app.models import ExperimentStatus
from app.runs.case import Outcome, Performer, broken
from app.runs.providers import get_model, run_async
from app.statistics.adaptive import Stop

log = logs.get()
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

RESTING = 1.5  # cases under way for each in flight: the others wait to be tried again
BATCH = 20  # rows a write waits for, or
FLUSH_S = 0.5  # this long: paid answers must not sit in memory
TICK_S = 0.25
TURN_S = 5.0  # after this, a loop makes way when another experiment waits
LONGEST_S = 780.0  # of task_time_limit's 900 s: time is left to finish and to give back
GRACE_S = 45.0  # for calls in flight once no new ones start
WEDGED_S = 300.0  # no case finished for so long: stop renewing


class Turn(NamedTuple):
    """A case and the shard it belongs to."""

    held: Held
    ask: Ask


def work(shard_id: UUID) -> None:
    """Works a shard and its successors off; returns quietly when there is nothing to claim."""
    me = lease.owner()
    taken = claims.take(shard_id, me)
    if taken is None:
        return
    campaign, held = taken
    experiment = campaign.experiment
    with (
        logs.bound_log(experiment_id=experiment.id),
        on_behalf_of(experiment.workspace_id, experiment.id),
    ):
        run_async(lambda: ShardLoop(campaign, me).run(held))


class ShardLoop:
    def __init__(self, campaign: Campaign, me: str) -> None:
        settings, experiment = get_settings(), campaign.experiment
        self._campaign = campaign
        self._me = me
        self._slots = dispatch.slots(experiment)
        self._allowance = Allowance(campaign, self._slots)
        self._answers = answers_of(experiment)
        self._performer = Performer(
            get_model,
            evaluators=evaluators_of(experiment.evaluators),
            judge_model=experiment.judge_model,
            flat_rate=settings.flat_token_price,
            overrides=self._allowance.overrides,
            patience_s=settings.outage_patience_seconds,
            answers=self._answers,
        )
        self._version_ids = [arm.version_id for arm in campaign.arms]
        self._adaptive = "adaptive" in experiment.options
        self._stop: Stop | None = None  # where an adaptive experiment has its answer
        self._held: list[Held] = []
        self._waiting: deque[Turn] = deque()
        self._running: dict[asyncio.Task[Outcome], Held] = {}
        self._finished: list[tuple[Held, Finished]] = []
        self._wake = asyncio.Event()
        self._places = Slots(self._slots, on_room=self._wake.set)
        self._drained = False  # no shard is left to claim
        self._closing = False  # start nothing new
        self._ended = False  # nothing more will finish
        self._started = self._renewed = self._progress = time.monotonic()

    async def run(self, first: Held) -> None:
        log.info("shard_loop_started", slots=self._slots)
        self._writing = asyncio.create_task(self._write())
        working = asyncio.create_task(self._work(first))
        beating = asyncio.create_task(self._beat())
        await asyncio.wait({working})
        self._closing = True
        await self._let_finish()
        self._ended = True
        await asyncio.wait({self._writing})
        beating.cancel()
        await asyncio.wait({beating})
        for task in (working, self._writing):
            task.result()
        if self._stop is not None:
            await _patiently(adaptive.end, self._campaign.experiment, self._stop)
        await _patiently(claims.leave, self._campaign, self._held)
        await self._allowance.close()
        log.info("shard_loop_ended", seconds=round(time.monotonic() - self._started, 1))

    # --- taking shards and filling slots ---

    async def _work(self, first: Held) -> None:
        await self._accept(first)
        await self._feed()

    async def _accept(self, held: Held) -> None:
        self._held.append(held)
        for ask in held.lost:
            self._note(held, ask, claims.lost_outcome())
        if held.careful:
            await self._work_carefully(held)
        else:
            briefs = await self._performer.prepare([ask.brief for ask in held.asks])
            self._waiting.extend(
                Turn(held, ask._replace(brief=brief))
                for ask, brief in zip(held.asks, briefs, strict=True)
            )
        self._fill()

    async def _feed(self) -> None:
        """Keeps the slots full; returns when all is done, or nothing new may start."""
        while not self._closing:
            self._fill()
            if self._waiting and self._has_room():
                await self._pay()
            elif len(self._waiting) < self._slots and not self._drained:
                await self._extend()
            elif self._drained and not self._waiting and not self._running:
                return
            else:
                await self._next_event()

    async def _extend(self) -> None:
        elapsed = time.monotonic() - self._started
        yields = elapsed > TURN_S and await _patiently(
            claims.others_wait, self._campaign.experiment.id
        )
        held = (
            None
            if yields or elapsed > LONGEST_S
            else await _patiently(claims.take_next, self._campaign, self._me)
        )
        if held is None:
            self._drained = True
        elif self._closing:
            self._held.append(held)
        else:
            await self._accept(held)

    def _fill(self) -> None:
        while self._waiting and self._has_room() and self._may_start():
            held, ask = self._waiting[0]
            if not held.is_lost and not self._allowance.admits(ask):
                return  # `_feed` sees to the money
            self._waiting.popleft()
            if not held.is_lost:
                self._start(held, ask)

    def _has_room(self) -> bool:
        """A case whose call waits to be tried again makes room for another, up to a limit."""
        return self._places.has_room and len(self._running) < self._slots * RESTING

    def _may_start(self) -> bool:
        """False at the end, and in a process that was frozen, before it looks at its leases."""
        return not self._closing and not self._is_late()

    def _start(self, held: Held, ask: Ask) -> asyncio.Task[Outcome]:
        """Asks one case, whose price has been reserved."""
        place = Place(self._places)
        task = asyncio.create_task(self._perform(held, ask, place))
        self._running[task] = held
        task.add_done_callback(partial(self._done, Turn(held, ask), place))
        return task

    async def _pay(self) -> None:
        """Gets the money for the next case; without any, all that wait and cost are skipped."""
        held, ask = self._waiting[0]
        affords = await self._affords(held, ask)
        if self._closing or held.is_lost:
            self._allowance.dropped(ask)
        elif affords:
            self._waiting.popleft()
            self._start(held, ask)
        else:
            for turn in [turn for turn in self._waiting if self._allowance.prices(turn.ask)]:
                self._waiting.remove(turn)
                self._note(*turn, claims.skipped_outcome())

    async def _affords(self, held: Held, ask: Ask) -> bool:
        """Whether a case can be paid; waits while others hold what they may not need."""
        while not (self._closing or held.is_lost):
            if not self._may_start():
                await self._next_event()  # until the heartbeat knows
                continue
            if self._allowance.admits(ask):
                return True
            answer = await self._allowance.afford(ask)
            if answer is not Answer.wait:
                return answer is Answer.granted
            await self._next_event()
        return False

    async def _perform(self, held: Held, ask: Ask, place: Place) -> Outcome:
        try:
            with only_while(held.may_ask), standing_in(place):
                return await self._performer.perform(ask.brief)
        except Exception as error:  # our own mistake ends its case and no other
            log.exception("case_failed", case=ask.address.case_no)
            return broken(error)

    def _done(self, turn: Turn, place: Place, task: asyncio.Task[Outcome]) -> None:
        self._running.pop(task, None)
        place.leave()
        self._wake.set()
        if task.cancelled():
            self._allowance.dropped(turn.ask)
        else:
            self._note(turn.held, turn.ask, task.result())

    def _note(self, held: Held, ask: Ask, outcome: Outcome) -> None:
        self._progress = time.monotonic()
        self._allowance.finished(ask, outcome)
        self._finished.append((held, Finished(ask.address, outcome)))

    async def _work_carefully(self, held: Held) -> None:
        """One case at a time, its number stored before the call."""
        for ask in held.asks:
            await self._flush()
            if held.is_lost or self._closing:
                return
            standing = await self._store(held, [], in_flight=[ask.address.case_no])
            if not standing.held:
                return
            if not await self._affords(held, ask):
                if not (self._closing or held.is_lost):
                    self._note(held, ask, claims.skipped_outcome())
                continue
            task = self._start(held, ask)
            while task in self._running and not self._closing:
                await self._next_event()
        await self._flush()

    async def _next_event(self) -> None:
        self._wake.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(TICK_S):
                await self._wake.wait()

    async def _let_finish(self) -> None:
        """Calls in flight may end; those that do not in time are cancelled and not stored."""
        until = time.monotonic() + GRACE_S
        while self._running and time.monotonic() < until:
            await self._next_event()
        if late := set(self._running):
            for task in late:
                task.cancel()
            await asyncio.wait(late, timeout=TICK_S)

    # --- writing ---

    async def _write(self) -> None:
        """The one writer; ends when nothing more will finish and all that did is stored."""
        last = -FLUSH_S  # the first answer is shown as soon as it is there
        while self._finished or not self._ended:
            due = len(self._finished) >= BATCH or time.monotonic() - last >= FLUSH_S
            if self._finished and (due or self._ended):
                await self._flush()
                last = time.monotonic()
            else:
                await asyncio.sleep(TICK_S / 5)

    async def _flush(self) -> None:
        """Stores what has finished."""
        batch, self._finished = self._finished, []
        by_shard: dict[UUID, tuple[Held, list[Finished]]] = {}
        for held, item in batch:
            by_shard.setdefault(held.row.id, (held, []))[1].append(item)
        for held, items in by_shard.values():
            if held.is_lost:
                known = held.row, self._campaign.experiment, self._version_ids
                await _patiently(results.book_cancelled, *known, items)
            else:
                await self._keep(held, items)
        if self._answers is not None:
            await self._answers.store()
        if batch and self._adaptive and self._stop is None:
            written = [item.address.case_no for _, item in batch]
            self._stop = await asyncio.to_thread(adaptive.look, self._campaign.experiment, written)
            self._closing |= self._stop is not None  # what is in flight is paid, and stored

    async def _keep(self, held: Held, items: list[Finished]) -> None:
        """Stores a batch; a row the database refuses ends its own case and no other."""
        try:
            await self._store(held, items)
        except Exception as error:  # any refusal of a row: its neighbours are stored
            if lease.is_away(error):
                raise
            if len(items) > 1:
                for item in items:
                    await self._keep(held, [item])
                return
            address, outcome = items[0]
            log.exception("result_refused", case=address.case_no)
            paid = replace(broken(error), calls=outcome.calls)
            await self._store(held, [Finished(address, paid)])

    async def _store(
        self, held: Held, items: list[Finished], *, in_flight: list[int] | None = None
    ) -> Standing:
        async with self._allowance.settling(items) as settled:
            standing = await _patiently(
                results.store,
                held.row,
                self._campaign.experiment,
                self._version_ids,
                items,
                in_flight=in_flight,
                settled=settled,
            )
        if not standing.held:
            self._drop(held)
            self._finished += [(held, item) for item in items]  # what was paid is booked
        elif standing.shard_done and held in self._held:
            self._held.remove(held)
        if standing.status is ExperimentStatus.paused:
            self._closing = True
        return standing

    def _drop(self, held: Held) -> None:
        """The lease is lost or the experiment cancelled: stop paying for it at once."""
        held.is_lost = True
        if held in self._held:
            self._held.remove(held)
        for task, owner_shard in list(self._running.items()):
            if owner_shard is held:
                task.cancel()

    # --- the heartbeat ---

    async def _beat(self) -> None:
        """Beats from the loop itself, so that a wedged loop loses its lease."""
        settings = get_settings()
        while True:
            await asyncio.sleep(min(TICK_S, settings.heartbeat_seconds))
            at = time.monotonic()
            if stopping.asked() or self._writing.done() or at - self._started > LONGEST_S:
                self._closing = True
            if self._is_late() or at - self._progress > WEDGED_S:
                self._closing = True
                for held in list(self._held):
                    self._drop(held)
            elif at - self._renewed >= settings.heartbeat_seconds:
                await self._renew()

    def _is_late(self) -> bool:
        return any(held.is_late for held in self._held)

    async def _renew(self) -> None:
        at, shards = time.monotonic(), list(self._held)
        workspace_id = self._campaign.experiment.workspace_id
        renewing = asyncio.to_thread(claims.renew, shards, workspace_id)
        try:  # a database that hangs must not keep this from noticing that the lease ends
            async with asyncio.timeout(get_settings().heartbeat_seconds):
                lost = await renewing
                for held in lost:
                    self._drop(held)
                self._renewed = at
                await self._allowance.renew()
        except Exception as error:  # noqa: BLE001 - whatever keeps us from renewing, try again
            log.warning("renew_failed", error=type(error).__name__)


async def _patiently(
    call: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Result:
    """A transaction on a thread, tried again while the database is away."""
    return await asyncio.to_thread(lease.patiently, partial(call, *arguments, **named))
