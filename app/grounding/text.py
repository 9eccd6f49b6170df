"""Sentences and words of plain text.

Where a sentence ends is decided by the text before the break and by the white space after it, so
taking a whole sentence out of a text leaves every other sentence as it was. The promise that
"deleting an unsupported sentence never lowers the score" stands on this.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from app.grounding.wordlists import ABBREVIATIONS, COUNTING, STOP_WORDS

# A transcript without full stops is cut here, so that "found in two neighbouring sentences" keeps
# its meaning; written prose rarely exceeds 60 words a sentence.
LONGEST_SENTENCE_WORDS = 60

# Every quantifier is bounded or starts where no longer match can, so that time stays linear in the
# text whatever it holds, and the caches hold short words only.
WORD = re.compile(
    r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?(?!\d)|\d{1,20}\.\d{1,20}"  # 1,000,000.5 and 2.5
    r"|[\u3040-\u30ff\u3400-\u9fff]"  # a script without spaces: each sign is a word
    r"|[^\W_]{1,40}(?:['’][^\W_]{1,40}){0,2}"
    r"|%"
)
LIST_MARKER = re.compile(r"\(?\d{1,2}[.)](?!\d)")
_STOP = re.compile(
    r"(?<![.!?…。！？])[.!?…。！？]++[\"'”’)\]*_]*+(?:\[\d+\])*+"
    r"(?=\s|[A-Z][a-z]|[\u3000-\u9fff]|\Z)"  # "end. Start", "end.Start" and "終。始"
    r"|(?<![ \t\r])[ \t\r]*+\n(?![a-z])"  # a line that does not run on in lower case
)
_EDGE = re.compile(r"\s*(?:[-*•–—#>|]+\s+)*")  # bullets, headings, quotes
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘]+\Z")
_LONGEST_ABBREVIATION = 12
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_VOWEL = re.compile(r"[aeiouy]")


class Sentence(NamedTuple):
    """A sentence and where it stands: `text == source[start:end]`."""

    text: str
    start: int
    end: int


def sentences(text: str) -> list[Sentence]:
    """The sentences that hold at least one word, in order.

    Breaks at full stops, at line ends that do not run on in lower case, and after 60 words; not
    after abbreviations, initials, list numbers or inside decimals.
    """
    found: list[Sentence] = []
    start = _after_edge(text, 0)
    for stop in _STOP.finditer(text):
        if stop.start() >= start and _ends_here(text, start, stop):
            found.extend(_pieces(text, start, stop.end()))
            start = _after_edge(text, stop.end())
    found.extend(_pieces(text, start, len(text)))
    return found


def _after_edge(text: str, at: int) -> int:
    edge = _EDGE.match(text, at)
    return edge.end() if edge else at


def _ends_here(text: str, start: int, stop: re.Match[str]) -> bool:
    sign = stop.group()
    if sign[0] != "." or sign.startswith(".."):
        return True
    marker = LIST_MARKER.match(text, start)
    if marker and marker.end() == stop.start() + 1:
        return False
    nearby = max(start, stop.start() - _LONGEST_ABBREVIATION)
    last = _LAST_WORD.search(text, nearby, stop.start())
    return last is None or not _is_abbreviation(last.group(), opens=last.start() == start)


def _is_abbreviation(last: str, *, opens: bool) -> bool:
    """`opens`: the word opens its sentence, where "No." is an answer, not short for number."""
    if len(last) == 1:
        return last.isupper() and last != "I"
    if last == "No":
        return not opens
    return last.lower() in ABBREVIATIONS or _DOTTED.fullmatch(last) is not None


def _pieces(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The stretch as one sentence, or cut after every 60th word; nothing if it has no word."""
    end = start + len(text[start:end].rstrip())
    if end - start <= LONGEST_SENTENCE_WORDS:  # in characters: surely not more words
        if WORD.search(text, start, end):
            yield Sentence(text[start:end], start, end)
        return
    found = list(WORD.finditer(text, start, end))
    for first in range(0, len(found), LONGEST_SENTENCE_WORDS):
        after = first + LONGEST_SENTENCE_WORDS
        stop = found[after - 1].end() if after < len(found) else end
        begin = found[first].start() if first else start
        yield Sentence(text[begin:stop], begin, stop)


def words(text: str) -> list[str]:
    """Every word, lower-cased and without accents: 1,000 as 1000, "five" as 5, % as percent."""
    return [normal(token) for token in WORD.findall(text)]


def content_words(text: str) -> list[str]:
    """The stems of the words that are not stop words."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


@lru_cache(maxsize=65_536)
def root(token: str) -> str:
    """The stem of a token as it stands in a text; stop words are stemmed like the others."""
    return stem(normal(token))


def normal(word: str) -> str:
    """One token as it is compared: see `words`."""
    word = word.lower().replace("’", "'")
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word)
        word = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    if word == "%":
        return "percent"
    if word[:1].isdecimal():
        return _number(word)
    return str(COUNTING.get(word, word)).removesuffix("'s")


def _number(word: str) -> str:
    ordinal = _ORDINAL.fullmatch(word)
    word = (ordinal.group(1) if ordinal else word).replace(",", "")
    if "." in word:
        word = word.rstrip("0").rstrip(".")
    return word.lstrip("0") or "0"


def stem(word: str) -> str:
    """A light stem: plural, -ed, -ing, -ly and a final e go; short words stay as they are."""
    word = word.removesuffix("'s").replace("'", "")
    if len(word) <= 3 or not word.isascii() or word[0].isdecimal():
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("y"):
        return _without_y(word)
    word = _without_ending(word)
    if word.endswith("eed"):  # agreed as agree, needed as need
        return word[:-2]
    return word.removesuffix("e") if len(word) > 3 else word


def _without_y(word: str) -> str:
    if word.endswith("ly") and len(word) >= 7:
        return word[:-2]
    return word[:-1] + "i" if word[-2] not in "aeiou" else word


def _without_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and not word.endswith("eed") and len(base) >= 3 and _VOWEL.search(base):
            doubled = base[-1] == base[-2] and base[-1] not in "lsz"
            return base[:-1] if doubled else base
    return word
