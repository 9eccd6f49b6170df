import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Party(NamedTuple):
    """On whose behalf calls are made; without an experiment somebody waits for them."""

    workspace: str = ""
    experiment: str = ""

    @property
    def interactive(self) -> bool:
        return not self.experiment


NOBODY = Party()
PARTY: ContextVar[Party] = ContextVar("party", default=NOBODY)
MAY_SEND: ContextVar[Callable[[], bool] | None] = ContextVar("may_send", default=None)


class NotSent(asyncio.CancelledError):
    """Who asks may do so no longer: the call was not sent, and ends as one that is cancelled."""


@contextmanager
def on_behalf_of(workspace: object, experiment: object) -> Iterator[None]:
    """Calls made inside share a provider's limits as this experiment of this workspace."""
    before = PARTY.set(Party(str(workspace), str(experiment)))
    try:
        yield
    finally:
        PARTY.reset(before)


@contextmanager
def only_while(allowed: Callable[[], bool]) -> Iterator[None]:
    """Calls made inside are sent if `allowed` says so in the moment before: it has to be cheap."""
    before = MAY_SEND.set(allowed)
    try:
        yield
    finally:
        MAY_SEND.reset(before)


def check_may_send() -> None:
    """Raises NotSent when it is too late for a call."""
    allowed = MAY_SEND.get()
    if allowed is not None and not allowed():
        raise NotSent
