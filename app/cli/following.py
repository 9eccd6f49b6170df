# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""An experiment or an analysis waited for: by events while they come, by asking otherwise."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.cli.output import spelled
from app.cli.server import Server
from app.cli.terminal import dollars, is_terminal
from app.embedded.errors import CannotStart

if TYPE_CHECKING:
    from llmops.errors import LlmopsError

ENDED = frozenset({"completed", "completed_with_errors", "failed", "cancelled"})
LOOK_S = 1.0
AWAY = frozenset({502, 503, 504})  # what stands before a server says so while it is restarted
PATIENCE_S = 30.0  # a server that is restarted meanwhile is back within it
ROLL_UP_S = 60.0  # from the last case to the results
LINE_EVERY_S = 10.0  # in a log; a terminal's line is drawn again at each event

Waiting = Callable[[Mapping[str, Any]], None]


class ProgressLine:
    """One line on stderr: redrawn on a terminal, repeated now and then in a log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._live = is_terminal(sys.stderr)
        self._shown = ""
        self._due = 0.0

    def __call__(self, told: Mapping[str, Any]) -> None:
        """`told` is a task's: its progress and what it has cost."""
        progress, now = told["progress"], time.monotonic()
        text = self.text(told)
        last = told.get("paused") or progress["done"] >= progress["total"]  # for long, or at all
        if text == self._shown or not (self._live or last or now >= self._due):
            return
        self._due = now + LINE_EVERY_S
        if self._live:
            sys.stderr.write(f"\r{text}\x1b[K")
        else:
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
        self._shown = text

    def text(self, told: Mapping[str, Any]) -> str:
        """`support/answer  37/120  2 failed  $0.0123  42 s to go`."""
        progress = told["progress"]
        parts = [self._name, f"{progress['done']}/{progress['total']}"]
        if progress["failed"]:
            parts.append(f"{progress['failed']} failed")
        parts.append(dollars(told["cost_usd"]))
        if told.get("paused"):  # an older server does not say
            parts.append("paused, goes on when it is resumed")
        elif progress["eta_s"] is not None and progress["done"] < progress["total"]:
            parts.append(f"{spelled(progress['eta_s'])} to go")
        return "  ".join(parts)

    def close(self) -> None:
        if self._live and self._shown:
            sys.stderr.write("\n")


def follow(
    server: Server, experiment_id: str, name: str, *, timeout_s: float | None = None
) -> dict[str, Any]:
    """The experiment's status once it has ended and its results are there; raises CannotStart."""
    until = time.monotonic() + timeout_s if timeout_s is not None else None
    draw = ProgressLine(name)
    server.watching.append(experiment_id)

    def watched(told: Mapping[str, Any]) -> None:
        draw(told)
        if server.interrupted.is_set():
            raise KeyboardInterrupt
        if until is not None and time.monotonic() > until:
            raise CannotStart(
                f"The experiment has not ended within {timeout_s:g} s. It goes on; wait for it "
                f"with: llmops run --resume {experiment_id}"
            )

    try:
        # events come when something changes: neither a time nor an interruption is kept by them
        if timeout_s is None and not server.alone:
            _listen(server, f"/experiments/{experiment_id}/events", watched)
        return _status_at_the_end(server, experiment_id, watched)
    finally:
        draw.close()
        server.watching.remove(experiment_id)


def follow_analysis(server: Server, analysis_id: str, name: str) -> dict[str, Any]:
    """The analysis once it has ended."""
    draw = ProgressLine(name)
    try:
        _listen(server, f"/tasks/{analysis_id}/events", draw)
        while True:
            found: dict[str, Any] = _patiently(server, f"/analyses/{analysis_id}")
            if found["status"] in ENDED:
                return found
            time.sleep(LOOK_S)
    finally:
        draw.close()


def _listen(server: Server, path: str, draw: Waiting) -> None:
    """Events until the end; a stream that breaks ends it as well, and asking goes on from there."""
    from llmops.errors import LlmopsError

    try:
        for event in server.http.stream("GET", path):
            if event.event not in {"progress", "result"}:
                return
            draw(event.data)
    except LlmopsError as error:
        if not _passing(error):
            raise


def _status_at_the_end(server: Server, experiment_id: str, draw: Waiting) -> dict[str, Any]:
    path, ended_at = f"/experiments/{experiment_id}/status", None
    while True:
        status: dict[str, Any] = _patiently(server, path)
        draw(_as_task(status))
        if status["status"] in ENDED:
            ended_at = ended_at or time.monotonic()
            told = status["results"] or status.get("error")
            if told or time.monotonic() > ended_at + ROLL_UP_S:
                return status
        time.sleep(LOOK_S if ended_at is None else LOOK_S / 4)


def _patiently(server: Server, path: str) -> Any:  # noqa: ANN401 - JSON
    from llmops.errors import LlmopsError

    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return server.get(path)
        except LlmopsError as error:
            if not _passing(error) or time.monotonic() > until:
                raise
            time.sleep(LOOK_S)


def _passing(error: "LlmopsError") -> bool:
    """The server is away, by its silence or by the word of a proxy before it."""
    from llmops.errors import ApiError, ServerAway

    return isinstance(error, ServerAway) or (isinstance(error, ApiError) and error.status in AWAY)


def _as_task(status: Mapping[str, Any]) -> dict[str, Any]:
    """An experiment's status as its events tell it."""
    counts = dict(status["progress"])
    planned = counts.pop("planned")
    done = sum(counts.values())
    progress = {
        "done": done,
        "total": planned,
        "failed": done - counts["scored"],
        "eta_s": status["eta_s"],
    }
    paused = status["status"] == "paused"
    return {"progress": progress, "cost_usd": status["cost_usd"], "paused": paused}
