"""Answers already paid for: what was asked before, word for word, is not asked again.

An answer's key is a digest of all that decides it: workspace, model, parameters, rendered
messages, response schema, and the repeat's number, for a repeat is asked to see another draw. Two
calls for one key at once are one call. A loop reads the answers of a whole shard in one query and
writes those it got in one statement; what is lost between is only paid again.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from typing import NamedTuple
from uuid import UUID

from psycopg2.extras import execute_values
from sqlalchemy import select, text

from app.core import lease, logs
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import system_unit_of_work, unit_of_work
from app.evaluators.quotes import storable
from app.llm.client import Completion, Message, Options, Usage
from app.models import CachedAnswer

log = logs.get()
KEPT = 1000  # answers a loop has at hand; the others are in the database
INSERT = """
INSERT INTO cached_answers (id, workspace_id, key, prompt_id, text, model, tokens_in, tokens_out,
                            tokens_estimated, finish_reason, latency_ms, tool_calls)
VALUES %s ON CONFLICT (workspace_id, key) DO NOTHING
"""
FORGET = """
DELETE FROM cached_answers WHERE id IN (
    SELECT id FROM cached_answers
     WHERE created_at < clock_timestamp() - make_interval(days => :days) LIMIT 1000)
"""


class Told(NamedTuple):
    """A completion, and whether it had been paid for before."""

    completion: Completion
    cached: bool


class Answers:
    """One workspace's answers, at hand for the calls of one loop."""

    def __init__(self, workspace_id: UUID, prompt_id: UUID | None) -> None:
        self._workspace_id = workspace_id
        self._prompt_id = prompt_id
        self._known: dict[str, Completion] = {}
        self._asked: dict[str, asyncio.Future[Completion]] = {}
        self._fresh: dict[str, Completion] = {}
        self._wanted: set[str] = set()
        self._reading: asyncio.Task[None] | None = None

    def key(self, model: str, messages: Sequence[Message], options: Options, repeat: int) -> str:
        """What decides an answer, as 64 hexadecimal digits."""
        asked = [
            str(self._workspace_id),
            model,
            {name: value for name, value in asdict(options).items() if name != "timeout_s"},
            [(message.role, message.content) for message in messages],
            repeat,
        ]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    async def ask(self, key: str, call: Callable[[], Awaitable[Completion]]) -> Told:
        """The answer at hand, that of the same call under way, or a new one; raises its error."""
        while True:
            if key in self._known:
                return Told(self._known[key], cached=True)
            under_way = self._asked.get(key)
            if under_way is None:
                return Told(await self._call(key, call), cached=False)
            await asyncio.wait({under_way})  # when it fails, the next one tries for itself

    async def _call(self, key: str, call: Callable[[], Awaitable[Completion]]) -> Completion:
        under_way = self._asked[key] = asyncio.get_running_loop().create_future()
        try:
            completion = await call()
            self._fresh[key] = completion
            self._keep(key, completion)
        finally:
            del self._asked[key]
            under_way.cancel()
        return completion

    def _keep(self, key: str, completion: Completion) -> None:
        self._known[key] = completion
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]

    async def read(self, keys: Iterable[str]) -> None:
        """Has what the database holds for these keys at hand.

        Waits while the database is away, as all that is paid does; after that they are not known.
        """
        wanted = [key for key in keys if key not in self._known]
        if not wanted:
            return
        try:
            found = await asyncio.to_thread(lease.patiently, partial(self._select, wanted))
        except Exception as error:  # noqa: BLE001 - no case may fail for what only saves money
            log.warning("answers_not_read", error=type(error).__name__, answers=len(wanted))
            return
        for key, completion in found.items():
            self._keep(key, completion)

    async def read_soon(self, key: str) -> None:
        """The same for one key, in one query with all that are wanted in this turn of the loop."""
        if key in self._known:
            return
        self._wanted.add(key)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_wanted())
        await asyncio.shield(self._reading)

    async def _read_wanted(self) -> None:
        await asyncio.sleep(0)
        wanted, self._wanted, self._reading = self._wanted, set(), None
        await self.read(wanted)

    async def store(self) -> None:
        """Writes the new answers; a failure costs nothing but their being paid again."""
        fresh, self._fresh = self._fresh, {}
        if not fresh:
            return
        try:
            await asyncio.to_thread(self._insert, fresh)
        except Exception as error:  # noqa: BLE001 - no case may fail for what only saves money
            log.warning("answers_not_cached", error=type(error).__name__, answers=len(fresh))

    def _select(self, keys: Sequence[str]) -> dict[str, Completion]:
        row = CachedAnswer
        columns = (
            row.key,
            row.text,
            row.model,
            row.tokens_in,
            row.tokens_out,
            row.tokens_estimated,
            row.finish_reason,
            row.latency_ms,
            row.tool_calls,
        )
        wanted = select(*columns).where(
            row.workspace_id == self._workspace_id, row.key.in_(list(keys))
        )
        with unit_of_work(self._workspace_id) as session:
            found = session.execute(wanted).all()
        return {
            answer.key: Completion(
                text=answer.text,
                usage=Usage(
                    tokens_in=answer.tokens_in,
                    tokens_out=answer.tokens_out,
                    estimated=answer.tokens_estimated,
                ),
                model=answer.model,
                latency_ms=answer.latency_ms,
                finish_reason=answer.finish_reason,
                tool_calls=tuple(answer.tool_calls),
            )
            for answer in found
        }

    def _insert(self, fresh: dict[str, Completion]) -> None:
        prompt = self._prompt_id and str(self._prompt_id)
        rows = [
            (
                str(new_id()),
                str(self._workspace_id),
                key,
                prompt,
                storable(told.text),
                storable(told.model),
                told.usage.tokens_in,
                told.usage.tokens_out,
                told.usage.estimated,
                told.finish_reason,
                told.latency_ms,
                json.dumps([dict(call) for call in told.tool_calls]).replace("\\u0000", "\\ufffd"),
            )
            for key, told in sorted(fresh.items())  # in one order: two loops never wait in a ring
        ]
        with unit_of_work(self._workspace_id) as session:
            cursor = session.connection().connection.cursor()
            execute_values(cursor, INSERT, rows, page_size=1000)
            cursor.close()


def sweep() -> None:
    """Forgets answers older than the setting allows, a batch at a time."""
    with system_unit_of_work() as session:
        session.execute(text(FORGET), {"days": get_settings().answer_retention_days})
