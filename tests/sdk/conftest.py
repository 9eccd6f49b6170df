# ruff: noqa: PLC0415 - the application is imported once the servers run
"""A server of the platform behind a real socket, and a workspace with one prompt in production."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from llmops import Client, wire
from llmops.http import Http
from llmops.wire import Answer, Call

ASKED = "Case {{ number }}: {{ question }}"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between attempts, where the server asks for none."""
    monkeypatch.setattr(wire, "FIRST_PAUSE_S", 0.001)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def address(server) -> Iterator[str]:
    from tests.support.live import listening

    with listening() as url:
        yield url


@pytest.fixture(scope="module")
def owner():
    from tests.support.fixtures import make_subject, make_workspace

    return make_subject(make_workspace())


@pytest.fixture(scope="module")
def key(owner) -> str:
    from tests.support.fixtures import make_key

    return make_key(owner)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Path and status of what the server answered the sync client, in order."""
    seen: list[tuple[str, int]] = []
    ask = Http._once

    def noted(self: Http, call: Call) -> tuple[Answer | None, str]:
        answer, away = ask(self, call)
        seen.append((call.path, answer.status if answer else 0))
        return answer, away

    monkeypatch.setattr(Http, "_once", noted)
    return seen


def in_production(address: str, key: str, made, number: int = 1) -> None:
    """Moves the label, as the dashboard would."""
    version = made.version_ids[number - 1]
    with Http(address, key) as http:
        http.call("POST", f"/prompts/{made.prompt_id}/versions/{version}/activate")


@pytest.fixture
def made(address, owner, key):
    """Two versions, the first in production."""
    from tests.support.prompts import make_prompt

    prompt = make_prompt(owner, templates=[ASKED, "Second: {{ question }}"], examples=3)
    in_production(address, key, prompt)
    return prompt


@pytest.fixture
def client_at(key, tmp_path: Path, clock) -> Iterator[Callable[..., Client]]:
    """Makes clients of an address that share a folder for copies and a clock."""
    opened: list[Client] = []

    def make(url: str, **options: object) -> Client:
        given = {
            "api_key": key,
            "cache_dir": tmp_path / "copies",
            "clock": clock,
            **options,
        }
        opened.append(Client(url, **given))
        return opened[-1]

    yield make
    for client in opened:
        client.close()
