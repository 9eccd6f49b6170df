from collections.abc import Iterator
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


@contextmanager
def on_behalf_of(workspace: object, experiment: object) -> Iterator[None]:
    """Calls made inside share a provider's limits as this experiment of this workspace."""
    before = PARTY.set(Party(str(workspace), str(experiment)))
    try:
        yield
    finally:
        PARTY.reset(before)
