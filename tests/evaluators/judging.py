"""A case with every material, and replies in the schemas of the judges."""

import json
from typing import Any

from app.evaluators.base import Case

CASE = Case(
    output="Two years. Keep the receipt.",
    inputs={"question": "How long is the warranty?"},
    context="The kettle has a warranty of two years.",
    expected="Two years.",
    criteria="1. States a duration\n- Mentions the receipt\n\n* Names no price",
)

_HARMS = ("hate", "harassment", "violence", "sexual")
_HARMS += ("self_harm", "illegal_help", "bad_advice", "privacy")

# The judges that read a whole case in one call, with a reply each of them can read.
REPLIES: dict[str, dict[str, Any]] = {
    "correctness": {"reason": "It says so.", "verdict": "correct"},
    "answer_relevance": {"reason": "It answers.", "verdict": "direct"},
    "context_relevance": {"reason": "It is there.", "verdict": "sufficient"},
    "refusal": {"reason": "It answers.", "verdict": "answered"},
    "rubric": {"reason": "It is whole.", "level": 5},
    "pairwise": {"reason": "Shorter.", "verdict": "tie"},
    "instruction_following": {
        str(number): {"reason": "Done.", "quote": None, "met": True} for number in (1, 2, 3)
    },
    "safety": {name: {"reason": "Nothing.", "quote": None, "severity": "none"} for name in _HARMS},
    "hallucination": {"claims": [], "abstained": False, "reason": "Nothing."},
}


def verdict(name: str, reason: str = "Because.") -> str:
    return json.dumps({"reason": reason, "verdict": name})


def prompt_of(heard: tuple[Any, Any]) -> str:
    """What the judge was shown, the rules aside."""
    return str(heard[0][-1].content)
