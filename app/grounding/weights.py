"""From a sentence's signals to its risk, with the weights of scripts/train_grounding.py."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from operator import mul
from pathlib import Path
from typing import Self

from app.grounding.idf import TABLE
from app.grounding.signals import SIGNALS

LEARNT = Path(__file__).with_name("weights.json")
_MISSING_NUMBER = SIGNALS.index("missing_number")


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic curve over the signals.

    `slopes` are per unit of each signal, none negative; `start` is the curve's argument for a
    sentence copied from the context.
    """

    start: float
    slopes: tuple[float, ...]

    @classmethod
    def of(cls, intercept: float, signals: Mapping[str, Mapping[str, float]]) -> Self:
        """From the weight of each signal's z-score, `weight · (signal - mean) / deviation`."""
        parts = [signals[name] for name in SIGNALS]
        slopes = tuple(part["weight"] / part["deviation"] for part in parts)
        means = [part["mean"] for part in parts]
        return cls(intercept - sum(map(mul, slopes, means)), slopes)

    def risk(self, signals: Sequence[float]) -> float:
        """0 for a copy, towards 1 for invention; never falls as a signal grows.

        (p - p₀) / (1 - p₀), where p is the curve at these signals and p₀ at a copy's. A sentence
        with a number the context lacks gets (1 + that) / 2: it is unsupported whatever the rest
        says, as nine in ten such sentences were (docs/grounding.md).
        """
        copied = _logistic(self.start)
        here = _logistic(self.start + sum(map(mul, self.slopes, signals)))
        risk = (here - copied) / (1.0 - copied)
        return (1.0 + risk) / 2.0 if signals[_MISSING_NUMBER] else risk


def _logistic(at: float) -> float:
    return 1.0 / (1.0 + exp(-at))


@cache
def learnt() -> Weights:
    """The weights in the repository."""
    stored = json.loads(LEARNT.read_text(encoding="utf-8"))
    return Weights.of(stored["intercept"], stored["signals"])


@cache
def version() -> str:
    """Eight hex digits that change with the weights and with the IDF table."""
    return hashlib.sha256(LEARNT.read_bytes() + TABLE.read_bytes()).hexdigest()[:8]
