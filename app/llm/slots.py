import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Slots:
    """Lets so many be inside at once, first come, first served; the number may change.

    `on_room` is called when somebody left and nobody waits.
    """

    def __init__(self, size: int, on_room: Callable[[], None] = lambda: None) -> None:
        self.size = size
        self.inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._on_room = on_room

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        return self.inside < self.size and not self._waiting

    async def enter(self) -> None:
        if self.has_room:
            self.inside += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except BaseException:
            if not turn.cancelled():  # its turn came while the call was being cancelled
                self.leave()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def leave(self) -> None:
        self.inside -= 1
        self._admit()

    def resize(self, size: int) -> None:
        self.size = size
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self.inside < self.size:
            turn = self._waiting.popleft()
            if not turn.done():
                self.inside += 1
                turn.set_result(None)
        if self.has_room:
            self._on_room()


class Place:
    """What one task holds among slots, while there is room for it."""

    def __init__(self, slots: Slots) -> None:
        slots.inside += 1
        self._slots = slots
        self._is_held = True

    async def take(self) -> None:
        await self._slots.enter()
        self._is_held = True

    def leave(self) -> None:
        if self._is_held:
            self._is_held = False
            self._slots.leave()


MINE: ContextVar[Place | None] = ContextVar("mine", default=None)


@contextmanager
def standing_in(place: Place) -> Iterator[None]:
    """Calls made inside give up this place while they wait to be tried again."""
    before = MINE.set(place)
    try:
        yield
    finally:
        MINE.reset(before)


async def rest(seconds: float) -> float:
    """Sleeps, outside of its place if it has one; gives the seconds it then waited to be back."""
    place = MINE.get()
    if place is None:
        await asyncio.sleep(seconds)
        return 0.0
    place.leave()
    await asyncio.sleep(seconds)
    over = asyncio.get_running_loop().time()
    await place.take()
    return asyncio.get_running_loop().time() - over
