"""The two layers on an output: what changed, and what the judge said."""

from hypothesis import given
from hypothesis import strategies as st

from app.reports.inert import plain
from app.reports.marks import TEXT, mark
from tests.reports.built import a_case, a_score

TEXTS = st.text(st.sampled_from("ab \n\r.é{"), max_size=60)
CLAIMS = st.lists(
    st.builds(
        lambda verdict, start, end: {
            "text": "c",
            "verdict": verdict,
            "reason": "r",
            "quote": None,
            "evidence": None,
            "start": start,
            "end": end,
        },
        st.sampled_from(["supported", "contradicted", "not_found", "not_checkworthy", "new"]),
        st.none() | st.integers(-5, 70),
        st.none() | st.integers(-5, 70),
    ),
    max_size=5,
)


@given(TEXTS, TEXTS, CLAIMS)
def test_marks_lose_no_word(old, new, claims):
    """Whatever lies over it, the text reads as it was answered, in either column."""
    before, after = mark(
        a_case(0, 0, a_score(), output=old), a_case(0, 1, a_score(claims=claims), output=new)
    )

    assert plain(old) == "".join(part.text for part in before.segments)
    assert plain(new) == "".join(part.text for part in after.segments)
    assert len(after.claims) == sum(
        claim["verdict"] in {"supported", "contradicted", "not_found"} for claim in claims
    )


def test_the_same_answer_has_no_changes():
    """What is equal is not marked."""
    same = a_case(0, 0, a_score(), output="Three years.")
    before, after = mark(same, same)

    assert [False] == [part.changed for part in before.segments]
    assert [False] == [part.changed for part in after.segments]


def test_a_missing_answer_leaves_the_other_unmarked():
    """There is nothing to compare with."""
    before, after = mark(None, a_case(0, 1, a_score(), output="Two."))

    assert [] == before.segments
    assert [("Two.", False)] == [(part.text, part.changed) for part in after.segments]


def test_the_graver_claim_is_drawn():
    """Where two claims lie on the same words, contradicted wins over supported."""
    claims = [
        {"text": verdict, "verdict": verdict, "reason": "", "quote": None, "evidence": None}
        | {"start": 0, "end": 3}
        for verdict in ("contradicted", "supported")
    ]
    _, after = mark(None, a_case(0, 1, a_score(claims=claims), output="Two years"))

    assert [("Two", "contradicted", 1), (" years", None, None)] == [
        (part.text, part.claim, part.number) for part in after.segments
    ]


def test_a_very_long_answer_is_cut_and_says_so():
    """The page stays readable; the whole is in JSONL."""
    _, after = mark(None, a_case(0, 1, a_score(), output="x" * (TEXT + 5)))

    assert (TEXT, 5) == (sum(len(part.text) for part in after.segments), after.left_out)
