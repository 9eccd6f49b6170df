"""Numbers in prose: "-$1,250.50", "12.5 %", "3.2 × 10^5", "1.5 million", "5 km".

A number glued to another by one of `- / : , . ^`, or to a group of three digits by a space, belongs
to something else (a range, a date, a ratio, a power, a table) and is not read: no number is better
than the wrong one.
"""

import math
import re
from dataclasses import dataclass
from typing import Literal

# unit → (what it measures, factor to that measure's first unit)
_UNITS: dict[str, tuple[str, float]] = {
    "%": ("share", 0.01), "percent": ("share", 0.01), "per cent": ("share", 0.01),
    "$": ("dollar", 1.0), "dollar": ("dollar", 1.0), "dollars": ("dollar", 1.0),
    "usd": ("dollar", 1.0),
    "€": ("euro", 1.0), "euro": ("euro", 1.0), "euros": ("euro", 1.0), "eur": ("euro", 1.0),
    "£": ("sterling", 1.0), "gbp": ("sterling", 1.0),
    "¥": ("yen", 1.0), "yen": ("yen", 1.0), "jpy": ("yen", 1.0),
    "mm": ("length", 0.001), "cm": ("length", 0.01), "m": ("length", 1.0), "km": ("length", 1e3),
    "mg": ("mass", 1e-6), "g": ("mass", 1e-3), "kg": ("mass", 1.0), "t": ("mass", 1e3),
    "ms": ("time", 1e-3), "s": ("time", 1.0), "min": ("time", 60.0), "h": ("time", 3600.0),
    "seconds": ("time", 1.0), "minutes": ("time", 60.0), "hours": ("time", 3600.0),
    "ml": ("volume", 1e-3), "l": ("volume", 1.0),
    "kB": ("data", 1e3), "MB": ("data", 1e6), "GB": ("data", 1e9), "TB": ("data", 1e12),
    "°C": ("celsius", 1.0), "°F": ("fahrenheit", 1.0),
}  # fmt: skip
_SCALES = {
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "k": 1e3, "K": 1e3, "M": 1e6, "bn": 1e9, "B": 1e9,
}  # fmt: skip


def _any_of(words: list[str]) -> str:
    """Alternatives, longest first; words of three letters and more in any case."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(f"(?i:{re.escape(w)})" if len(w) > 2 else re.escape(w) for w in ordered)


_QUANTITY = re.compile(
    rf"""
    (?<!\w) (?<!\w[-–−]) (?<!\d[.,/:^]) (?<!\d[ ](?=\d{{3}}(?!\d)))
    (?P<sign>[-+−])?
    (?:(?P<currency>[$€£¥])\s?)?
    (?P<inner_sign>[-−])?
    (?:
        (?P<digits>(?:\d{{1,3}}(?:[,'’_\u00a0\u202f]\d{{3}})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)
        (?:[eE](?P<exponent>[-+]?\d{{1,4}}))?
        (?:\s?[×x*·]\s?10\^(?P<power>[-+−]?\d{{1,4}}))?
    )
    (?:\s?(?P<word_scale>{_any_of([s for s in _SCALES if len(s) > 2])})(?!\w)
      |(?P<scale>{_any_of([s for s in _SCALES if len(s) <= 2])})(?!\w))?
    (?:\s?(?P<unit>{_any_of(list(_UNITS))})(?![\w/^²³]))?
    (?!\w|[-–−.,/:^]\d|[ ]\d{{3}}(?!\d))
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """`number` as written, signs and scale words applied; `measure` is None without a unit."""

    number: float
    measure: str | None = None
    factor: float = 1.0

    def close_to(self, other: "Quantity", *, rel_tol: float, abs_tol: float) -> bool:
        """math.isclose in common units. A missing unit fits any; a different measure none."""
        ours, theirs = self.number, other.number
        if self.measure and other.measure:
            if self.measure != other.measure:
                return False
            ours, theirs = ours * self.factor, theirs * other.factor
        return math.isclose(ours, theirs, rel_tol=rel_tol, abs_tol=abs_tol)

    def __str__(self) -> str:
        return f"{self.number:g}" + (f" ({self.measure})" if self.measure else "")


def find_quantity(text: str, pick: Literal["first", "last"]) -> Quantity | None:
    """The first or last finite number of the text, or None."""
    found = [quantity for match in _QUANTITY.finditer(text) if (quantity := _read(match))]
    if not found:
        return None
    return found[0] if pick == "first" else found[-1]


def _read(match: re.Match[str]) -> Quantity | None:
    digits = re.sub(r"[^\d.]", "", match["digits"])
    exponent = int(match["exponent"] or 0) + int((match["power"] or "0").replace("−", "-"))
    number = float(f"{digits}e{exponent}")
    number *= _SCALES.get(match["scale"] or (match["word_scale"] or "").lower(), 1.0)
    if (match["sign"] or match["inner_sign"] or "+") != "+":
        number = -number
    unit = match["unit"] or ""
    if match["currency"]:
        number, unit = number * (1e6 if unit == "m" else 1.0), match["currency"]  # "$5m"
    if not math.isfinite(number):
        return None
    measure, factor = _UNITS.get(unit) or _UNITS.get(unit.lower()) or (None, 1.0)
    return Quantity(number, measure, factor)
