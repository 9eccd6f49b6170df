"""What an exit code says, and which one a verdict or an error comes to."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.errors import AppError
from app.embedded.errors import Misconfigured

PASSED = 0
REGRESSION = 1
USAGE = 2
COULD_NOT_COMPLETE = 3  # or cannot be compared: CI may repeat it
INCONCLUSIVE = 4  # under --strict or a strict policy; 0 otherwise
INTERRUPTED = 130

BROKEN_OFF = frozenset({"failed", "cancelled"})

# A regression outweighs what could not be done, and that outweighs what nobody can know.
GRAVEST_FIRST = (INTERRUPTED, USAGE, REGRESSION, COULD_NOT_COMPLETE, INCONCLUSIVE, PASSED)


def of_ruling(ruling: str, *, strict: bool) -> int:
    """`strict` is the policy's, or the caller's; whatever is no known ruling could not complete."""
    match ruling:
        case "pass":
            return PASSED
        case "regression":
            return REGRESSION
        case "inconclusive":
            return INCONCLUSIVE if strict else PASSED
        case _:
            return COULD_NOT_COMPLETE


def of_status(status: Mapping[str, Any], *, strict: bool) -> int:
    """Of an experiment's status: the gravest of its comparisons; without any, whether it ended."""
    if status["status"] in BROKEN_OFF:
        return COULD_NOT_COMPLETE
    strict = strict or bool(status["verdict"] and status["verdict"]["strict"])
    if status["comparisons"]:
        return gravest(of_ruling(row["verdict"], strict=strict) for row in status["comparisons"])
    return PASSED if status["status"] == "completed" else COULD_NOT_COMPLETE


def decisive(status: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first of the comparisons that its code comes from; None where no comparison gave it."""
    rows = () if status["status"] in BROKEN_OFF else status["comparisons"]
    return min(rows, key=_weight, default=None)


def _weight(row: Mapping[str, Any]) -> int:
    return GRAVEST_FIRST.index(of_ruling(row["verdict"], strict=True))


def of_error(error: Exception) -> int:
    """What cannot work as it was asked, or what did not work out."""
    refused = (
        error.status < 500 if isinstance(error, AppError) else isinstance(error, Misconfigured)
    )
    return USAGE if refused else COULD_NOT_COMPLETE


def gravest(codes: Iterable[int]) -> int:
    """Raises ValueError where there is none, or one that is no code of ours: neither has passed."""
    return min(codes, key=GRAVEST_FIRST.index)
