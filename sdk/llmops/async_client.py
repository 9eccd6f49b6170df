"""The client for asyncio; see `client.py`, of which it is the twin."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack
from uuid import UUID

from llmops import surroundings, work
from llmops.async_http import AsyncHttp
from llmops.client import TIMEOUT_S
from llmops.experiment import Standing
from llmops.models import CaseResult, Run
from llmops.pantry import Pantry, wanted
from llmops.prompt import Fallback, Prompt
from llmops.shelf import Shelf
from llmops.table import to_pandas

if TYPE_CHECKING:
    import pandas as pd


class AsyncClient:
    """As `Client`, for one event loop; close it with `aclose()` or `async with`."""

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        cache_dir: str | Path | None = None,
        keep_copies: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        key = surroundings.api_key(api_key)
        self.http = AsyncHttp(surroundings.url(url), key, timeout_s=timeout_s)
        shelf = Shelf(cache_dir, self.http.url, key) if keep_copies else None
        self.prompts = AsyncPrompts(self.http, Pantry(shelf, clock))
        self.experiments = AsyncExperiments(self.http)
        self.runs = AsyncRuns(self.http)

    def __repr__(self) -> str:
        return f"AsyncClient({self.http.url!r})"

    async def aclose(self) -> None:
        """Drops refreshes that are under way."""
        await self.prompts.settle()
        await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


class AsyncPrompts:
    def __init__(self, http: AsyncHttp, pantry: Pantry) -> None:
        self._http = http
        self._pantry = pantry
        self._refreshes: set[asyncio.Task[None]] = set()  # the loop itself keeps weak ones only

    async def get(
        self,
        name: str,
        *,
        label: str | None = None,
        version: int | Literal["latest"] | None = None,
        ttl: float | None = None,
        fallback: Fallback | None = None,
    ) -> Prompt:
        """As `Prompts.get`; a stale prompt is refreshed by a task."""
        want = wanted(name, label, version, ttl, fallback)
        found = self._pantry.look(want)
        if found.refresh:
            task = asyncio.create_task(self._http.drive(self._pantry.refresh(want)))
            self._refreshes.add(task)
            task.add_done_callback(self._refreshes.discard)
        if found.prompt is not None:
            return found.prompt
        return await self._http.drive(self._pantry.fetch(want))

    async def prefetch(self, names: Iterable[str]) -> list[Prompt]:
        """Gets `name` or `name@label`, all at once."""
        return list(await asyncio.gather(*(self.get(name) for name in names)))

    async def settle(self) -> None:
        for task in list(self._refreshes):
            task.cancel()
        await asyncio.gather(*self._refreshes, return_exceptions=True)


class AsyncExperiments:
    def __init__(self, http: AsyncHttp) -> None:
        self._http = http

    async def run(
        self,
        prompt: str,
        *,
        set: str = "golden",  # noqa: A002 - the word users have for it
        **options: Unpack[work.Options],
    ) -> "AsyncExperiment":
        """Starts one: `set` is `golden` for all golden examples, or one of their tags."""
        status, url = await self._http.drive(work.start_experiment(prompt, set, options))
        return AsyncExperiment(self._http, status, url)

    async def get(self, experiment_id: UUID | str) -> "AsyncExperiment":
        status, _ = await self._http.drive(work.read_experiment(experiment_id))
        url = f"{self._http.url}/experiments/{status.experiment_id}"
        return AsyncExperiment(self._http, status, url)


class AsyncExperiment(Standing[AsyncHttp]):
    async def refresh(self) -> Self:
        self.status, _ = await self._http.drive(work.read_experiment(self.id))
        return self

    async def wait(self, timeout: float | None = None) -> Self:  # noqa: ASYNC109 - the experiment goes on, nothing is cancelled
        """Until it has ended; raises StillRunning after `timeout` seconds, and it goes on."""
        self.status = await self._http.drive(work.await_experiment(self.id, timeout))
        return self

    async def results(self, only: str | None = None) -> list[CaseResult]:
        """The cases; `only` chooses as the server's `only` does, such as `errors`."""
        return await self._http.drive(work.cases(self.id, only))

    async def to_pandas(self) -> "pd.DataFrame":
        return to_pandas(await self.results())


class AsyncRuns:
    def __init__(self, http: AsyncHttp) -> None:
        self._http = http

    async def create(
        self,
        prompt: str,
        variables: Mapping[str, Any],
        *,
        label: str = "production",
        model: str | None = None,
        evaluators: Sequence[str | Mapping[str, Any]] = (),
    ) -> Run:
        """Starts one call of a model with the prompt; `wait` gives its answer."""
        return await self._http.drive(work.start_run(prompt, label, variables, model, evaluators))

    async def get(self, run_id: UUID | str) -> Run:
        return await self._http.drive(work.read_run(run_id))

    async def wait(self, run: Run | UUID | str, timeout: float | None = None) -> Run:  # noqa: ASYNC109 - the run goes on, nothing is cancelled
        """The run as it ended; raises StillRunning after `timeout` seconds, and it goes on."""
        return await self._http.drive(work.await_run(run, timeout))
