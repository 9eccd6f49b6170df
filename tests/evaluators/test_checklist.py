"""Each line of the criteria is met or not, and the judge has to show where."""

import json
from typing import Any

import pytest

from app.evaluators.base import Case, Score, ScoreState
from app.evaluators.checklist import MAX_ITEMS, items_of
from tests.evaluators.judging import CASE, prompt_of
from tests.evaluators.scripted import Script, score


def entry(met, quote: str | None = None, reason: str = "So.") -> dict[str, Any]:
    return {"reason": reason, "quote": quote, "met": met}


def followed(*entries: dict[str, Any], case: Case = CASE) -> tuple[Score, Script]:
    reply = {str(number): each for number, each in enumerate(entries, 1)}
    script = Script(json.dumps(reply))
    return score("instruction_following", case, script), script


def test_the_score_is_the_share_of_items_met():
    """Items are numbered anew, and the first that is unmet is named."""
    met, quoted = entry(True), entry(True, "Keep the receipt")
    found, script = followed(entry(False, reason="No figure."), quoted, met)

    assert 2 / 3 == pytest.approx(found.value)
    assert "2 of 3 items met. Unmet: “States a duration” No figure." == found.reason
    assert "1. States a duration\n2. Mentions the receipt\n3. Names no price" in prompt_of(
        script.heard[0]
    )
    assert [False, True, True] == [item["met"] for item in found.details["items"]]


def test_an_item_met_by_words_the_output_lacks_is_not_met():
    """A judge that invents its proof is not believed, and that is counted."""
    met = entry(True)
    found, _ = followed(entry(True, "Fifty years"), met, met)

    assert 2 / 3 == pytest.approx(found.value)
    assert 1 == found.details["judge_unverified"]


@pytest.mark.parametrize("count", [2, 4])
def test_a_reply_that_leaves_an_item_out_is_unreadable(count):
    """Fewer items, or more, are no lower score but none."""
    found, script = followed(*[entry(True)] * count)

    assert (ScoreState.judge_unparseable, None) == (found.state, found.value)
    assert 2 == len(script.heard)


@pytest.mark.parametrize(
    ("criteria", "said"),
    [("- \n---\n", "hold no item"), ("One more.\n" * (MAX_ITEMS + 1), "31 items")],
)
def test_a_list_nobody_can_follow_is_not_judged(criteria, said):
    """No item, or more than a judge can count."""
    found, script = followed(entry(True), case=Case(output="x", criteria=criteria))

    assert (ScoreState.not_applicable, []) == (found.state, script.heard)
    assert said in found.reason


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("- Short", "Short"),
        ("  * Short", "Short"),
        ("12. Short", "Short"),
        ("(2) Short", "Short"),
        ("- [ ] Short", "[ ] Short"),
        ("[x] Short", "Short"),
        ("3 words at most", "3 words at most"),
        ("1.5 m at most", "1.5 m at most"),
        ("-5 °C is named", "-5 °C is named"),
    ],
)
def test_marks_of_lists_are_no_part_of_an_item(line, item):
    """Bullets and numbers go; figures that mean something stay."""
    assert [item] == items_of(line)
