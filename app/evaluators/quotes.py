"""Quoting texts: finding a quote again where it is said to come from, and storing an excerpt."""

import re
import unicodedata
from typing import NamedTuple

from rapidfuzz import fuzz

# Rapidfuzz partial ratio, 0 to 100: 90 forgives a slip in every tenth character.
LIKENESS = 90.0

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Span(NamedTuple):
    """Half-open range of characters of the text as it was given."""

    start: int
    end: int


class Source:
    """A text in which quotes are looked up."""

    __slots__ = ("_folded", "_origins")

    def __init__(self, text: str) -> None:
        self._folded, self._origins = _fold(text)

    def find(self, quote: str) -> Span | None:
        """Where the quote stands, or None.

        Case, spacing and punctuation do not count. Letters may slip (`LIKENESS`); numbers may
        not: "born in 1984" is no evidence for "born in 1994", though 92 % alike.
        """
        needle, _ = _fold(quote)
        if not needle or len(needle) > len(self._folded):
            return None
        start = f" {self._folded} ".find(f" {needle} ")
        if start >= 0:
            return self._span(start, start + len(needle))
        likeliest = fuzz.partial_ratio_alignment(needle, self._folded, score_cutoff=LIKENESS)
        if likeliest is None:
            return None
        start = likeliest.dest_start
        end = start + len(self._folded[start : likeliest.dest_end].rstrip())
        if not set(_DIGITS.findall(needle)) <= set(_DIGITS.findall(self._words_at(start, end))):
            return None
        return self._span(start, end)

    def _words_at(self, start: int, end: int) -> str:
        """The whole words that a stretch touches: a cut number is another number."""
        first = self._folded.rfind(" ", 0, start) + 1
        last = self._folded.find(" ", end)
        return self._folded[first : last if last >= 0 else None]

    def _span(self, start: int, end: int) -> Span:
        return Span(self._origins[start], self._origins[end - 1] + 1)


def _fold(text: str) -> tuple[str, list[int]]:
    """The words in lower case between single spaces, and where each character came from."""
    folded: list[str] = []
    origins: list[int] = []
    for word in _WORD.finditer(text):
        if folded:
            folded.append(" ")
            origins.append(word.start())
        if word.group().isascii():  # folds letter by letter: a tenth of the time
            folded.append(word.group().lower())
            origins.extend(range(word.start(), word.end()))
            continue
        for offset, character in enumerate(word.group(), word.start()):
            plain = unicodedata.normalize("NFKC", character).casefold()
            folded.append(plain)
            origins.extend([offset] * len(plain))
    return "".join(folded), origins


def storable(text: str) -> str:
    """The text with � for what Postgres and UTF-8 cannot hold: NUL, half a surrogate pair."""
    return _UNSTORABLE.sub("\ufffd", text)


def excerpt(text: str, limit: int) -> str:
    """The storable text, cut to at most `limit` bytes of UTF-8."""
    kept = storable(text).encode()
    if len(kept) <= limit:
        return kept.decode()
    return kept[: limit - len("…".encode())].decode("utf-8", "ignore") + "…"
