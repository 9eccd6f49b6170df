"""One row per case and evaluator, for spreadsheets.

UTF-8 with a byte order mark. A text that a spreadsheet could run as a formula, because it begins
with `=`, `+`, `-`, `@`, a tab or a line break, has an apostrophe before it; numbers have none.
Control characters are shown, not kept: JSONL is the format that loses nothing.
"""

import csv
import json
from collections.abc import Iterator

from app.core.schema import plain_number
from app.golden.cells import escape
from app.reports.inert import plain
from app.reports.report import Case, Report, Score

COLUMNS = (
    "case_no",
    "arm",
    "version",
    "model",
    "example_id",
    "position",
    "repeat",
    "state",
    "evaluator",
    "evaluator_version",
    "evaluator_state",
    "score",
    "hallucination_rate",
    "reason",
    "input_data",
    "expected_output",
    "output",
    "error_code",
    "error",
    "latency_ms",
    "tokens_in",
    "tokens_out",
    "cost_usd",
    "cost_estimated",
)


class _Echo:
    """A file for `csv.writer` that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def render(report: Report) -> Iterator[str]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff"
    yield str(writer.writerow(COLUMNS))
    for case in report.cases:
        for score in case.scores or (None,):
            yield str(writer.writerow(_row(case, report.label(case.arm), score)))


def _row(case: Case, label: str, score: Score | None) -> list[object]:
    return [
        case.case_no,
        case.arm,
        _text(label),
        _text(case.model),
        case.example_id,
        case.position,
        case.repeat,
        case.state.value,
        _text(score.evaluator if score else None),
        _text(score.version if score else None),
        score.state if score else None,
        score.value if score else None,
        score.hallucination_rate if score else None,
        _text(score.reason if score else None),
        _text(json.dumps(case.input_data, ensure_ascii=False)),
        _text(case.expected_output),
        _text(case.output),
        _text(case.error_code),
        _text(case.error),
        case.latency_ms,
        case.tokens_in,
        case.tokens_out,
        None if case.cost_usd is None else plain_number(case.cost_usd),
        plain_number(case.cost_estimated),
    ]


def _text(text: str | None) -> str:
    return escape(None if text is None else plain(text))
