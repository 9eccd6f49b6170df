# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""Which server a command works with: the one that is named, or one of its own.

Named by `--server`, `LLMOPS_URL` or `llmops.yaml`, in this order. Without a name the embedded
stack in `.llmops` is used where it runs, and else started for as long as the command takes.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.exit_codes import INTERRUPTED
from app.embedded.errors import CannotStart, Misconfigured

if TYPE_CHECKING:
    from llmops.errors import ApiError
    from llmops.http import Http

    from app.embedded.stack import Running

FOLDER = Path(".llmops")
SETTLE_S = 120.0
LAST_WORDS_S = 10.0  # of a command that is interrupted, before its server is stopped
PASSING = frozenset({408, 429})  # refusals of the moment, which are not the caller's mistake


class Unreachable(CannotStart):
    """Nothing answers; the next request would end the same."""


class KeyRefused(Misconfigured):
    """The key opens nothing; the next request would end the same."""


HOPELESS = (Unreachable, KeyRefused)

ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        help="The platform's address.",
        show_default="$LLMOPS_URL, else llmops.yaml, else one of its own",
    ),
]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Where a server of its own keeps its data.",
        show_default="$LLMOPS_DATA_DIR or .llmops",
    ),
]


@dataclass
class Server:
    """A server that answers.

    `watching` is the experiment that is being waited for, if any. `interrupted` ends the waiting
    as Ctrl-C does, in a thread that hears of none.
    """

    http: "Http"
    url: str
    alone: bool = False
    watching: list[str] = field(default_factory=list)
    interrupted: threading.Event = field(default_factory=threading.Event)

    def get(self, path: str, **params: object) -> Any:  # noqa: ANN401 - JSON
        return self.http.call("GET", path, params=params or None)

    def post(self, path: str, body: object = None, *, once: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """`once` is an Idempotency-Key: with it the request is repeated after a failure."""
        headers = {"Idempotency-Key": once} if once else None
        return self.http.call("POST", path, json=body, headers=headers)

    def pages(self, path: str, **params: object) -> Iterator[Any]:
        """The items of all pages."""
        cursor = None
        while True:
            page = self.get(path, **params, limit=200, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def page_of(self, experiment_id: str) -> str:
        return f"{self.url}/experiments/{experiment_id}"


def run(
    named: str | None,
    data_dir: Path | None,
    work: Callable[[Server], int],
    *,
    lasting: bool = False,
) -> None:
    """Does the work on the server and exits with the code it gives.

    `lasting`: what it starts goes on after it, which a server of its own would end.
    """
    address = named or os.environ.get("LLMOPS_URL")
    if address:
        code = _work_on(address, work)
    else:
        code = _work_alone(_folder(data_dir), work, lasting=lasting)
    if code:
        raise typer.Exit(code)


def _work_on(address: str, work: Callable[[Server], int]) -> int:
    key = os.environ.get("LLMOPS_API_KEY")
    if not key:
        raise Misconfigured(
            f"Set LLMOPS_API_KEY to a key of {address}: Settings, API keys, with the scopes "
            "read, write and run."
        )
    with _stopped_as_interrupted():
        return _answered(address, key, work, alone=False)


@contextmanager
def _stopped_as_interrupted() -> Iterator[None]:
    """SIGTERM, by which a CI server cancels a job, is told as Ctrl-C is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _answered(url: str, key: str, work: Callable[[Server], int], *, alone: bool) -> int:
    from llmops.http import Http

    with spoken(), Http(url, key) as http:
        return work(Server(http, http.url, alone))


@contextmanager
def spoken() -> Iterator[None]:
    """The server's refusals as ours: 2 for what was asked, 3 for what did not work out."""
    from llmops import errors

    try:
        yield
    except errors.KeyRefused as error:
        kind = KeyRefused if error.status == 401 else Misconfigured
        raise kind(f"The server refuses the key in LLMOPS_API_KEY: {error}") from None
    except errors.ServerAway as error:
        raise Unreachable(str(error)) from None
    except errors.ApiError as error:
        passing = error.status >= 500 or error.status in PASSING or "budget" in error.code
        raise (CannotStart if passing else Misconfigured)(told(error)) from None
    except errors.LlmopsError as error:
        raise Misconfigured(str(error)) from None


def told(error: "ApiError") -> str:
    """The refusal with each field it names, and the id that finds it in the server's log."""
    fields = [
        f"  {item['pointer']}: {item['detail']}"
        for item in error.errors[:20]
        if item["detail"] not in str(error)
    ]
    number = f" (request {error.request_id})" if error.status >= 500 and error.request_id else ""
    return "\n".join([f"{error}{number}", *fields])


# --- a server of its own ---


def _folder(data_dir: Path | None) -> Path:
    given = os.environ.get("LLMOPS_DATA_DIR")
    return data_dir or (Path(given) if given else FOLDER)


def _work_alone(folder: Path, work: Callable[[Server], int], *, lasting: bool) -> int:
    from app.embedded import datadir, processes, stack, state

    home = datadir.DataDir.open(folder)
    _hide(home.root)

    def running() -> "state.State | None":
        return state.read_running(home)

    def settled() -> bool:
        found = running()
        return found is None or found.phase is not state.Phase.starting

    processes.wait_for(settled, SETTLE_S)
    found = running()
    if found is not None:
        there = stack.Running(url=found.url, data_dir=home.root, environment=found.environment)
        with _stopped_as_interrupted():
            return _answered(there.url, _own_key(there), work, alone=True)
    if lasting:
        raise Misconfigured(
            "A server of its own ends with this command and takes the experiment with it: leave "
            "--detach out, or start one that stays: llmops up."
        )
    return _work_for_the_while(folder, work)


def _work_for_the_while(folder: Path, work: Callable[[Server], int]) -> int:
    """Starts the stack, works, stops it; Ctrl-C interrupts the work first, and is 130."""
    from app.embedded import stack

    codes: list[int] = []
    servers: list[Server] = []
    done = threading.Event()

    def noted(server: Server) -> int:
        servers.append(server)
        return work(server)

    def on_ready(running: "Running") -> None:
        try:
            codes.append(_answered(running.url, _own_key(running), noted, alone=True))
        finally:
            done.set()
        if not servers[0].interrupted.is_set():
            signal.raise_signal(signal.SIGTERM)  # the stack's own way to be told that it is done

    def before_stop() -> None:
        for server in servers:
            server.interrupted.set()
            if server.watching:
                done.wait(LAST_WORDS_S)

    stack.run(stack.Options(data_dir=folder, port=0), on_ready, before_stop)
    return codes[0] if codes else INTERRUPTED


def _own_key(running: "Running") -> str:
    from app.cli import kept_key

    return kept_key.of(running, "cli-key", "command line")


def _hide(root: Path) -> None:
    """A data folder inside a repository is not for git."""
    note = root / ".gitignore"
    if not note.exists():
        note.write_text("*\n", encoding="utf-8")
