"""What is reserved for a call: never less than it may cost, whatever the script and the judge."""

import asyncio
from decimal import Decimal

import pytest

from app.evaluators.base import Case, build
from app.llm.client import Options
from app.runs.worst_case import JUDGE_TOKENS, Tariff, most_tokens, worst_judging

FLAT = Decimal("0.00001")


@pytest.mark.parametrize(("text", "least"), [("プロンプト", 5), ("提示词的质量", 6), ("a word", 2)])
def test_a_character_of_three_bytes_may_be_a_token(text, least):
    """Chinese and Japanese have about a token for each character, English for each fourth."""
    assert least <= most_tokens([text]) <= least + 1


def test_half_a_character_is_counted():
    """Half of a surrogate pair, which no UTF-8 can hold, is refused elsewhere and not here."""
    assert 2 == most_tokens(["\ud800"])


def test_a_judge_s_whole_answer_is_reserved():
    """As many tokens as the judge is really allowed to answer with."""
    asked: list[Options] = []

    async def ask(_messages, options, *, model=None):
        asked.append(options)
        raise AssertionError

    with pytest.raises(AssertionError):
        asyncio.run(
            build("answer_relevance", {}).score(Case(output="Yes.", inputs={"q": "Well?"}), ask)
        )
    price = worst_judging(Tariff(FLAT), ["openai:mock-judge"], read=100)

    assert FLAT * (JUDGE_TOKENS.tokens_in + 100 + asked[0].max_tokens) == price
