"""Claims of several replies become one list, each with the verdict most replies give it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import Case, Claim, ScoreState
from app.evaluators.consensus import agreed
from tests.evaluators.scripted import Script, score

CONTEXT = "The tower was built in 1889. It is 330 m tall."
OUTPUT = "The tower was built in 1889. It is 300 m tall."
VERDICTS = ["supported", "not_found", "contradicted", "not_checkworthy"]


def claim(verdict: str, text: str = "It is 300 m tall", **place: Any) -> Claim:
    return Claim(text=text, verdict=verdict, **place)


def test_more_than_half_decide():
    """Two of three find it contradicted, so it is."""
    (found,) = agreed([[claim("contradicted")], [claim("supported")], [claim("contradicted")]])

    assert "contradicted" == found.verdict


def test_between_three_verdicts_the_middle_is_taken():
    """Supported, not found and contradicted: it is not found."""
    (found,) = agreed([[claim("contradicted")], [claim("supported")], [claim("not_found")]])

    assert "not_found" == found.verdict


def test_two_who_disagree_are_settled_for_the_worse():
    """One of three holds it not check-worthy; of the others the worse verdict stands."""
    replies = [[claim("supported")], [claim("not_checkworthy")], [claim("not_found")]]
    (found,) = agreed(replies)

    assert "not_found" == found.verdict


def test_what_one_reply_alone_lists_does_not_count():
    """The other two did not find it worth a check, which is said."""
    (found,) = agreed([[claim("contradicted")], [], []])

    assert "not_checkworthy" == found.verdict
    assert "Most replies" in found.reason


def test_what_most_call_courtesy_does_not_count():
    """The reason is that of a reply that said so."""
    replies = [[claim("not_found")], [claim("not_checkworthy", reason="Hello.")]]
    (found,) = agreed([*replies, []])

    assert ("not_checkworthy", "Hello.") == (found.verdict, found.reason)


def test_other_words_for_the_same_stretch_are_the_same_claim():
    """Claims meet by what they quote, by their sentence, and are told apart by both."""
    one = [claim("supported", "It was built in 1889.", start=0, end=28), claim("contradicted")]
    other = [claim("not_found", "Construction ended 1889", start=4, end=28), claim("supported")]
    found = agreed([one, other, other])

    assert ["not_found", "supported"] == [each.verdict for each in found]


@given(
    replies=st.lists(
        st.lists(
            st.builds(
                claim,
                st.sampled_from(VERDICTS),
                st.sampled_from(["It is tall.", "It is red.", "x"]),
                start=st.integers(0, 5),
                end=st.integers(6, 9),
            ),
            max_size=4,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_claim_is_lost_and_none_is_made_up(replies):
    """As many claims as the longest reply at least, as all replies together at most."""
    found = agreed(replies)
    texts = {each.text for reply in replies for each in reply}

    assert max(map(len, replies)) <= len(found) <= sum(map(len, replies))
    assert texts >= {each.text for each in found}


@given(reply=st.lists(st.builds(claim, st.sampled_from(VERDICTS), st.text()), max_size=5))
def test_replies_that_agree_change_nothing(reply):
    """Three times the same list has its verdicts again."""
    found = agreed([reply, reply, reply])

    assert sorted(each.verdict for each in reply) == sorted(each.verdict for each in found)


def test_the_hallucination_judge_counts_what_most_replies_say():
    """Rate and reason come from the claims agreed on, not from one reply."""

    def reply(verdict: str) -> str:
        listed = {
            "id": 1,
            "claim": "It is 300 m tall",
            "quote_from_output": "It is 300 m tall",
            "reason": "It is 330.",
            "evidence_quote": "It is 330 m tall",
            "verdict": verdict,
        }
        return json.dumps({"claims": [listed], "abstained": False, "reason": "All in all."})

    case = Case(output=OUTPUT, context=CONTEXT)
    script = Script(reply("not_checkworthy"), reply("contradicted"), reply("contradicted"))
    found = score("hallucination", case, script, repeats=3)
    clean = score("hallucination", case, Script(reply("not_checkworthy")), repeats=3)

    assert ScoreState.scored == found.state
    assert (0.0, 1.0) == (found.value, found.hallucination_rate)
    assert "1 of 1 claims unsupported. “It is 300 m tall” It is 330." == found.reason
    assert [1.0, 0.0, 0.0] == [each["value"] for each in found.details["repeats"]]
    assert "0 of 0 claims unsupported." == clean.reason
