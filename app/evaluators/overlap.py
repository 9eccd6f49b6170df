"""How much of the expected wording the output shares, by the measures papers report.

All are computed by the libraries the papers use, on one sentence or document against one
reference, and scaled to 0 to 1. They compare wording, not meaning.
"""

import re
from typing import Literal

from app.evaluators.base import Case
from app.evaluators.check import NOTHING_EXPECTED, Finding, Rule, check, expected_of

# ROUGE-L fills a table of output words by expected words in Python: 4 million took 0.5 s.
MAX_CELLS = 4_000_000

_WORD = re.compile(r"[^\W_]+")


class _Words:
    """Google's tokenizer for ROUGE, which knows a to z only, extended to every script."""

    def tokenize(self, text: str) -> list[str]:
        return _WORD.findall(text.lower())


@check("rouge", version="1")
def rouge(*, variant: Literal["rouge1", "rouge2", "rougeL"] = "rougeL") -> Rule:
    """Words, pairs of words or the longest common run of words shared with the expected output.

    The F-measure of ROUGE-1, ROUGE-2 or ROUGE-L (rouge-score, without stemming).
    """

    def judge(case: Case) -> Finding:
        from rouge_score.rouge_scorer import (  # type: ignore[import-untyped] # noqa: PLC0415 - it imports NLTK, 1 s that only its users wait for
            RougeScorer,
        )

        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        words = _Words()
        got, wanted = len(words.tokenize(case.output)), len(words.tokenize(expected))
        if wanted < (2 if variant == "rouge2" else 1):
            return Finding(None, f"The expected output has too few words for {variant}.")
        if got * wanted > MAX_CELLS:
            return Finding(None, f"{got:,} words by {wanted:,} are too many to compare.")
        measured = RougeScorer([variant], tokenizer=words).score(expected, case.output)[variant]
        return Finding(
            measured.fmeasure,
            f"{variant} {measured.fmeasure:.3f} (precision {measured.precision:.3f}, "
            f"recall {measured.recall:.3f}).",
            {"precision": measured.precision, "recall": measured.recall},
        )

    return judge


@check("bleu", version="1")
def bleu(*, tokenize: Literal["13a", "intl", "char", "zh", "none"] = "13a") -> Rule:
    """Runs of one to four words shared with the expected output, short outputs penalised.

    Sentence BLEU (sacreBLEU: exponential smoothing, effective order).
    """

    def judge(case: Case) -> Finding:
        from sacrebleu import sentence_bleu  # noqa: PLC0415 - a fifth of a second for its users

        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        found = sentence_bleu(case.output, [expected], tokenize=tokenize).score
        return _percent("BLEU", found)

    return judge


@check("chrf", version="1")
def chrf(*, word_order: Literal[0, 2] = 0) -> Rule:
    """Runs of one to six characters shared with the expected output.

    chrF, with `word_order` 2 chrF++ (sacreBLEU); fairer than BLEU to rich word forms.
    """

    def judge(case: Case) -> Finding:
        from sacrebleu import sentence_chrf  # noqa: PLC0415 - a fifth of a second for its users

        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        found = sentence_chrf(case.output, [expected], word_order=word_order).score
        return _percent("chrF++" if word_order else "chrF", found)

    return judge


def _percent(name: str, score: float) -> Finding:
    """The library's 0 to 100, of which a rounding error may take it past the end."""
    value = min(1.0, max(0.0, score / 100))
    return Finding(value, f"{name} {value:.3f}.")
