"""Usage → money, from the price lists inside genai-prices: dated, offline, never guessed."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from app.llm.client import Usage
from app.llm.registry import LOCAL, parse

FLAT_RATE = Decimal("0.00001")


class Price(NamedTuple):
    """What one call cost, in USD.

    `cost_usd` is None where no list knows the model: unknown is never 0. `estimated_usd` always
    holds a number to sum up, the cost itself where it is known.
    """

    cost_usd: Decimal | None
    estimated_usd: Decimal
    known: bool


def price(model_reference: str, usage: Usage, at: date, *, flat_rate: Decimal = FLAT_RATE) -> Price:
    """The price of a call made on that day (UTC).

    An unknown model is estimated at `flat_rate` USD a token, in and out alike. Raises UnknownModel.
    """
    provider, model = parse(model_reference)
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
