"""Places among slots: what is done while a call waits to be tried again."""

import asyncio

from app.llm.client import Options
from app.llm.limits import Gate, Governed, Limits
from app.llm.slots import Place, Slots, standing_in
from tests.llm import virtual_time
from tests.llm.scripted import PROMPT, Scripted, broken

LIMITS = Limits(first_wait_s=1.0, deadline_s=60)


def works(model: Scripted, cases: int, size: int) -> Slots:
    """Cases of one call each, begun as soon as there is room; the slots afterwards."""

    async def run():
        free = asyncio.Event()
        slots = Slots(size, on_room=free.set)
        asking = Governed(model, Gate("openai", LIMITS))

        async def case(place):
            with standing_in(place):
                await asking.complete(PROMPT, Options())

        tasks = []
        for _ in range(cases):
            while not slots.has_room:
                free.clear()
                await free.wait()
            place = Place(slots)
            tasks.append(asyncio.ensure_future(case(place)))
            tasks[-1].add_done_callback(lambda _, place=place: place.leave())
        await asyncio.gather(*tasks)
        return slots

    return virtual_time.run(run())


def test_another_case_begins_while_a_call_waits_to_be_tried_again():
    """The second is asked long before the first one's second try, and both end."""
    model = Scripted(broken(), takes_s=0.1)
    works(model, cases=2, size=1)
    first, second, again = model.calls

    assert second - first < 0.2
    assert again - first > 0.5


def test_calls_in_flight_are_never_more_than_the_slots():
    """However many come back from a wait at once; at the end every place is free."""
    model = Scripted(*[broken(), None, None] * 20, takes_s=0.4)
    slots = works(model, cases=30, size=4)

    assert 4 == model.most_in_flight
    assert (0, 0) == (slots.inside, slots.waiting)


def test_a_case_cancelled_while_it_rests_leaves_no_place_behind():
    """Its place was free already, and is not given back twice."""

    async def run():
        slots = Slots(1)
        place = Place(slots)
        asking = Governed(Scripted(broken()), Gate("openai", LIMITS))

        async def case():
            with standing_in(place):
                await asking.complete(PROMPT, Options())

        task = asyncio.ensure_future(case())
        await asyncio.sleep(0.1)
        free_meanwhile = slots.has_room
        task.cancel()
        await asyncio.wait({task})
        place.leave()
        return free_meanwhile, slots.inside

    assert (True, 0) == virtual_time.run(run())
