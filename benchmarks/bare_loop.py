"""What a bare asyncio loop needs for the same calls: the floor our engine is measured against."""

import asyncio
import time

import aiohttp

CASE = "Answer the question from the context. Case {number}, run {run}."
JUDGE = {"type": "json_schema", "json_schema": {"name": "judge", "schema": {"type": "object"}}}


async def _case(
    session: aiohttp.ClientSession, slots: asyncio.Semaphore, url: str, number: int
) -> None:
    """One generation and one judge call, as a case of an experiment has."""
    text = CASE.format(number=number, run=time.monotonic_ns())
    async with slots:
        for model, extra in (("mock-gen", {}), ("mock-judge", {"response_format": JUDGE})):
            body = {"model": model, "messages": [{"role": "user", "content": text}], **extra}
            async with session.post(f"{url}/v1/chat/completions", json=body) as answer:
                answer.raise_for_status()
                await answer.read()


async def _all(url: str, cases: int, in_flight: int) -> float:
    slots = asyncio.Semaphore(in_flight)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        started = time.monotonic()
        await asyncio.gather(*(_case(session, slots, url, number) for number in range(cases)))
        return time.monotonic() - started


def wall_seconds(url: str, cases: int, in_flight: int) -> float:
    return asyncio.run(_all(url, cases, in_flight))
