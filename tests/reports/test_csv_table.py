"""The table for spreadsheets."""

import csv
import io
import json

import pytest

from app.reports.csv_table import COLUMNS, render
from tests.reports.built import EXAMPLES, a_case, a_report, a_score
from tests.reports.hostile import HOSTILE, hostile_report

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def table(report) -> list[dict[str, str]]:
    text = "".join(render(report))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_a_case_has_a_row_for_each_evaluator():
    """And one without score where nobody judged it: missing is empty, never 0."""
    case = a_case(0, 0, a_score(0.5, reason="close"), a_score(None, evaluator="judge"))

    first, second, unjudged = table(a_report(case, a_case(0, 1)))

    assert ("similarity", "0.5", "close") == (
        first["evaluator"],
        first["score"],
        first["reason"],
    )
    assert ("judge", "judge_error", "") == (
        second["evaluator"],
        second["evaluator_state"],
        second["score"],
    )
    assert ("provider_error", "", "") == (
        unjudged["state"],
        unjudged["evaluator"],
        unjudged["score"],
    )
    assert ("v1", str(EXAMPLES[0]), "0.0001") == (
        first["version"],
        first["example_id"],
        first["cost_usd"],
    )
    assert {"question": "How long?"} == json.loads(first["input_data"])


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =1"]
)
def test_a_formula_is_text(text):
    """An apostrophe stands before what a spreadsheet would run."""
    (row,) = table(a_report(a_case(0, 0, a_score(), output=text)))

    assert row["output"].startswith("'")


@pytest.mark.parametrize("text", ["-5.2", "+1", "plain", "a=b"])
def test_numbers_and_words_stay_as_they_are(text):
    """An apostrophe only where it is needed."""
    (row,) = table(a_report(a_case(0, 0, a_score(), output=text)))

    assert text == row["output"]


def test_an_empty_answer_is_not_a_missing_one():
    """The apostrophe tells the empty text from none."""
    empty, missing = table(
        a_report(a_case(0, 0, a_score(), output=""), a_case(0, 1, a_score(), output=None))
    )

    assert ("'", "") == (empty["output"], missing["output"])


def test_no_hostile_text_is_a_formula_or_a_control_character():
    """In any cell of any row."""
    rows = table(hostile_report())
    cells = [cell for row in rows for cell in row.values()]

    assert 3 * len(HOSTILE) == len(rows)
    assert set(COLUMNS) == set(rows[0])
    assert [] == [cell for cell in cells if cell.startswith(FORMULA) and cell != "-2"]
    assert [] == [c for cell in cells for c in cell if c < " " and c not in "\t\n"]
    assert [] == [cell for cell in cells if "\u202e" in cell or "\x9b" in cell]
