"""Decides what a request to a model is answered, and when."""

import hashlib
import time
from typing import Protocol

from pydantic_core import from_json

from scripts.mock_provider import replies, wire
from scripts.mock_provider.call import Call
from scripts.mock_provider.content import Content, content_of
from scripts.mock_provider.faults import (
    NO_SUCH_MODEL,
    WRONG_KEY,
    Limiter,
    Refusal,
    fault_of,
    latency_of,
)
from scripts.mock_provider.playback import Playback
from scripts.mock_provider.settings import Settings
from scripts.mock_provider.stats import Stats
from scripts.mock_provider.streams import stream_of

TALKS = frozenset({"chat", "messages"})

BROKEN_JSON = b'{"id":"chatcmpl-mock","choices":[{"index":0,"message":{"role":"assist'


class Provider:
    """What all connections share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stats = Stats()
        self.limiter = Limiter(settings)

    def reset(self) -> None:
        self.stats = Stats(self.stats.connections)
        self.limiter = Limiter(self.settings)


class Line(Protocol):
    """The connection a request came in on."""

    @property
    def provider(self) -> Provider: ...
    def send(self, status: int, body: bytes, headers: bytes = b"") -> None: ...
    def play(self, call: Call) -> Playback: ...


def ask(line: Line, route: str, body: bytes, key: bytes) -> None:
    provider = line.provider
    try:
        request = from_json(body)
    except ValueError:
        request = None
    if not isinstance(request, dict):
        refuse(line, route, 400, "the body is not a JSON object")
        return
    seed = b"%d" % provider.settings.seed
    digest = hashlib.blake2b(body, digest_size=16, key=seed).digest()
    call = Call(route, request, provider.stats.key(key), digest)
    provider.stats.models[call.model] += 1
    note_manners(call, provider.stats)
    if call.key.secret == WRONG_KEY:
        refuse(line, route, 401, f"Incorrect API key provided: {WRONG_KEY}.")
    elif call.model == NO_SUCH_MODEL:
        refuse(line, route, 404, f"The model {NO_SUCH_MODEL} does not exist.")
    elif refusal := provider.limiter.refusal(call, provider.stats):
        limit(line, call, refusal)
    else:
        answer(line, call)


def note_manners(call: Call, stats: Stats) -> None:
    """Counts requests that came before a 429's Retry-After had passed."""
    now = time.monotonic()
    call.key.requests += 1
    call.key.early_key += now < call.key.wait_until
    call.key.early += stats.wait_until.pop(call.digest, 0.0) > now


def refuse(line: Line, route: str, status: int, message: str) -> None:
    line.provider.stats.statuses[status] += 1
    line.send(status, wire.error_body(route, status, message))


def limit(line: Line, call: Call, refusal: Refusal) -> None:
    stats = line.provider.stats
    stats.refused += 1
    stats.injected[refusal.why] += 1
    stats.statuses[429] += 1
    ask_to_wait(call, stats, refusal.why, time.monotonic() + refusal.wait_s)
    body = wire.error_body(call.route, 429, f"mock {refusal.why}")
    line.send(429, body, wire.retry_after(refusal.wait_s) + quota(line, call))


def quota(line: Line, call: Call) -> bytes:
    """The headers about the key's limits for this model."""
    settings = line.provider.settings
    if settings.lean_headers:
        return b""
    return call.key.quota(call.model).headers(settings, time.monotonic())


def ask_to_wait(call: Call, stats: Stats, why: str, until: float) -> None:
    stats.wait_until[call.digest] = until
    call.key.wait_until = max(call.key.wait_until, until)
    call.key.limited[why] += 1


def answer(line: Line, call: Call) -> None:
    """Books the call, draws its fault, words and latency, and plays the reply when it is due."""
    settings, stats = line.provider.settings, line.provider.stats
    stats.start(call.key, call.model, call.digest)
    call.attempt = stats.seen[call.digest]
    stats.seen[call.digest] += 1
    call.read()
    if call.attempt == 0:
        stats.labels[call.digest] = (call.model, call.text[-60:])
    call.fault = fault_of(call, settings)
    content = content_of(call, settings) if call.route in TALKS else Content("")
    stats.judge += content.judge
    if content.spoiled and call.fault is None:
        call.fault = "judge_malformed"
    if call.fault:
        stats.injected[call.fault] += 1
    latency = latency_of(call, settings, judged=content.judge)
    call.due = time.monotonic() + latency
    stats.planned_s += latency
    play(line, call, content)


def play(line: Line, call: Call, content: Content) -> None:
    settings, stats = line.provider.settings, line.provider.stats
    playback = line.play(call)
    call.headers = quota(line, call)
    if call.fault == "hang":
        return  # in flight until the client hangs up
    if call.fault == "drop":
        playback.drop_when_due()
    elif call.fault == "malformed":
        playback.send_when_due(200, BROKEN_JSON)
    elif call.fault is not None and call.fault.isdigit():
        status = int(call.fault)
        playback.send_when_due(status, *error(call, status, settings, stats))
    elif call.streamed:
        stats.streams += 1
        playback.stream_when_due(stream_of(call, content, settings))
    else:
        playback.send_when_due(200, replies.reply(call, content, settings))


def error(call: Call, status: int, settings: Settings, stats: Stats) -> tuple[bytes, bytes]:
    """Body and extra headers of an injected status.

    The message names the key and an address, as some providers' do: no client may pass it on.
    """
    headers = b""
    if status == 429:
        headers = wire.retry_after(settings.retry_after)
        if "retry_after" in call.directive:
            headers = b"retry-after: %b\r\n" % call.directive["retry_after"].encode()
        ask_to_wait(call, stats, "share", call.due + settings.retry_after)
    elif 300 <= status < 400:
        headers = b"location: /elsewhere/chat/completions\r\n"
    refused = call.directive.get("refuses")
    reason = f"'{refused}' is not supported with this model" if refused else f"mock {status}"
    secret = call.key.secret
    message = f"{reason}; key {secret}, see https://mock.invalid/help?{secret}"
    return wire.error_body(call.route, status, message), headers
