"""Preference is asked for in both orders, and only what survives the swap counts."""

import pytest

from tests.evaluators.judging import CASE, prompt_of, verdict
from tests.evaluators.scripted import Script, score


@pytest.mark.parametrize(
    ("ahead", "behind", "worth", "label", "consistent", "first_slot"),
    [
        ("first", "second", 1.0, "win", True, 1),
        ("second", "first", 0.0, "loss", True, 1),
        ("tie", "tie", 0.5, "tie", True, 0),
        ("first", "first", 0.5, "tie", False, 2),
        ("second", "second", 0.5, "tie", False, 0),
        ("first", "tie", 0.5, "tie", False, 1),
        ("tie", "first", 0.5, "tie", False, 1),
    ],
)
def test_a_preference_must_survive_the_swap(ahead, behind, worth, label, consistent, first_slot):
    """The two verdicts make one outcome, and say how much the judge went by place."""
    found = score("pairwise", CASE, Script(verdict(ahead, "A."), verdict(behind, "B.")))

    assert (worth, label) == (found.value, found.details["label"])
    assert (consistent, first_slot) == (
        found.details["consistent"],
        found.details["first_slot_picks"],
    )
    assert [ahead, behind] == found.details["verdicts"]
    assert ("disagree" in found.reason) is not consistent


def test_each_answer_stands_first_once():
    """The judge is not told which is whose."""
    script = Script(verdict("tie"))
    score("pairwise", CASE, script)
    ahead, behind = map(prompt_of, script.heard)

    assert f">\n{CASE.output}\n</first-" in ahead
    assert f">\n{CASE.expected}\n</second-" in ahead
    assert f">\n{CASE.expected}\n</first-" in behind
    assert f">\n{CASE.output}\n</second-" in behind
    assert "reference" not in ahead.partition("only tags")[0]
