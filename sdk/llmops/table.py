"""Results as a table of pandas, which is imported only here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmops.errors import MissingPackage
from llmops.models import CaseResult

if TYPE_CHECKING:
    import pandas as pd


def to_pandas(rows: Sequence[CaseResult]) -> "pd.DataFrame":
    """One row per case and evaluator; what is missing stays missing."""
    try:
        import pandas as pd  # noqa: PLC0415 - optional, and 0.5 s
    except ImportError as error:
        raise MissingPackage("pandas", "A table", "pandas") from error
    return pd.DataFrame([row.model_dump() for row in rows], columns=list(CaseResult.model_fields))
