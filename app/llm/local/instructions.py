"""What a prompt asks of the form of the answer: its length, its shape and what to say if unsure."""

import re
from typing import Literal, NamedTuple

Shape = Literal["prose", "list", "json"]

DEFAULT_ABSTENTION = "I don't know."
USUAL_SENTENCES = 2
_DETAILED_SENTENCES = 5
_LISTED_SENTENCES = 3


class Instructions(NamedTuple):
    """`abstention` is what to say when the context does not answer; None if the prompt is silent.

    `fields` are the keys of the JSON object the prompt asks for.
    """

    max_sentences: int
    max_words: int | None
    shape: Shape
    abstention: str | None
    fields: tuple[str, ...]


_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_COUNT = r"(?:\d{1,3}|" + "|".join(_NUMBERS) + r"|a single|single)"
_SENTENCES = re.compile(
    rf"\b({_COUNT})(?:\s*(?:-|–|to|or)\s*({_COUNT}))?(?:\s+[a-z]{{2,12}})?[\s-]+sentences?\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:at most|no more than|not more than|under|below|fewer than|less than|up to|within|in"
    r"|about|around|maximum(?: of)?|max\.?|limit(?:ed)? (?:of|to))\s+(\d{1,4})\s+words\b"
    r"|\b(\d{1,4})\s+words\s+(?:or (?:less|fewer)|at most|maximum|max)\b"
    r"|\b(\d{1,4})-word\b",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"\b(?:in (?:full )?detail|detailed|thorough(?:ly)?|comprehensive|step by step)\b",
    re.IGNORECASE,
)
_BRIEF = re.compile(
    r"\b(?:brief(?:ly)?|concise(?:ly)?|short(?:ly)?|terse(?:ly)?|to the point)\b", re.IGNORECASE
)
_LIST = re.compile(r"\b(?:bullet(?:ed|s)?|bullet points?|as a list|numbered list)\b", re.IGNORECASE)
_JSON = re.compile(r"\bjson\b", re.IGNORECASE)
_FIELD = re.compile(r"[\"'`]([A-Za-z_]\w{0,40})[\"'`]\s*:")
_FIELD_LIST = re.compile(r"\b(?:keys?|fields?|propert(?:y|ies))\b([^.\n]{1,200})", re.IGNORECASE)
_FIELD_NAME = re.compile(r"[\"'`]([A-Za-z_]\w{0,40})[\"'`]")

_UNSURE = re.compile(
    r"\b(?:if|when|unless|where|otherwise)\b[^\n]{0,200}?"
    r"\b(?:not|no|cannot|unless|otherwise|missing|unsure|uncertain|lacks?|insufficient|unclear)\b"
    r"|\b(?:if|when)\b[^\n]{0,200}?n['’]t\b",
    re.IGNORECASE,
)
_SAY = re.compile(r"\b(?:say|reply|answer|respond|write|state|output|return|tell)\b", re.IGNORECASE)
_QUOTED = re.compile(
    r"[\"“]([^\"”\n]{2,300})[\"”]|(?<!\w)['‘]((?:[^'’\n]|(?<=\w)['’](?=\w)){2,300})['’](?!\w)"
)
_KEYWORD = re.compile(
    r"\b(?i:say|reply|answer|respond|write|output|return)(?i:\s+(?:with|only|just|exactly))*:?\s+"
    r"(?!JSON\b)([A-Z][A-Z_]{3,40})\b"
)
_ADMIT = re.compile(
    r"\b(?:do not know|don['’]t know|not known|not enough information|admit|cannot answer)\b",
    re.IGNORECASE,
)
_ORDER_TO_ADMIT = re.compile(
    r"\b(?:say|reply|answer|respond|admit|state|tell)\b[^.\n]{0,60}"
    r"\b(?:do not know|don['’]t know|not known)\b",
    re.IGNORECASE,
)
_REACH = 300


def read_instructions(text: str) -> Instructions:
    """Reads the prompt's own words, without the context it carries."""
    shape: Shape = "prose"
    if _JSON.search(text):
        shape = "json"
    elif _LIST.search(text):
        shape = "list"
    return Instructions(
        max_sentences=_sentence_limit(text, shape),
        max_words=_word_limit(text),
        shape=shape,
        abstention=_abstention(text),
        fields=_fields(text) if shape == "json" else (),
    )


def _sentence_limit(text: str, shape: Shape) -> int:
    asked = _SENTENCES.search(text)
    if asked:
        return max(1, _number(asked[2] or asked[1]))
    if _DETAIL.search(text):
        return _DETAILED_SENTENCES
    if shape == "list":
        return _LISTED_SENTENCES
    return 1 if _BRIEF.search(text) else USUAL_SENTENCES


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.get(word.lower(), 1)


def _word_limit(text: str) -> int | None:
    limits = [int(next(filter(None, found.groups()))) for found in _WORDS.finditer(text)]
    return max(1, min(limits)) if limits else None


def _fields(text: str) -> tuple[str, ...]:
    names = _FIELD.findall(text)
    for listing in _FIELD_LIST.findall(text):
        names.extend(_FIELD_NAME.findall(listing))
    return tuple(dict.fromkeys(names))


def _abstention(text: str) -> str | None:
    """The words the prompt wants from a model that cannot answer."""
    for condition in _UNSURE.finditer(text):
        rest = text[condition.start() : condition.start() + _REACH].partition("\n\n")[0]
        verb = _SAY.search(rest, condition.end() - condition.start())
        quoted = verb and _QUOTED.search(rest, verb.end())
        if quoted:
            return (quoted[1] or quoted[2]).strip()
        keyword = _KEYWORD.search(rest)
        if keyword:
            return keyword[1]
        if _ADMIT.search(rest):
            return DEFAULT_ABSTENTION
    return DEFAULT_ABSTENTION if _ORDER_TO_ADMIT.search(text) else None
