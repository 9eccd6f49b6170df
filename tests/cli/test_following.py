"""An experiment waited for: a stream that breaks, a server that is away, the line that tells."""

import pytest
from llmops.errors import ApiError, ServerAway

from app.cli import following
from app.cli.server import Server
from app.embedded.errors import CannotStart

GATEWAY = ApiError(503, "not_a_problem_answer", "", "The proxy has nobody to ask.")


class Flaky:
    """A server whose stream breaks, and which is away for a moment."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.cut: Exception = ServerAway("http://x", "cut")

    def stream(self, *_: object):
        yield following_event("progress", 1)
        raise self.cut

    def call(self, *_: object, **__: object) -> object:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def following_event(kind: str, done: int):
    progress = {"done": done, "total": 4, "failed": 1, "eta_s": 61.0}
    return type("E", (), {"event": kind, "data": {"progress": progress, "cost_usd": None}})()


def stored(state: str, results: object) -> dict:
    counts = {"planned": 4, "scored": 3, "provider_error": 1}
    return {"status": state, "progress": counts, "eta_s": None, "cost_usd": "1", "results": results}


def test_a_broken_stream_is_gone_on_with_by_asking(capsys, monkeypatch):
    """Through an outage, to the end and its results; a log gets few lines, with all that is known."""
    monkeypatch.setattr(following, "LOOK_S", 0)
    away = ServerAway("http://x", "restarting")
    done = stored("completed", [1])
    flaky = Flaky(stored("running", []), away, stored("completed", []), done)
    found = following.follow(Server(flaky, "http://x"), "id", "p")  # type: ignore[arg-type] # by its shape

    assert done == found
    assert ["p  1/4  1 failed  cost unknown  1 min to go", "p  4/4  1 failed  $1.0000"] == (
        capsys.readouterr().err.splitlines()
    )


def test_a_proxy_without_its_server_is_waited_for(monkeypatch):
    """As silence is: a 503 in place of events or of an answer passes; any other refusal is told."""
    monkeypatch.setattr(following, "LOOK_S", 0)
    done = stored("completed", [1])
    flaky = Flaky(GATEWAY, done)
    flaky.cut = GATEWAY
    found = following.follow(Server(flaky, "http://x"), "id", "p")  # type: ignore[arg-type] # by its shape
    refused = Flaky(ApiError(404, "not_found", "", "There is none."))

    assert done == found
    with pytest.raises(ApiError, match="There is none"):
        following.follow(Server(refused, "http://x"), "id", "p")  # type: ignore[arg-type] # by its shape


def test_a_time_to_wait_ends_though_nothing_happens():
    """Without any event, as where no worker runs; the sentence says how to go on waiting."""
    stuck = Flaky(stored("pending", []))
    stuck.stream = pytest.fail

    with pytest.raises(CannotStart, match="llmops run --resume id"):
        following.follow(Server(stuck, "http://x"), "id", "p", timeout_s=0.0)  # type: ignore[arg-type] # by its shape


def test_a_server_that_stays_away_is_told(monkeypatch):
    """After some patience."""
    monkeypatch.setattr(following, "LOOK_S", 0)
    monkeypatch.setattr(following, "PATIENCE_S", -1)
    flaky = Flaky(ServerAway("http://x", "gone"))

    with pytest.raises(ServerAway):
        following.follow(Server(flaky, "http://x"), "id", "p")  # type: ignore[arg-type] # by its shape


def test_a_terminal_gets_one_line_that_changes(capsys, monkeypatch):
    """Drawn over itself, and left whole at the end."""
    monkeypatch.setattr(following, "is_terminal", lambda _: True)
    line = following.ProgressLine("p")
    line(following_event("progress", 1).data)
    line(following_event("progress", 2).data)
    line.close()

    assert 2 == capsys.readouterr().err.count("\r")


def test_a_pause_is_told_at_once(capsys):
    """In a log too, where lines keep a distance: nothing comes after it until it is resumed."""
    line, told = following.ProgressLine("p"), following_event("progress", 1).data
    line(told)
    line(told | {"paused": True})

    assert (
        "p  1/4  1 failed  cost unknown  paused, goes on when it is resumed"
        == (capsys.readouterr().err.splitlines()[-1])
    )
