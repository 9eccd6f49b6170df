"""One JSON object per case with its scores and claims: nothing is shortened, nothing is lost.

Characters that a terminal or an editor acts on are written as JSON escapes and read back as they
were.
"""

import json
import re
from collections.abc import Iterator

from app.core.schema import plain_number
from app.reports.report import Case, Report, Score

_ACTIVE = re.compile(
    r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def render(report: Report) -> Iterator[str]:
    for case in report.cases:
        record = _case(case, report.label(case.arm))
        line = json.dumps(record, ensure_ascii=False, allow_nan=False)
        yield f"{_ACTIVE.sub(_escaped, line)}\n"


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1] if found[0] != "\x7f" else "\\u007f"


def _case(case: Case, label: str) -> dict[str, object]:
    return {
        "case_no": case.case_no,
        "arm": case.arm,
        "version": label,
        "version_number": case.version_number,
        "model": case.model,
        "example_id": str(case.example_id),
        "position": case.position,
        "repeat": case.repeat,
        "state": case.state.value,
        "input_data": case.input_data,
        "expected_output": case.expected_output,
        "output": case.output,
        "error_code": case.error_code,
        "error": case.error,
        "latency_ms": case.latency_ms,
        "tokens_in": case.tokens_in,
        "tokens_out": case.tokens_out,
        "cost_usd": None if case.cost_usd is None else plain_number(case.cost_usd),
        "cost_estimated": plain_number(case.cost_estimated),
        "scores": [_score(score) for score in case.scores],
    }


def _score(score: Score) -> dict[str, object]:
    return {
        "evaluator": score.evaluator,
        "evaluator_version": score.version,
        "state": score.state,
        "score": score.value,
        "hallucination_rate": score.hallucination_rate,
        "reason": score.reason,
        "claims": score.claims,
    }
