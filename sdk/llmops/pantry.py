"""Which prompt to serve: fresh from memory, stale and refreshed meanwhile, asked for, or saved.

No I/O but the shelf's files: the clients ask the server. Safe for threads.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import quote

from pydantic import ValidationError

from llmops.errors import ApiError, LlmopsError, ServerAway
from llmops.prompt import Fallback, Prompt, Source, fallback_prompt
from llmops.shelf import Shelf
from llmops.wire import (
    MOST_ATTEMPTS,
    NOT_OURS,
    RETRIED,
    Answer,
    Call,
    Steps,
    answered,
    stranger,
)

log = logging.getLogger("llmops")

USUAL_TTL_S = 60.0  # where the server says nothing
PATIENCE_S = 10.0  # between two tries to refresh while the server is away


class Wanted(NamedTuple):
    """A prompt by name, and a label or the number of a version."""

    name: str
    selector: str
    ttl: float | None = None  # seconds; None is what the server says
    fallback: Fallback | None = None

    @property
    def key(self) -> str:
        return f"{self.name}@{self.selector}"


class Found(NamedTuple):
    """`prompt` may be served now; `refresh` asks for a refresh in the background."""

    prompt: Prompt | None
    refresh: bool


@dataclass(slots=True)
class Held:
    prompt: Prompt
    etag: str | None
    fetched_at: float
    max_age_s: float
    next_try: float = 0.0
    refreshing: bool = False


def wanted(
    name: str, label: str | None, version: int | Literal["latest"] | None, ttl: float | None,
    fallback: Fallback | None,
) -> Wanted:  # fmt: skip
    """`support/answer`, or with its selector `support/answer@staging`."""
    if label is not None and version is not None:
        raise LlmopsError("Say either label or version, not both.")
    plain, at, written = name.partition("@")
    if at and (label is not None or version is not None):
        raise LlmopsError(f"{name!r} names its version already; leave label and version out.")
    selector = written if at else str(version if version is not None else label or "production")
    return Wanted(plain, selector, ttl, fallback)


class Pantry:
    def __init__(self, shelf: Shelf | None, clock: Callable[[], float]) -> None:
        self._shelf = shelf
        self._clock = clock
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()

    def look(self, want: Wanted) -> Found:
        """What memory has; nothing for `ttl=0`, which always asks."""
        with self._lock:
            held = self._held.get(want.key)
            if held is None or want.ttl == 0:
                return Found(None, refresh=False)
            at = self._clock()
            ttl = held.max_age_s if want.ttl is None else want.ttl
            due = at - held.fetched_at >= ttl and at >= held.next_try and not held.refreshing
            held.refreshing |= due
            return Found(_from(held.prompt, "memory"), refresh=due)

    def fetch(self, want: Wanted) -> Steps[Prompt]:
        """Asks; in an outage the last good copy or the fallback is served.

        With one of them at hand the server is asked once; without, the usual number of times.
        """
        saved = self._saved(want)
        attempts = 1 if saved or want.fallback is not None else MOST_ATTEMPTS
        try:
            return self._keep(want, answered((yield self._call(want, attempts))))
        except (ApiError, ServerAway) as error:
            if not _is_outage(error):
                self._forget(want)
                saved = None
            if saved is None and want.fallback is None:
                raise
            log.warning("%s is served from a copy: %s", want.key, error)
            if saved is None:
                return fallback_prompt(want.name, want.fallback or "")
            return self._postpone(want, saved)

    def refresh(self, want: Wanted) -> Steps[None]:
        """In the background: what is held goes on being served when nobody answers."""
        try:
            self._keep(want, answered((yield self._call(want, 1))))
        except (ApiError, ServerAway) as error:
            log.warning("%s is stale and was not refreshed: %s", want.key, error)
            if not _is_outage(error):
                self._forget(want)
            self._rest(want)
        finally:
            with self._lock:
                if want.key in self._held:
                    self._held[want.key].refreshing = False

    def _call(self, want: Wanted, attempts: int) -> Call:
        with self._lock:
            held = self._held.get(want.key)
        seen = {"If-None-Match": held.etag} if held and held.etag else {}
        path = f"/prompts/by-name/{quote(want.name)}@{quote(want.selector, safe='')}"
        return Call(method="GET", path=path, headers=seen, attempts=attempts)

    def _keep(self, want: Wanted, answer: Answer) -> Prompt:
        with self._lock:
            before = self._held.get(want.key)
        if answer.status == 304 and before is not None:
            prompt = before.prompt
        else:
            prompt = _read(answer)
            if self._shelf is not None:
                self._shelf.put(want.key, prompt.model_dump_json(by_alias=True))
        etag, age = answer.headers.get("etag"), _max_age(answer.headers.get("cache-control", ""))
        with self._lock:
            self._held[want.key] = Held(prompt, etag, self._clock(), age)
        return prompt

    def _saved(self, want: Wanted) -> Prompt | None:
        """Of memory, else of the disk."""
        with self._lock:
            held = self._held.get(want.key)
        if held is not None:
            return _from(held.prompt, "memory")
        text = self._shelf.take(want.key) if self._shelf is not None else None
        try:
            return _from(Prompt.model_validate_json(text), "disk") if text else None
        except ValidationError:  # written by another version of this package
            return None

    def _postpone(self, want: Wanted, saved: Prompt) -> Prompt:
        """Later calls have it from memory at once; the server is asked again in a while."""
        at = self._clock() - USUAL_TTL_S
        with self._lock:
            self._held.setdefault(want.key, Held(saved, None, at, USUAL_TTL_S))
        self._rest(want)
        return saved

    def _rest(self, want: Wanted) -> None:
        """What is held is not refreshed for a while."""
        with self._lock:
            if want.key in self._held:
                self._held[want.key].next_try = self._clock() + PATIENCE_S

    def _forget(self, want: Wanted) -> None:
        """The server says that it is gone, or no longer this key's to read."""
        with self._lock:
            self._held.pop(want.key, None)
        if self._shelf is not None:
            self._shelf.drop(want.key)


def _from(prompt: Prompt, source: Source) -> Prompt:
    return prompt.model_copy(update={"source": source})


def _read(answer: Answer) -> Prompt:
    try:
        return Prompt.model_validate(answer.body)
    except ValidationError as error:  # a page to sign in to the network, say
        raise stranger(answer.status) from error


def _is_outage(error: LlmopsError) -> bool:
    """Whatever is not the platform's own word says nothing about the prompt."""
    return not isinstance(error, ApiError) or error.status in RETRIED or error.code == NOT_OURS


def _max_age(header: str) -> float:
    """Seconds of a Cache-Control header."""
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "max-age" and value.isdecimal():
            return float(value)
    return USUAL_TTL_S
