"""The answer of /analytics as a table: the same figures, to the last digit.

One row for each group and bucket, one for each group's whole window (bucket `total`), and one for
everything, without a group. UTF-8 with a byte order mark, as the other tables.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.analytics.schemas import Analytics, Totals
from app.golden.cells import escape

ESTIMATES = ("hallucination", "score")
PLAIN = tuple(name for name in Totals.model_fields if name not in ESTIMATES)
PARTS = ("value", "low", "high", "n")
COLUMNS = (
    "key",
    "name",
    "bucket",
    *PLAIN,
    *(f"{name}_{part}" for name in ESTIMATES for part in PARTS),
)
TOTAL = "total"


def render(found: Analytics) -> str:
    told = found.model_dump(mode="json")  # what the other door answers
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(told))
    return "\ufeff" + out.getvalue()


def _rows(told: Mapping[str, Any]) -> Iterator[list[Any]]:
    for group in told["groups"]:
        head = [escape(group["key"]), escape(group["name"])]
        for place, bucket in enumerate(told["buckets"]):
            figures = {name: group[name][place] for name in (*PLAIN, *ESTIMATES)}
            yield [*head, bucket, *_cells(figures)]
        yield [*head, TOTAL, *_cells(group["totals"])]
    yield ["", "", TOTAL, *_cells(told["totals"])]


def _cells(figures: Mapping[str, Any]) -> list[Any]:
    plain = [figures[name] for name in PLAIN]
    return plain + [cell for name in ESTIMATES for cell in _estimate(figures[name])]


def _estimate(estimate: Mapping[str, Any] | None) -> Sequence[Any]:
    if estimate is None:
        return [None] * len(PARTS)
    low, high = estimate["interval"] or (None, None)
    return [estimate["value"], low, high, estimate["n"]]
