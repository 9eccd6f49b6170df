"""Usage → money: prices of one's own, else the lists inside genai-prices; dated, never guessed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from app.llm.client import Usage
from app.llm.registry import LOCAL, parse

FLAT_RATE = Decimal("0.00001")
MILLION = 1_000_000


class Override(NamedTuple):
    """What a model costs somebody from a day (UTC) on, in USD per million tokens."""

    valid_from: date
    input_usd: Decimal
    output_usd: Decimal


Overrides = Mapping[str, Sequence[Override]]  # by `provider:model`
NO_OVERRIDES: Overrides = MappingProxyType({})


class Price(NamedTuple):
    """What one call cost, in USD.

    `cost_usd` is None where no list knows the model: unknown is never 0. `estimated_usd` always
    holds a number to sum up, the cost itself where it is known.
    """

    cost_usd: Decimal | None
    estimated_usd: Decimal
    known: bool


def in_force(overrides: Sequence[Override], at: date) -> Override | None:
    """The newest that was valid on that day; None before the first."""
    valid = [override for override in overrides if override.valid_from <= at]
    return max(valid, key=lambda override: override.valid_from, default=None)


def price(
    model_reference: str,
    usage: Usage,
    at: date,
    *,
    flat_rate: Decimal = FLAT_RATE,
    overrides: Overrides = NO_OVERRIDES,
) -> Price:
    """The price of a call made on that day (UTC); a price of one's own goes before the lists.

    An unknown model is estimated at `flat_rate` USD a token, in and out alike. Raises UnknownModel.
    """
    provider, model = parse(model_reference)
    own = in_force(overrides.get(model_reference, ()), at)
    if own is not None:
        paid = usage.tokens_in * own.input_usd + usage.tokens_out * own.output_usd
        return Price(paid / MILLION, paid / MILLION, known=True)
    if provider == LOCAL:
        return Price(Decimal(0), Decimal(0), known=True)
    cost = listed(provider, model, usage, at)
    if cost is None:
        tokens = usage.tokens_in + usage.tokens_out
        return Price(None, tokens * flat_rate, known=False)
    return Price(cost, cost, known=True)


def listed(provider: str, model: str, usage: Usage, at: date) -> Decimal | None:
    """The price by the lists. Hugging Face prices depend on who runs the model (`model:route`)."""
    from genai_prices import Usage as PricedUsage  # noqa: PLC0415 - 0.1 s of price lists
    from genai_prices import calc_price  # noqa: PLC0415 - same

    if provider == "huggingface":
        model, _, route = model.partition(":")
        provider = f"huggingface_{route}"
    if not is_listed(provider, model):
        return None
    tokens = PricedUsage(
        input_tokens=usage.tokens_in,
        output_tokens=usage.tokens_out,
        cache_read_tokens=usage.cached_in,
    )
    noon = datetime.combine(at, time(12), tzinfo=UTC)
    try:
        found = calc_price(tokens, model, provider_id=provider, genai_request_timestamp=noon)
    except (LookupError, ValueError):  # ValueError: a list that cannot price this kind of usage
        return None
    return found.total_price


@lru_cache(1024)
def is_listed(provider: str, model: str) -> bool:
    """Kept, because the lists are searched from end to end for a model they lack: 0.3 ms."""
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 - as above

    try:
        get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        return False
    return True
