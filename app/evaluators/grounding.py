"""Surface grounding, not a contradiction detector.

Judges, without a model or a key, how much of an output its context says. It sees added content:
words, names and numbers the context lacks. It does not see a negation, two swapped names or any
other edit that keeps the words. docs/grounding.md has the method and the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.evaluators.base import Ask, Case, Claim, Evaluator, Score, ScoreState, evaluator
from app.evaluators.check import REASON_BYTES
from app.evaluators.options import checked
from app.evaluators.quotes import excerpt
from app.grounding.support import Support, overall, support
from app.grounding.text import content_words
from app.grounding.weights import version

NAME = "grounding"
METHOD = "surface grounding, not a contradiction detector"
# A sentence of the output in a reason: enough to find it again, short enough for a table cell.
QUOTE_BYTES = 240
LISTED = 3


@evaluator(NAME)
@checked
def grounding() -> Evaluator:
    """How much of the output its context says: surface grounding, not a contradiction detector.

    value = 1 - risk (docs/grounding.md); hallucination_rate = unsupported / check-worthy
    sentences. An output that only makes small talk scores 1. Use it to rank and to compare two
    versions; a threshold needs 50 labels of your own first.
    """
    return SurfaceGrounding(version=f"1+{version()}")


@dataclass(slots=True, kw_only=True)
class SurfaceGrounding:
    version: str
    name: str = NAME
    needs_model: bool = False

    async def score(self, case: Case, ask: Ask | None) -> Score:  # noqa: ARG002 - the protocol's
        if not (case.context and case.context.strip()):
            return self._not_applicable("The example has no context to check the output against.")
        if not case.output.strip():
            return self._not_applicable("The output is empty.")
        if not content_words(case.output):
            return self._not_applicable("The output has no words to look up in the context.")
        found = support(case.output, case.context)
        worthy = [each for each in found if each.checkworthy]
        unsupported = sum(not each.supported for each in worthy)
        return Score(
            evaluator=self.name,
            evaluator_version=self.version,
            state=ScoreState.scored,
            value=1.0 - overall([each.risk for each in worthy]),
            reason=excerpt(_reason(worthy, unsupported), REASON_BYTES),
            hallucination_rate=unsupported / (len(worthy) or 1),
            claims=tuple(map(_claim, found)),
            details={
                "method": METHOD,
                "n_claims": len(worthy),
                "unsupported": unsupported,
                "abstained": not worthy,
            },
        )

    def _not_applicable(self, reason: str) -> Score:
        return Score(
            evaluator=self.name,
            evaluator_version=self.version,
            state=ScoreState.not_applicable,
            reason=reason,
            details={"method": METHOD},
        )


def _reason(worthy: Sequence[Support], unsupported: int) -> str:
    if not worthy:
        return "The output makes no statement to check."
    if not unsupported:
        return f"The context holds the words of all checked sentences ({len(worthy)})."
    worst = max(worthy, key=lambda each: each.risk)
    quote = excerpt(" ".join(worst.sentence.text.split()), QUOTE_BYTES)
    return (
        f"{unsupported} of {len(worthy)} checked sentences have no support in the context. "
        f"The worst is “{quote}”: {_lack(worst)}."
    )


def _lack(found: Support) -> str:
    """What the context lacks of a sentence, the most telling first."""
    if found.missing_numbers:
        return f"the context lacks {_listed(found.missing_numbers)}"
    if found.missing_names:
        return f"the context lacks {_listed(found.missing_names)}"
    if found.novel_spans:
        origin = found.sentence.start
        novel = [found.sentence.text[a - origin : b - origin] for a, b in found.novel_spans]
        return f"the context lacks {_listed(novel)}"
    return "the context has its words, but not together"


def _listed(parts: Sequence[str]) -> str:
    quoted = [f"“{excerpt(' '.join(part.split()), QUOTE_BYTES)}”" for part in parts[:LISTED]]
    return ", ".join(quoted) + (" and more" if len(parts) > LISTED else "")


def _claim(found: Support) -> Claim:
    verdict, reason, evidence = "not_found", f"Not found: {_lack(found)}.", None
    if not found.checkworthy:
        verdict, reason = "not_checkworthy", "This makes no statement to check."
    elif found.supported:
        verdict, reason, evidence = "supported", "The context has these words.", found.evidence
    return Claim(
        text=found.sentence.text,
        verdict=verdict,
        reason=reason,
        quote=found.sentence.text,
        evidence=evidence.text if evidence else None,
        start=found.sentence.start,
        end=found.sentence.end,
    )
