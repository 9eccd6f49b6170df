"""The last look before a call leaves: who may no longer ask, sends nothing."""

import asyncio

import pytest

from app.llm.client import Options
from app.llm.limits import Gate, Governed, Limits
from app.llm.party import NotSent, only_while
from tests.llm.calling import PROVIDERS, adapter, streamed, user


async def completed(model: Governed, prompt: str) -> None:
    await model.complete(user(prompt), Options())


@pytest.mark.parametrize("how", ["complete", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_call_without_leave_is_not_sent(provider, mock, how):
    """Asked once and with a connection at hand; it ends as cancelled, and is not tried again."""
    prompt, asked = f"Nobody hears this {how} of {provider}.", []

    def leave() -> bool:
        asked.append(1)
        return False

    async def call() -> None:
        async with adapter(provider, mock.url) as model:
            governed = Governed(model, Gate(provider, Limits(concurrency=1)))
            said = streamed if how == "stream" else completed
            with only_while(leave), pytest.raises(NotSent):
                await said(governed, prompt)
            with only_while(lambda: True):  # the slot is free, and the circuit closed
                await said(governed, f"{prompt} But this.")

    asyncio.run(call())
    heard = [body["tail"] for body in mock.stats(hashes=True)["hashes"].values()]

    assert [1] == asked
    assert [f"{prompt} But this."] == [tail for tail in heard if tail.startswith(prompt)]
