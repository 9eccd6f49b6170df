"""A provider that enforces its limits, and callers who share them, in virtual time."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from random import Random

from app.llm.client import Completion, Message, ModelError, Options, Usage
from app.llm.lane import Shared
from app.llm.leases import Line, Terms
from app.llm.ledger import Ledger
from app.llm.limits import Gate, Governed, Limits
from app.llm.party import on_behalf_of
from app.llm.quota import hear
from scripts.mock_provider.quotas import Quota
from scripts.mock_provider.settings import Settings

LINE = Line("openai", "crowded", "key")
TERMS = Terms(ceiling=256)
PROMPT = [Message(role="user", content="x" * 200)]
TOKENS = 100  # of a call, a half of them the prompt's


class Strict:
    """Answers in 200 ms, more or less; `noise` is the share it refuses whatever is asked."""

    provider, model = "openai", "crowded"

    def __init__(self, *, noise: float = 0.0, silent: bool = False, **limits: int) -> None:
        self.settings = Settings(**limits)
        self.noise = noise
        self.silent = silent
        self.quota = Quota()
        self.calls: list[tuple[float, str]] = []
        self._random = Random(1)

    async def complete(self, _messages: Sequence[Message], _options: Options) -> Completion:
        at = now()
        refused = self.quota.wait_s(TOKENS, self.settings, at)
        if refused is None and self._random.random() < self.noise:
            refused = ("noise", 1.0)
        self.calls.append((at, refused[0] if refused else "answered"))
        if refused is not None:
            await self._tell()
            why, wait_s = refused
            raise ModelError("rate_limited", why, provider="openai", retry_after_s=wait_s)
        self.quota.let_through(TOKENS, at)
        self.quota.inflight += 1
        latency_s = 0.2 * self._random.lognormvariate(0, 0.5)
        try:
            await asyncio.sleep(latency_s)
        finally:
            self.quota.inflight -= 1
        await self._tell()
        usage = Usage(tokens_in=TOKENS // 2, tokens_out=TOKENS // 2)
        return Completion(text="", usage=usage, model="m", latency_ms=latency_s * 1000)

    async def _tell(self) -> None:
        await asyncio.sleep(0.002)
        if not self.silent:
            lines = self.quota.headers(self.settings, now()).decode().split("\r\n")
            hear(dict(line.split(": ") for line in lines if line))

    def refused_share(self, since: float) -> float:
        """Of the calls after that second."""
        found = Counter(how for at, how in self.calls if at >= since)
        return 1 - found["answered"] / found.total()

    def answered(self, since: float, until: float) -> int:
        return sum(how == "answered" and since <= at < until for at, how in self.calls)


async def works(
    model: Strict,
    ledger: Ledger,
    cases: int,
    *,
    experiment: str = "e",
    workspace: str = "w",
    in_flight: int = 32,
    terms: Terms = TERMS,
    every_s: float = 0.0,
) -> float:
    """One process's part of an experiment; gives the second in which it ended.

    Its cases come all at once, or one every so many seconds.
    """
    limits = Limits(concurrency=terms.ceiling, deadline_s=1800)
    asking = Governed(model, Gate("openai", limits, shared=Shared(ledger, LINE, terms)))
    slots = asyncio.Semaphore(in_flight)

    async def case(number: int) -> None:
        await asyncio.sleep(number * every_s)
        async with slots:
            await asking.complete(PROMPT, Options(timeout_s=60))

    with on_behalf_of(workspace, experiment):
        await asyncio.gather(*(case(number) for number in range(cases)))
    return now()


def now() -> float:
    return asyncio.get_running_loop().time()
