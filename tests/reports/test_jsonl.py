"""One JSON object per case."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.reports.jsonl import render
from tests.reports.built import a_case, a_report, a_score
from tests.reports.hostile import HOSTILE, hostile_report


def records(report) -> list[dict]:
    lines = "".join(render(report)).split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


def test_a_case_carries_its_scores_and_claims():
    """Several evaluators are one object; no score is null."""
    claim = {"text": "three years", "verdict": "supported", "start": 0, "end": 11}
    scores = (a_score(0.5, claims=[claim]), a_score(None, evaluator="judge"))

    first, second = records(a_report(a_case(0, 0, *scores), a_case(0, 1)))

    assert [("similarity", 0.5), ("judge", None)] == [
        (score["evaluator"], score["score"]) for score in first["scores"]
    ]
    assert [claim] == first["scores"][0]["claims"]
    assert ("v2", "provider_error", []) == (second["version"], second["state"], second["scores"])
    assert "0.0001" == first["cost_usd"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_reads_back_as_it_was(text):
    """Nothing is replaced and nothing is lost."""
    (record,) = records(a_report(a_case(0, 0, a_score(), output=text)))

    assert text == record["output"]


def test_a_terminal_that_shows_the_file_does_nothing():
    """No escape sequence, no direction, no hidden letter stands in it as such."""
    text = "".join(render(hostile_report()))

    assert [] == [c for c in text if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f"]
    assert [] == [c for c in "\u202e\u2066\u2028\U000e0041" if c in text]
    assert 3 * len(HOSTILE) == text.count("\n")
