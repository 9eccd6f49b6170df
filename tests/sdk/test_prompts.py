"""Prompts for programs: cached, revalidated, and there when the server is not."""

import asyncio
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from llmops import ApiError, AsyncClient, Client, KeyRefused, LlmopsError, ServerAway
from llmops.prompt import Prompt, closed

from app.llm import chat_completions
from tests.sdk.conftest import in_production
from tests.support.fixtures import eventually
from tests.support.live import listening


def statuses(answers) -> list[int]:
    return [status for _, status in answers]


def test_a_fresh_prompt_comes_from_memory(client_at, address, made, answers):
    """One request for two calls; the second says where it has the prompt from."""
    client = client_at(address)
    first, second = client.prompts.get(made.name), client.prompts.get(made.name)

    assert [200] == statuses(answers)
    assert (1, "server") == (first.version, first.source)
    assert (first.template, "memory") == (second.template, second.source)
    assert not second.is_fallback


def test_a_stale_prompt_is_served_and_refreshed_meanwhile(
    client_at, address, key, made, clock, answers
):
    """The old version is served at once, the new one as soon as the background has it."""
    client = client_at(address)
    client.prompts.get(made.name)
    in_production(address, key, made, 2)
    answers.clear()
    clock.now += 61
    stale = client.prompts.get(made.name)

    assert 1 == stale.version
    assert eventually(lambda: client.prompts.get(made.name).version == 2)
    assert [200] == statuses(answers)


def test_an_unchanged_prompt_is_not_sent_again(client_at, address, made, clock, answers):
    """The server answers 304 to the tag of what the client has, which counts as fresh again."""
    client = client_at(address)
    client.prompts.get(made.name, ttl=5)
    clock.now += 6
    client.prompts.get(made.name, ttl=5)

    assert eventually(lambda: len(answers) == 2)
    assert eventually(
        lambda: not client.prompts._pantry._held[f"{made.name}@production"].refreshing
    )
    assert [200, 304] == statuses(answers)
    assert "memory" == client.prompts.get(made.name, ttl=5).source
    assert 2 == len(answers)


def test_one_refresh_at_a_time(client_at, address, made, clock, monkeypatch):
    """Ten calls for a stale prompt start one refresh."""
    client = client_at(address)
    client.prompts.get(made.name)
    clock.now += 61
    begun = []
    monkeypatch.setattr(client.http, "drive", begun.append)
    for _ in range(10):
        client.prompts.get(made.name)

    assert eventually(lambda: begun)
    assert 1 == len(begun)


def test_a_ttl_of_zero_asks_each_time(client_at, address, key, made, answers):
    """For a notebook: what is served is what the server has now."""
    client = client_at(address)
    client.prompts.get(made.name, ttl=0)
    client.prompts.get(made.name, ttl=0)
    asked = statuses(answers)
    in_production(address, key, made, 2)

    assert [200, 304] == asked
    assert 2 == client.prompts.get(made.name, ttl=0).version


def test_an_outage_is_served_from_memory_then_from_disk(client_at, made, clock, caplog):
    """The server stops: a running program goes on, and one that starts now has the last copy."""
    with listening() as url:
        running = client_at(url)
        assert "server" == running.prompts.get(made.name).source
    clock.now += 61
    assert "memory" == running.prompts.get(made.name).source
    started = client_at(url)
    cold = started.prompts.get(made.name)
    again = started.prompts.get(made.name)

    assert ("disk", 1, f"Case 7: {'Why?'}") == (
        cold.source,
        cold.version,
        cold.compile(number=7, question="Why?"),
    )
    assert "memory" == again.source
    assert "does not answer" in caplog.text


@pytest.mark.parametrize("status", [200, 403, 404, 520])
def test_a_page_of_something_in_front_takes_no_copy_away(client_at, made, clock, status):
    """A firewall, a network's sign-in page: only the platform's own word says a prompt is gone."""
    with listening() as url:
        client_at(url).prompts.get(made.name)
    with in_front(url, status):
        client = client_at(url)
        cold = client.prompts.get(made.name)
        fallback = client.prompts.get("another", fallback="Hello")

    assert ("disk", 1) == (cold.source, cold.version)
    assert fallback.is_fallback
    assert "disk" == client_at(url).prompts.get(made.name).source


