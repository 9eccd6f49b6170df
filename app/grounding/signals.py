"""What is measured of one sentence of an output against its context.

Every signal is 0 for a sentence copied from the context and grows with what the context lacks.
A sentence is measured alone: no signal looks at its neighbours in the output.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import chain, pairwise
from math import fsum, log1p
from typing import NamedTuple

from app.grounding.idf import idf
from app.grounding.mentions import known_numbers, missing_names, missing_numbers
from app.grounding.text import WORD, Sentence, normal, root, sentences
from app.grounding.wordlists import STOP_WORDS, TALK_WORDS

SIGNALS = (
    "novel_words",  # IDF-weighted share of the content words that the context lacks
    "novel_bigrams",  # share of the neighbouring word pairs that the context lacks
    "out_of_order",  # 1 - longest common subsequence / length: ROUGE-L precision, inverted
    "no_passage",  # 1 - best IDF-weighted recall in two neighbouring sentences of the context
    "no_company",  # share of the content word pairs that no such two sentences hold together
    "missing_number",  # 1 if a number is missing from the context
    "missing_names",  # ln(1 + names missing from the context)
    "novel_run",  # ln(1 + longest run of content words that the context lacks)
)

_TALK = frozenset(map(root, TALK_WORDS))


class Measured(NamedTuple):
    """The signals of one sentence, in the order of SIGNALS, and what they were read from."""

    signals: tuple[float, ...]
    evidence: Sentence | None
    recall: float
    missing_numbers: tuple[str, ...]
    missing_names: tuple[str, ...]
    novel_spans: tuple[tuple[int, int], ...]
    checkworthy: bool


class _Window(NamedTuple):
    first: int  # the index of a sentence of the context; the window is that one and the next
    held: frozenset[str]
    mass: float


class Source:
    """A context, read once for all the sentences of an output."""

    def __init__(self, context: str) -> None:
        self.context = context
        self.sentences = sentences(context)
        rows = [[root(token) for token in WORD.findall(each.text)] for each in self.sentences]
        self.held = [frozenset(row) for row in rows]
        self.roots = list(chain.from_iterable(rows))
        self.known = frozenset(self.roots)

    @cached_property
    def bigrams(self) -> frozenset[tuple[str, str]]:
        return frozenset(pairwise(self.roots))

    @cached_property
    def numbers(self) -> frozenset[str]:
        return known_numbers(self.context)

    def windows(self, wanted: frozenset[str]) -> list[_Window]:
        """Each two neighbouring sentences that hold any of the wanted roots."""
        hits = [wanted & held for held in self.held]
        found = []
        for first, here in enumerate(hits):
            both = here | hits[first + 1] if first + 1 < len(hits) else here
            if both:
                found.append(_Window(first, both, fsum(map(idf, both))))
        return found

    def quote(self, window: _Window) -> Sentence:
        """The one sentence of the window that holds all it holds, else both."""
        pair = range(window.first, min(window.first + 2, len(self.sentences)))
        alone = [index for index in pair if window.held <= self.held[index]]
        chosen = alone[:1] or pair
        start, end = self.sentences[chosen[0]].start, self.sentences[chosen[-1]].end
        return Sentence(self.context[start:end], start, end)


def measure(sentence: Sentence, source: Source) -> Measured:
    """Measures one sentence of an output, in time proportional to the context's length."""
    tokens = list(WORD.finditer(sentence.text))
    roots = [root(token.group()) for token in tokens]
    content = [token for token in tokens if normal(token.group()) not in STOP_WORDS]
    wanted = frozenset(root(token.group()) for token in content)
    weight = fsum(map(idf, wanted)) or 1.0
    novel = [root(token.group()) not in source.known for token in content]
    novel_share = fsum(map(idf, wanted - source.known)) / weight
    windows = source.windows(wanted)
    best = max(windows, key=lambda window: window.mass, default=None)
    recall = best.mass / weight if best else 0.0
    has_figures = any(map(str.isdecimal, sentence.text))
    numbers = missing_numbers(sentence.text, source.numbers) if has_figures else ()
    names = missing_names(sentence.text, source.known)
    signals = (
        novel_share,
        _share_missing(roots, source.bigrams) if len(roots) > 1 else novel_share,
        1.0 - _common_subsequence(roots, source.roots) / len(roots),
        1.0 - recall,
        _apart(wanted, windows),
        float(bool(numbers)),
        log1p(len(names)),
        log1p(_longest_run(novel)),
    )
    return Measured(
        signals=signals,
        evidence=source.quote(best) if best else None,
        recall=recall,
        missing_numbers=numbers,
        missing_names=names,
        novel_spans=_spans(content, novel, sentence.start),
        checkworthy=not wanted <= _TALK,
    )


def _share_missing(roots: Sequence[str], bigrams: frozenset[tuple[str, str]]) -> float:
    mine = set(pairwise(roots))
    return len(mine - bigrams) / len(mine)


def _common_subsequence(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """Length of the longest common subsequence, a bit for each word (Hyyrö's recurrence)."""
    where: dict[str, int] = {}
    for index, word in enumerate(mine):
        where[word] = where.get(word, 0) | 1 << index
    full = (1 << len(mine)) - 1
    unmatched = full
    for word in theirs:
        if word in where:
            hit = unmatched & where[word]
            unmatched = (unmatched + hit | unmatched - hit) & full
    return len(mine) - unmatched.bit_count()


def _apart(wanted: frozenset[str], windows: Sequence[_Window]) -> float:
    """The share of the pairs of wanted roots that no window holds; of one root: 0 if held."""
    if len(wanted) < 2:
        return 0.0 if windows else 1.0
    bit = {word: 1 << index for index, word in enumerate(wanted)}
    company = dict.fromkeys(wanted, 0)
    for held in {window.held for window in windows}:
        mask = sum(bit[word] for word in held)
        for word in held:
            company[word] |= mask
    together = sum(mask.bit_count() - 1 for mask in company.values() if mask)
    return 1.0 - together / (len(wanted) * (len(wanted) - 1))


def _longest_run(novel: Sequence[bool]) -> int:
    longest = run = 0
    for each in novel:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest


def _spans(
    content: Sequence[re.Match[str]], novel: Sequence[bool], offset: int
) -> tuple[tuple[int, int], ...]:
    """Where the output holds runs of novel content words, in characters of the whole output."""
    spans: list[tuple[int, int]] = []
    runs_on = False
    for token, is_novel in zip(content, novel, strict=True):
        if is_novel:
            start = spans.pop()[0] if runs_on else offset + token.start()
            spans.append((start, offset + token.end()))
        runs_on = is_novel
    return tuple(spans)
