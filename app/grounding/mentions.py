"""The numbers and names a text states, and which of them another text lacks."""

import re
from collections.abc import Iterator
from itertools import pairwise

from app.grounding.text import LIST_MARKER, WORD, normal, root
from app.grounding.wordlists import COUNTING, MONTHS, ORDINALS, SCALES, STOP_WORDS

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)
_SCALED = re.compile(r"([\d.]+)(k|m|bn)")
_INSIDE_A_NAME = frozenset({"", "-", ".", "&"})


def known_numbers(text: str) -> frozenset[str]:
    """Every number a text gives, in each form an output may repeat it.

    "5 million" is 5 and 5000000, "thirty-five" is 30, 5 and 35, "August 3" and "1994-08-03" both
    hold 8 and 3, "third" is 3rd (and not 3).
    """
    found: set[str] = set()
    tokens = [word.lower() for word in WORD.findall(text)]
    for here, after in pairwise([*tokens, ""]):
        if here[0].isdecimal():
            found.update(_forms(here, after))
            if after in MONTHS:
                found.add(str(MONTHS[after]))
        elif here in COUNTING or here == "one":
            found.update(_spelled(here, after))
        elif here in ORDINALS:
            found.add(f"{ORDINALS[here]}th")
        elif here in MONTHS and after[:1].isdecimal():
            found.add(str(MONTHS[here]))
    return frozenset(found)


def missing_numbers(sentence: str, known: frozenset[str]) -> tuple[str, ...]:
    """The numbers written in figures that are in no form among `known`, as written.

    A list number at the head of the sentence ("2. Then …") is not a number of the sentence.
    """
    marker = LIST_MARKER.match(sentence)
    opens = marker.end() if marker and marker.end() < len(sentence) else 0
    tokens = WORD.findall(sentence, opens)
    missing = [
        here
        for here, after in pairwise([*tokens, ""])
        if here[0].isdecimal() and known.isdisjoint(_forms(here.lower(), after.lower()))
    ]
    return tuple(dict.fromkeys(missing))


def _forms(token: str, after: str) -> Iterator[str]:
    """The ways a token that starts with a digit may be matched; the word after it may scale it."""
    if _ORDINAL.fullmatch(token):
        yield token[:-2].lstrip("0") + "th"
    scaled = _SCALED.fullmatch(token)
    scale = SCALES.get(scaled.group(2) if scaled else after, 1)
    for digits in _DIGITS.findall(token.replace(",", "")):
        yield normal(digits)
        if scale > 1:
            yield normal(f"{float(digits) * scale:.2f}")


def _spelled(word: str, after: str) -> Iterator[str]:
    value = COUNTING.get(word, 1)
    yield str(value)
    yield str(value * SCALES.get(after, 1))
    if value % 10 == 0 and 0 < (unit := COUNTING.get(after, 1 if after == "one" else 0)) < 10:
        yield str(value + unit)


def missing_names(sentence: str, known: frozenset[str]) -> tuple[str, ...]:
    """The capitalised names of a sentence with a word whose stem is not among `known`."""
    missing = [
        sentence[name[0].start() : name[-1].end()]
        for name in _names(sentence)
        if any(len(part.group()) > 1 and root(part.group()) not in known for part in name)
    ]
    return tuple(dict.fromkeys(missing))


def _names(sentence: str) -> Iterator[list[re.Match[str]]]:
    """Runs of capitalised words; the sentence's first word only where it is surely a name."""
    run: list[re.Match[str]] = []
    found = list(WORD.finditer(sentence))
    for word in found:
        joins = run and sentence[run[-1].end() : word.start()].strip() in _INSIDE_A_NAME
        if run and not (joins and _is_capitalised(word)):
            yield from _sure(run, opens=run[0] is found[0])
            run = []
        if _is_capitalised(word):
            run.append(word)
    if run:
        yield from _sure(run, opens=run[0] is found[0])


def _is_capitalised(word: re.Match[str]) -> bool:
    text = word.group()
    return text[0].isupper() and normal(text) not in STOP_WORDS


def _sure(run: list[re.Match[str]], *, opens: bool) -> Iterator[list[re.Match[str]]]:
    if not opens or len(run) > 1 or any(sign.isupper() for sign in run[0].group()[1:]):
        yield run