@contextmanager
def in_front(url: str, status: int) -> Iterator[None]:
    """Where the platform listened, something else answers everything with a page of its own."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"<html>Sign in to the network.</html>")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", urlsplit(url).port), Page)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_copies_are_the_users_own_and_hold_no_key(client_at, address, made, key, tmp_path):
    """Nobody else may read the file, and neither its name nor its text holds the key."""
    client_at(address).prompts.get(made.name)
    (copy,) = (tmp_path / "copies").rglob("*.json")

    assert 0o600 == stat.S_IMODE(copy.stat().st_mode)
    assert 0o700 == stat.S_IMODE(copy.parent.stat().st_mode)
    assert key not in copy.read_text() + str(copy)
    assert made.name in copy.read_text()


def test_another_key_does_not_find_the_copy(client_at, made):
    """Copies belong to a server and a key."""
    with listening() as url:
        client_at(url).prompts.get(made.name)
    other = client_at(url, api_key="another key")
    with pytest.raises(ServerAway):
        other.prompts.get(made.name)


def test_without_a_copy_the_fallback_is_served(client_at, tmp_path):
    """And says that it is one; without either the error names the server."""
    client = client_at("http://127.0.0.1:9", keep_copies=False)
    prompt = client.prompts.get("support/answer", fallback="You are kind. {{ question }}")

    assert prompt.is_fallback
    assert "You are kind. Why?" == prompt.compile(question="Why?")
    assert prompt.version is None
    with pytest.raises(ServerAway, match=r"127\.0\.0\.1:9 does not answer"):
        client.prompts.get("support/answer")


def test_a_broken_copy_is_none(client_at, made, tmp_path):
    """A file cut in two, or one of another version of the package, is no prompt."""
    with listening() as url:
        client_at(url).prompts.get(made.name)
    (copy,) = (tmp_path / "copies").rglob("*.json")
    for text in ('{"name": "', f'{{"name": "{made.name}@production", "copy": "{{}}"}}'):
        copy.write_text(text)

        assert client_at(url).prompts.get(made.name, fallback="Kind.").is_fallback


def test_a_folder_that_cannot_be_written_costs_the_copy_alone(client_at, address, made, tmp_path):
    """The prompt is served all the same."""
    (tmp_path / "file").write_text("in the way")

    assert 1 == client_at(address, cache_dir=tmp_path / "file").prompts.get(made.name).version


def test_a_key_that_is_withdrawn_ends_the_cache(client_at, address, made, clock, tmp_path):
    """Who may no longer read a prompt is not served an old copy of it for ever."""
    client = client_at(address)
    client.prompts.get(made.name)
    client.http._client.headers["Authorization"] = "Bearer withdrawn"
    clock.now += 61
    client.prompts.get(made.name)

    assert eventually(lambda: not list((tmp_path / "copies").rglob("*.json")))
    with pytest.raises(KeyRefused):
        client.prompts.get(made.name)


def test_versions_and_labels(client_at, address, made):
    """By number, as the newest, or with the selector in the name; both at once are refused."""
    client = client_at(address)
    prefetched = client.prompts.prefetch([f"{made.name}@2", made.name])

    assert [2, 1] == [prompt.version for prompt in prefetched]
    assert 2 == client.prompts.get(made.name, version="latest").version
    assert "memory" == client.prompts.get(made.name, version=2).source
    with pytest.raises(LlmopsError, match="not both"):
        client.prompts.get(made.name, label="production", version=2)
    with pytest.raises(LlmopsError, match="names its version already"):
        client.prompts.get(f"{made.name}@2", label="production")
    with pytest.raises(ApiError) as refused:
        client.prompts.get(made.name, label="nowhere")
    assert 404 == refused.value.status


def test_the_async_client_is_its_twin(address, key, made, clock, tmp_path):
    """Fresh, stale and refreshed by a task, then from disk when the server is away."""

    async def use(url: str) -> list[object]:
        async with AsyncClient(url, key, cache_dir=tmp_path, clock=clock) as client:
            first, _ = await client.prompts.prefetch([made.name, f"{made.name}@2"])
            in_production(address, key, made, 2)
            clock.now += 61
            stale = await client.prompts.get(made.name)
            await asyncio.gather(*client.prompts._refreshes)
            fresh = await client.prompts.get(made.name)
            return [first.version, stale.version, fresh.version, stale.source]

    async def start_again(url: str) -> object:
        async with AsyncClient(url, key, cache_dir=tmp_path) as client:
            return (await client.prompts.get(made.name)).source

    with listening() as url:
        assert [1, 1, 2, "memory"] == asyncio.run(use(url))
    assert "disk" == asyncio.run(start_again(url))


def test_the_environment_names_server_and_key(address, key, made, monkeypatch, tmp_path):
    """Nothing is passed; the folder for copies is the user's, and no text of the client has the key."""
    monkeypatch.setenv("LLMOPS_URL", f"{address}/api/v1/")
    monkeypatch.setenv("LLMOPS_API_KEY", key)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Client() as client:
        client.prompts.get(made.name)

        assert [] != list((tmp_path / "llmops").rglob("*.json"))
        assert key not in repr(client) + repr(client.http) + repr(vars(client.prompts))
    monkeypatch.delenv("LLMOPS_API_KEY")
    with pytest.raises(LlmopsError, match="LLMOPS_API_KEY"):
        Client()
    with pytest.raises(LlmopsError, match="must look like"):
        Client("localhost", key)


TEXT = {"type": "string"}
CLOSED = {
    "type": "object",
    "properties": {"a": TEXT},
    "required": ["a"],
    "additionalProperties": False,
}
SCHEMAS = [
    (True, CLOSED),
    (True, TEXT),
    (True, {"type": "array", "items": CLOSED}),
    (True, {**CLOSED, "properties": {"a": CLOSED}}),
    (True, {"type": "object", "additionalProperties": False}),
    (False, {"type": "object"}),
    (False, {"properties": {"a": TEXT}}),
    (False, {**CLOSED, "required": []}),
    (False, {**CLOSED, "required": None}),
    (False, {**CLOSED, "additionalProperties": TEXT}),
    (False, {name: CLOSED[name] for name in ("type", "properties", "required")}),
    (False, {"type": "array", "items": {"type": "object"}}),
    (False, {**CLOSED, "properties": {"a": {"type": "object"}}}),
    (False, {"anyOf": [CLOSED, {**CLOSED, "required": ["a", "b"]}]}),
]


@pytest.mark.parametrize(("strict", "schema"), SCHEMAS, ids=str)
def test_only_a_closed_schema_is_strict(strict, schema):
    """OpenAI refuses any other as strict; the client and the server answer alike."""
    asked = Prompt(name="a", template="Why?", response_schema=schema).to_openai()

    assert strict is asked["response_format"]["json_schema"]["strict"]
    assert strict is closed(schema) is chat_completions.closed(schema)
