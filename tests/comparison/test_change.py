"""One pair of scores, in words."""

from hypothesis import given
from hypothesis import strategies as st

from app.comparison.rows import change
from app.statistics.paired import compare

SCORES = st.lists(
    st.tuples(*[st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1 / 3, 1.0])] * 2), min_size=1
)


@given(SCORES)
def test_changes_are_wins_ties_and_losses(pairs):
    """Pair by pair the words add up to what the statistics count."""
    before, after = zip(*pairs, strict=True)
    found = [change(old, new, "higher") for old, new in pairs]
    compared = compare(before, after, seed=1)

    assert compared is not None
    assert compared.outcomes[:3] == tuple(
        found.count(word) for word in ("improved", "same", "regressed")
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_other_direction_is_the_mirror(before, after):
    """Where less is better, a rise is a loss."""
    assert change(before, after, "lower") == change(after, before, "higher")
