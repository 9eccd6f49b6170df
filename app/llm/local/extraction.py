"""Finds the sentences of a context that answer a question."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.grounding.idf import idf
from app.grounding.text import content_words, sentences
from app.llm.local.questions import asked_kind, holds

# A sentence that opens with one of these speaks of what the sentence before it named.
_BACKWARD = re.compile(r"(?:it|they|this|these|that|those|he|she|then|otherwise)\b", re.IGNORECASE)
_BORROWED = 0.5  # what a word of the sentence before is worth to such a sentence
_WRONG_KIND = 0.7  # keeps a sentence without a price from answering "how much"


class Match(NamedTuple):
    """A sentence of the context, its place and how well it answers, 0 to 1."""

    text: str
    place: int
    score: float


def in_order(context: str) -> list[Match]:
    """The context's sentences as they come, for a prompt that asks no question."""
    texts = [" ".join(sentence.text.split()) for sentence in sentences(context)]
    return [Match(text, place, 1.0) for place, text in enumerate(texts)]


def ranked(question: str, context: str) -> list[Match]:
    """The context's sentences, best first: the IDF-weighted share of the question they hold.

    A word that many sentences of this context hold weighs less; a sentence without the kind of
    value the question asks for (money, time, a number) is marked down.
    """
    unranked = in_order(context)
    bags = [set(content_words(match.text)) for match in unranked]
    weights = _weights(question, bags)
    kind = asked_kind(question)
    matches = []
    for text, place, _ in unranked:
        before = bags[place - 1] if place and speaks_backward(text) else set()
        score = _overlap(weights, bags[place], before)
        fits = kind is None or holds(kind, text)
        matches.append(Match(text, place, score if fits else _WRONG_KIND * score))
    return sorted(matches, key=lambda match: (-match.score, match.place))


def speaks_backward(text: str) -> bool:
    """Whether the sentence needs the one before it to be understood."""
    return _BACKWARD.match(text) is not None


def _weights(question: str, bags: Sequence[set[str]]) -> dict[str, float]:
    holding = Counter(word for bag in bags for word in bag)
    return {
        word: idf(word) * math.log1p((len(bags) + 1) / (holding[word] + 1))
        for word in sorted(set(content_words(question)))  # sums do not depend on the hash seed
    }


def _overlap(weights: Mapping[str, float], bag: set[str], before: set[str]) -> float:
    total = sum(weights.values())
    if not total:
        return 0.0
    held = sum(
        weight if word in bag else _BORROWED * weight if word in before else 0.0
        for word, weight in weights.items()
    )
    return held / total
