"""The books of `app/llm/ledger.py` in Redis, where all processes find them.

Two round trips a beat and line, never one a call. Redis may forget them: then what is known is
learned again. While it does not answer, each process keeps books of its own and takes a fixed part.
"""

import asyncio
import random
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from redis.exceptions import RedisError

from app.core import logs, redis
from app.llm.leases import Lease, Line, Report, Terms
from app.llm.ledger import APART, Book, LocalLedger, room, settle

KEY = "llmops-lines:"  # one hash for each credential, one field for each model
KEPT_S = 600  # what was learned about a provider nobody calls is no longer true
TURNS = 8  # two members that write at once: the later one reads again
WRITE = """
local now = redis.call('HGET', KEYS[1], ARGV[1])
if (now or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""
BOOK = TypeAdapter(Book)
log = logs.get()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a line now. `concurrency` is for experiments, `held_s` in seconds."""

    concurrency: int
    in_flight: int
    held_s: float
    requests_per_minute: float | None
    tokens_per_minute: float | None


class SharedLedger:
    def __init__(self) -> None:
        self._alone = LocalLedger()

    async def settle(self, line: Line, report: Report, terms: Terms) -> Lease:
        if not redis.outage.lasts:
            lease = await asyncio.to_thread(_settle, line, report, terms)
            if lease is not None:
                return lease
        part = replace(
            terms,
            ceiling=max(terms.ceiling // APART, 1),
            rpm=terms.rpm and terms.rpm / APART,
            tpm=terms.tpm and terms.tpm / APART,
        )
        return await self._alone.settle(line, report, part)


def _settle(line: Line, report: Report, terms: Terms) -> Lease | None:
    """None where Redis does not answer."""
    key = f"{KEY}{line.provider}:{line.fingerprint}"
    try:
        for _ in range(TURNS):
            at, written = _read(key, line.model)
            book, lease = settle(_book(written), report, terms, at)
            arguments: tuple[Any, ...] = (line.model, written, BOOK.dump_json(book), KEPT_S)
            if redis.client().eval(WRITE, 1, key, *arguments):
                return lease
            time.sleep(random.uniform(0.001, 0.01))  # noqa: S311 - jitter, not a secret
    except (RedisError, OSError) as error:
        redis.outage.begin()
        log.warning("limits_not_shared", error=type(error).__name__)
        return None
    log.warning("limits_contended", line=line.model)
    return None


def _read(key: str, model: str) -> tuple[float, bytes]:
    """Redis's clock, which is everybody's, and the books."""
    with redis.client().pipeline(transaction=False) as pipeline:
        pipeline.time()
        pipeline.hget(key, model)
        (seconds, micro), written = pipeline.execute()
    return seconds + micro / 1e6, written or b""


def _book(written: bytes) -> Book | None:
    try:
        return BOOK.validate_json(written) if written else None
    except ValidationError:
        return None  # another release's: begin anew


@lru_cache
def ledger() -> SharedLedger:
    """One for the process; its event loops may share it."""
    return SharedLedger()


def standings(provider: str, fingerprint: str) -> dict[str, Standing]:
    """What is known of a provider's models, by name; empty while Redis does not answer."""
    if redis.outage.lasts:
        return {}
    try:
        written: Any = redis.client().hgetall(f"{KEY}{provider}:{fingerprint}")
    except (RedisError, OSError):
        redis.outage.begin()
        return {}
    books = {model.decode(): _book(text) for model, text in written.items()}
    return {model: _standing(book) for model, book in books.items() if book is not None}


def _standing(book: Book) -> Standing:
    return Standing(
        concurrency=room(book.level),
        in_flight=sum(member.in_flight for member in book.members.values()),
        held_s=max(book.hold_s - max(time.time() - book.at, 0.0), 0.0),
        requests_per_minute=book.requests.per_minute if book.requests else None,
        tokens_per_minute=book.tokens.per_minute if book.tokens else None,
    )
