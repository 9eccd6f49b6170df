"""Regular expressions written by users, run by RE2 in time linear in the text."""

import re2

from app.evaluators.base import InvalidEvaluatorOptions
from app.evaluators.quotes import storable

MAX_LENGTH = 1_000

# Linear still means instructions × characters: 5,000 × 100,000 took 3.9 s on one core (8 ns
# each), so this is about one second. A usual pattern has 5 to 500 instructions.
MAX_WORK = 125_000_000


class PatternTooCostly(ValueError):
    """Running the pattern on this text would take more than about a second."""


class LinearPattern:
    """A compiled pattern; raises InvalidEvaluatorOptions for one that RE2 cannot run."""

    __slots__ = ("_compiled",)

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_LENGTH:
            raise InvalidEvaluatorOptions(
                f"The pattern has {len(pattern):,} characters; at most {MAX_LENGTH:,} are allowed."
            )
        options = re2.Options()
        options.log_errors = False
        options.never_capture = True  # we ask whether it matches, never what a group held
        try:
            self._compiled = re2.compile(pattern, options)
        except UnicodeEncodeError as error:
            raise InvalidEvaluatorOptions("The pattern is not valid Unicode text.") from error
        except re2.error as error:
            raise InvalidEvaluatorOptions(_refusal(error)) from error

    def found_in(self, text: str) -> bool:
        """Whether it matches anywhere; raises PatternTooCostly."""
        if self._compiled.programsize * len(text) > MAX_WORK:
            raise PatternTooCostly(
                f"The pattern is too large for a text of {len(text):,} characters; "
                "shorten its repetitions, for example \\pL{1,200} to \\pL+."
            )
        return self._compiled.search(storable(text)) is not None


def _refusal(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    detail = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return (
        f"The pattern cannot be run ({detail}). Patterns follow RE2: no look-around, no "
        "back-references, repetitions up to 1,000."
    )
