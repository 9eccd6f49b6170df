from typing import Annotated, NamedTuple

from pydantic import Field

from app.evaluators.base import Case, InvalidEvaluatorOptions
from app.evaluators.check import Finding, Rule, check

Limit = Annotated[int, Field(ge=0)] | None


class _Bounds(NamedTuple):
    unit: str
    least: int | None
    most: int | None

    def broken_by(self, count: int) -> str | None:
        """What is wrong with so many, or None."""
        if self.least is not None and count < self.least:
            return f"{count:,} {self.unit}, at least {self.least:,} are asked for"
        if self.most is not None and count > self.most:
            return f"{count:,} {self.unit}, at most {self.most:,} are allowed"
        return None


@check("length", version="1")
def length(
    *,
    min_words: Limit = None,
    max_words: Limit = None,
    min_characters: Limit = None,
    max_characters: Limit = None,
) -> Rule:
    """The output keeps to the limits of words and characters; words are what spaces part."""
    words = _Bounds("words", min_words, max_words)
    characters = _Bounds("characters", min_characters, max_characters)
    for bounds in (words, characters):
        if bounds.least is not None and bounds.most is not None and bounds.least > bounds.most:
            raise InvalidEvaluatorOptions(
                f"option max_{bounds.unit}: at most {bounds.most:,} and at least "
                f"{bounds.least:,} {bounds.unit} cannot both be."
            )
    limited = any(limit is not None for limit in (*words[1:], *characters[1:]))

    def judge(case: Case) -> Finding:
        if not limited:
            return Finding(None, "No limit is set; set max_words or another option.")
        text = case.output.strip()
        counts = {"words": len(text.split()), "characters": len(text)}
        broken = (bounds.broken_by(counts[bounds.unit]) for bounds in (words, characters))
        faults = [fault for fault in broken if fault]
        found = f"{counts['words']:,} words, {counts['characters']:,} characters."
        return Finding(float(not faults), "; ".join(faults) or found, counts)

    return judge
