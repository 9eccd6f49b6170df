"""Surface grounding: how much of an output its context says. Not a contradiction detector.

The output is judged sentence by sentence, each alone. Its risk is half its worst sentence and half
the mean shortfall, in which an unsupported sentence counts in full:

    risk = (max rᵢ + mean min(1, 2 rᵢ)) / 2

An unsupported sentence (rᵢ ≥ ½) is the largest term of either half, so deleting one can only lower
the risk; a plain mean or a ratio over the whole text does not have that property.
"""

from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from app.grounding.signals import Source, measure
from app.grounding.text import Sentence, sentences
from app.grounding.weights import learnt

UNSUPPORTED_FROM = 0.5


class Support(NamedTuple):
    """What the context has for one sentence of the output.

    `evidence` is the passage of the context that holds most of the sentence, weighted by how rare
    the words are, None if it holds nothing; `recall` is the share it holds. `novel_spans` are the
    stretches of words the context lacks, in characters of the output. `risk` runs from 0 (copied)
    to 1. A sentence is `supported` below ½. Small talk is not `checkworthy` and is not judged.
    """

    sentence: Sentence
    evidence: Sentence | None
    recall: float
    missing_numbers: tuple[str, ...]
    missing_names: tuple[str, ...]
    novel_spans: tuple[tuple[int, int], ...]
    supported: bool
    risk: float
    checkworthy: bool


def support(output: str, context: str) -> list[Support]:
    """The support of every sentence of the output, in order."""
    source = Source(context)
    return [_support(sentence, source) for sentence in sentences(output)]


def _support(sentence: Sentence, source: Source) -> Support:
    measured = measure(sentence, source)
    risk = learnt().risk(measured.signals) if source.sentences else 1.0
    return Support(
        sentence=sentence,
        evidence=measured.evidence,
        recall=measured.recall,
        missing_numbers=measured.missing_numbers,
        missing_names=measured.missing_names,
        novel_spans=measured.novel_spans,
        supported=risk < UNSUPPORTED_FROM,
        risk=risk,
        checkworthy=measured.checkworthy,
    )


def risk(output: str, context: str) -> float:
    """0 grounded to 1 not; 0 where the output has no sentence to check, 1 where no context is."""
    return overall([each.risk for each in support(output, context) if each.checkworthy])


def overall(risks: Sequence[float]) -> float:
    """The risk of an output from the risks of its checkworthy sentences; see the module's head."""
    if not risks:
        return 0.0
    shortfall = fsum(min(1.0, each / UNSUPPORTED_FROM) for each in risks) / len(risks)
    return (max(risks) + shortfall) / 2.0
