"""The client whose calls wait for their answers."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack
from uuid import UUID

from llmops import surroundings, work
from llmops.experiment import Standing
from llmops.http import Http
from llmops.models import CaseResult, Run
from llmops.pantry import Pantry, wanted
from llmops.prompt import Fallback, Prompt
from llmops.shelf import Shelf
from llmops.table import to_pandas

if TYPE_CHECKING:
    import pandas as pd

TIMEOUT_S = 10.0


class Client:
    """One server and one key; may be shared by threads.

    `url` and `api_key` are those of LLMOPS_URL and LLMOPS_API_KEY unless given. Last good copies of
    prompts are kept in `cache_dir`, the user's folder for caches by default, unless `keep_copies`
    is false. `clock` gives seconds; it decides when a prompt is stale.
    """

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
        self.http = Http(surroundings.url(url), key, timeout_s=timeout_s)
        shelf = Shelf(cache_dir, self.http.url, key) if keep_copies else None
        self.prompts = Prompts(self.http, Pantry(shelf, clock))
        self.experiments = Experiments(self.http)
        self.runs = Runs(self.http)

    def __repr__(self) -> str:
        return f"Client({self.http.url!r})"

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Prompts:
    def __init__(self, http: Http, pantry: Pantry) -> None:
        self._http = http
        self._pantry = pantry

    def get(
        self,
        name: str,
        *,
        label: str | None = None,
        version: int | Literal["latest"] | None = None,
        ttl: float | None = None,
        fallback: Fallback | None = None,
    ) -> Prompt:
        """The version a label stands on (`production`), or the version of a number.

        Fresh for `ttl` seconds (None: as the server says, 60): then it comes from memory. After
        that it still does, and is refreshed in the background. With `ttl=0` the server is asked
        each time. In an outage the last good copy is served, then `fallback`; else this raises.
        """
        want = wanted(name, label, version, ttl, fallback)
        found = self._pantry.look(want)
        if found.refresh:
            refresh = self._pantry.refresh(want)
            threading.Thread(target=self._http.drive, args=(refresh,), daemon=True).start()
        if found.prompt is not None:
            return found.prompt
        return self._http.drive(self._pantry.fetch(want))

    def prefetch(self, names: Iterable[str]) -> list[Prompt]:
        """Gets `name` or `name@label`, so that later calls have them from memory."""
        return [self.get(name) for name in names]


class Experiments:
    def __init__(self, http: Http) -> None:
        self._http = http

    def run(
        self,
        prompt: str,
        *,
        set: str = "golden",  # noqa: A002 - the word users have for it
        **options: Unpack[work.Options],
    ) -> "Experiment":
        """Starts one: `set` is `golden` for all golden examples, or one of their tags."""
        status, url = self._http.drive(work.start_experiment(prompt, set, options))
        return Experiment(self._http, status, url)

    def get(self, experiment_id: UUID | str) -> "Experiment":
        status, _ = self._http.drive(work.read_experiment(experiment_id))
        url = f"{self._http.url}/experiments/{status.experiment_id}"
        return Experiment(self._http, status, url)


class Experiment(Standing[Http]):
    def refresh(self) -> Self:
        self.status, _ = self._http.drive(work.read_experiment(self.id))
        return self

    def wait(self, timeout: float | None = None) -> Self:
        """Until it has ended; raises StillRunning after `timeout` seconds, and it goes on."""
        self.status = self._http.drive(work.await_experiment(self.id, timeout))
        return self

    def results(self, only: str | None = None) -> list[CaseResult]:
        """The cases; `only` chooses as the server's `only` does, such as `errors`."""
        return self._http.drive(work.cases(self.id, only))

    def to_pandas(self) -> "pd.DataFrame":
        return to_pandas(self.results())


class Runs:
    def __init__(self, http: Http) -> None:
        self._http = http

    def create(
        self,
        prompt: str,
        variables: Mapping[str, Any],
        *,
        label: str = "production",
        model: str | None = None,
        evaluators: Sequence[str | Mapping[str, Any]] = (),
    ) -> Run:
        """Starts one call of a model with the prompt; `wait` gives its answer."""
        return self._http.drive(work.start_run(prompt, label, variables, model, evaluators))

    def get(self, run_id: UUID | str) -> Run:
        return self._http.drive(work.read_run(run_id))

    def wait(self, run: Run | UUID | str, timeout: float | None = None) -> Run:
        """The run as it ended; raises StillRunning after `timeout` seconds, and it goes on."""
        return self._http.drive(work.await_run(run, timeout))
