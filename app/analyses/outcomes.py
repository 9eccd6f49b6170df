"""What a probe came to, and how far it may be believed."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.core.schema import Output
from app.models import Ruling
from app.verdicts.parts import Interval
from app.verdicts.schemas import Verdict


class Outcome(StrEnum):
    """A probe against the good version."""

    regressed = "regressed"
    not_worse = "not_worse"
    unknown = "unknown"  # the examples and repeats at hand do not tell
    unresolved = "unresolved"  # the text is no prompt, so that it says nothing


OUTCOME_OF = {Ruling.regression: Outcome.regressed, Ruling.passed: Outcome.not_worse}


class Probe(Output):
    """One text against the good version, once it is decided."""

    what: str = Field(description="`v4`, or `v2 + hunks 1, 3`.")
    outcome: Outcome
    ruling: Ruling | None
    sentence: str
    difference: float | None
    interval: Interval | None
    p_value: float | None = Field(description="One-sided: is it worse than the good version?")
    n_pairs: int
    repeats: int
    chance_of_error: float = Field(description="That the outcome is not the truth.")
    reused: bool = Field(description="Stored results sufficed; nothing was called for it.")
    calls: int
    experiment_ids: list[UUID]


class Doubt(Output):
    """A decision the answer rests on."""

    what: str
    outcome: Outcome
    chance_of_error: float


class Sureness(Output):
    """The chance that the answer is right: 1 minus the chances of error it rests on.

    The sum bounds the chance that any of them is wrong (Boole), whatever they share.
    """

    value: float
    rests_on: list[Doubt]
    assumes: str


def chance_of_error(verdict: Verdict) -> float:
    """How often a decision this clear would be wrong, from the p-values of the gating metrics.

    A regression: the smallest Holm-adjusted p-value among those that say worse; alpha where a
    critical example or a limit decided. A pass: alpha, the level of the intersection-union test.
    Neither: 1 - p for the smallest unadjusted p, at least alpha; no bound but a plain reading of
    how well "no worse" fits, and 1 where nothing could be measured.
    """
    gating = [row for row in verdict.metrics if row.gating]
    alpha = verdict.policy.policy.alpha
    match verdict.verdict:
        case Ruling.regression:
            worse = [row.adjusted_p for row in gating if row.worse and row.adjusted_p is not None]
            return min(worse, default=alpha)
        case Ruling.passed:
            return alpha
        case _:
            least = min((row.p_value for row in gating if row.p_value is not None), default=0.0)
            return max(alpha, 1 - least)


def sureness(probes: list[Probe], assumes: str) -> Sureness:
    """Of an answer that is right unless one of these decisions is wrong."""
    doubts = [
        Doubt(what=probe.what, outcome=probe.outcome, chance_of_error=probe.chance_of_error)
        for probe in probes
    ]
    wrong = sum(doubt.chance_of_error for doubt in doubts)
    return Sureness(value=max(0.0, 1 - wrong), rests_on=doubts, assumes=assumes)
