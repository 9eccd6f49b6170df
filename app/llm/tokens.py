"""Counting what a provider did not count, and distrusting what it did."""

import math
from collections.abc import Sequence

from app.llm.client import Message, Usage

CHARACTERS_PER_TOKEN = 4  # English prose in today's vocabularies; code and other scripts take more

# More than any model reads or writes, and it fits the 32-bit columns that store it: a provider's
# nonsense number must not fail the insert of its neighbours.
MOST_TOKENS = 1_000_000_000


def estimate(text: str) -> int:
    """Tokens of a text by its length, rounded up; 0 for the empty text."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def counted(value: object) -> int | None:
    """A token count as a provider sent it, brought into [0, MOST_TOKENS]; None if it is not one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN is the number that differs from itself
        return None
    return int(min(max(value, 0), MOST_TOKENS))


def usage(
    messages: Sequence[Message],
    text: str,
    *,
    tokens_in: object = None,
    tokens_out: object = None,
    cached_in: object = None,
) -> Usage:
    """The usage of one call: the provider's numbers where it sent them, ours where it did not."""
    said_in, said_out = counted(tokens_in), counted(tokens_out)
    total_in = sum(estimate(message.content) for message in messages)
    total_in = total_in if said_in is None else said_in
    return Usage(
        tokens_in=total_in,
        tokens_out=estimate(text) if said_out is None else said_out,
        cached_in=min(counted(cached_in) or 0, total_in),
        estimated=said_in is None or said_out is None,
    )
