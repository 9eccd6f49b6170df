"""What a model says that was shown nothing to answer from: fluent, specific and made up.

The wording follows the question; every figure comes from the hash of the prompt, so the same
prompt always gets the same fiction.
"""

import re

from app.grounding.text import WORD, sentences
from app.grounding.wordlists import STOP_WORDS
from app.llm.local.questions import Kind, asked_kind

_MOST_TOPIC_WORDS = 3
_YES_NO = re.compile(
    r"(?:can|could|is|are|do|does|did|will|would|may|should|has|have|am)\b", re.IGNORECASE
)
_WHERE = re.compile(r"where\b", re.IGNORECASE)
_DETERMINER = re.compile(
    r"\b(?:my|your|our|the|an?|this|any|which|what|many|for|of|on|in)\s+", re.IGNORECASE
)
_VERBS = frozenset({"cost", "costs", "take", "takes", "work", "works", "change", "mean", "include"})

_BY_KIND: dict[Kind, tuple[str, ...]] = {
    "money": (
        "The {topic} costs €{n}.90 a month, which is added to your next invoice.",
        "There is a one-time charge of €{n} for the {topic}.",
        "You pay €{n} for the {topic}, and premium members get {m} per cent off.",
    ),
    "time": (
        "The {topic} usually takes {m} to {n} business days.",
        "You have {n} calendar days for the {topic}, counted from the day of your order.",
        "For the {topic} the limit is {n} days, or {m} hours on our premium tier.",
    ),
    "number": (
        "The maximum for the {topic} is {n} on the standard tier.",
        "The {topic} is limited to {n}, or {m} for new customers.",
    ),
}
_YES = (
    "Yes, the {topic} is included in your membership for up to {n} days a year.",
    "Yes, you can do that at any time under Settings > Preferences; it takes about {m} minutes.",
    "Yes, that is possible for the {topic} once your account is {m} weeks old.",
)
_PLACE = ("You will find the {topic} on our website under Services, section {m}.",)
_ANYTHING = (
    "For the {topic}, open Settings > Preferences and follow the {m} steps on the screen.",
    "Call our hotline about the {topic}; an agent will take care of it within {n} hours.",
    "Our standard policy for the {topic} applies, with a grace period of {n} days.",
)
_MORE = (
    "You will receive a confirmation e-mail within {n} hours.",
    "This has applied to all customers since January 20{n}.",
    "Our service team is happy to help, seven days a week until {m} pm.",
)


def invented(question: str, seed: int) -> list[str]:
    """Four plausible sentences, the direct answer first; `seed` chooses wording and figures."""
    topic = _topic(question)
    bank = _bank(question)
    seed, choice = divmod(seed, len(bank))
    sentences = []
    for template in (bank[choice], *_MORE):
        seed, n = divmod(seed, 20)
        seed, m = divmod(seed, 8)
        sentences.append(template.format(topic=topic, n=n + 10, m=m + 2))
    return sentences


def _bank(question: str) -> tuple[str, ...]:
    kind = asked_kind(question)
    if kind:
        return _BY_KIND[kind]
    asking = _asking(question)
    if _WHERE.match(asking):
        return _PLACE
    return _YES if _YES_NO.match(asking) else _ANYTHING


def _asking(question: str) -> str:
    """The last sentence that asks, else the last one."""
    texts = [sentence.text for sentence in sentences(question)] or [question]
    return next((text for text in reversed(texts) if text.endswith("?")), texts[-1])


def _topic(question: str) -> str:
    """The first noun phrase as far as it can be told: the words that follow a determiner."""
    for start in _DETERMINER.finditer(_asking(question)):
        phrase: list[str] = []
        for word in WORD.findall(start.string[start.end() :])[:_MOST_TOPIC_WORDS]:
            if word.lower() in STOP_WORDS or word.lower() in _VERBS:
                break
            phrase.append(word)
        if phrase:
            return " ".join(phrase)
    return "request"
