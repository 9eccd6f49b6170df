"""What kind of value a question asks for, told from its wording."""

import re
from typing import Literal

Kind = Literal["money", "time", "number"]

_WH = r"\b(?:how|what|when|which|until|within|after)\b[^?\n]{0,120}"
_ASKS: dict[Kind, re.Pattern[str]] = {
    "time": re.compile(
        r"\bhow (?:long|soon|quickly|fast|often|late|early)\b|\bwhen\b"
        r"|\b(?:what|which) (?:time|date|day)\b"
        r"|\bhow (?:many|much) (?:notice|time|minutes|hours|days|weeks|months|years)\b",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"\bhow (?:much|expensive)\b"
        rf"|{_WH}\b(?:costs?|prices?|pay|fees?|charged?)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\bhow (?:many|old|far|heavy|big|high|large|wide|tall|cold|warm|hot)\b"
        r"|\b(?:what|which) (?:capacity|size|weight|number|percentage|age|temperature)\b",
        re.IGNORECASE,
    ),
}
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "time": re.compile(
        r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|daily|once|twice|noon|midnight"
        r"|[ap]m|january|february|march|april|may|june|july|august|september|october|november"
        r"|december|(?:1\d|20)\d\d)\b",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"[€$£¥]\s?\d|\d\s?(?:euros?|dollars?|pounds?|cents?|eur|usd|gbp)\b|\bfree\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|half|once|twice)\b",
        re.IGNORECASE,
    ),
}


def asked_kind(question: str) -> Kind | None:
    """A question of time is told before one of money: "how much notice" asks for days."""
    return next((kind for kind, asks in _ASKS.items() if asks.search(question)), None)


def holds(kind: Kind, text: str) -> bool:
    """Whether the text holds a value of that kind."""
    return _HOLDS[kind].search(text) is not None
