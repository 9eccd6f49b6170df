"""What a case may cost before it is run: what is reserved for it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.clock import now
from app.evaluators.base import build
from app.evaluators.judge import MAX_TOKENS
from app.judges.own_model import judge_model_of
from app.llm.client import Options, Usage
from app.llm.pricing import FLAT_RATE, NO_OVERRIDES, Overrides, Price, price

BYTES_A_TOKEN = 3  # English has four, code fewer; a Chinese character is three bytes of UTF-8
JUDGE_TOKENS = Usage(tokens_in=900, tokens_out=MAX_TOKENS)  # its instructions, its whole answer


class Tariff(NamedTuple):
    """How calls are priced in a workspace."""

    flat_rate: Decimal = FLAT_RATE
    overrides: Overrides = NO_OVERRIDES

    def price(self, model: str, usage: Usage) -> Price:
        """Of a call made today."""
        at = now().date()
        return price(model, usage, at, flat_rate=self.flat_rate, overrides=self.overrides)


def judges_of(evaluators: Sequence[Mapping[str, Any]], judge_model: str) -> list[str]:
    """The models that judging one case asks, one for each call."""
    models: list[str] = []
    for entry in evaluators:
        calls = getattr(build(entry["name"], entry["options"]), "calls", 0)
        panel = entry["options"].get("models") or [judge_model_of(entry, judge_model)]
        for model in panel:
            models += [model] * (calls // len(panel))
    return models


def worst_case(
    tariff: Tariff,
    *,
    model: str,
    parameters: Mapping[str, Any],
    texts: Sequence[object],
    judges: Sequence[str] = (),
) -> Decimal:
    """USD for the longest answer to these texts, and for every judge reading both.

    Where a price is unknown, the flat rate's estimate counts.
    """
    asked = most_tokens(texts)
    longest = int(parameters.get("max_tokens") or Options().max_tokens)
    answer = tariff.price(model, Usage(tokens_in=asked, tokens_out=longest))
    return answer.estimated_usd + worst_judging(tariff, judges, read=asked + longest)


def worst_judging(tariff: Tariff, judges: Sequence[str], *, read: int) -> Decimal:
    """USD for every judge's longest answer to a case of `read` tokens."""
    tokens_in, tokens_out = JUDGE_TOKENS.tokens_in + read, JUDGE_TOKENS.tokens_out
    usage = Usage(tokens_in=tokens_in, tokens_out=tokens_out)
    calls = [tariff.price(judge, usage) for judge in judges]
    return sum((call.estimated_usd for call in calls), Decimal(0))


def most_tokens(texts: Sequence[object]) -> int:
    """Of text in any script, as bytes of UTF-8 count it."""
    size = sum(len(str(part).encode(errors="surrogatepass")) for part in texts)
    return size // BYTES_A_TOKEN + 1
