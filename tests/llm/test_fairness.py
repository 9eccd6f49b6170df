import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.fairness import fair, whole

NAMES = st.sampled_from("abc")
WANTS = st.dictionaries(
    st.tuples(NAMES, NAMES, NAMES), st.floats(0, 100) | st.just(float("inf")), min_size=1
)


@given(st.floats(0, 200), WANTS)
def test_nobody_gets_more_than_it_wants_and_nothing_is_left_over(total, wants):
    """All is given away, unless all have what they want."""
    given_ = fair(total, wants)

    assert wants.keys() == given_.keys()
    assert all(given_[path] <= wants[path] + 1e-9 for path in wants)
    assert min(total, sum(wants.values())) == pytest.approx(sum(given_.values()), abs=1e-6)


@given(st.floats(1, 200), WANTS)
def test_who_got_less_than_it_wants_got_no_less_than_another_workspace(total, wants):
    """A workspace's many experiments do not make its part larger."""
    given_ = fair(total, wants)
    sums = {
        name: (
            sum(part for path, part in given_.items() if path[0] == name),
            sum(want for path, want in wants.items() if path[0] == name),
        )
        for name in {path[0] for path in wants}
    }
    unmet = [got for got, want in sums.values() if got < want - 1e-6]

    assert all(got >= max(g for g, _ in sums.values()) - 1e-6 for got in unmet)


@given(st.floats(0, 50), WANTS, st.integers(0, 20))
def test_whole_parts_add_up_to_no_more(total, wants, turn):
    """Rounding gives nothing that is not there, and loses less than one unit."""
    parts = fair(total, wants)
    units = whole(parts, turn)

    assert sum(parts.values()) - 1 < sum(units.values()) <= sum(parts.values()) + 1e-6


def test_with_fewer_slots_than_callers_each_has_its_turn():
    """One slot for three goes round."""
    wants = {("w", "e", name): 5.0 for name in "abc"}
    turns = [whole(fair(1, wants), turn) for turn in range(3)]

    assert dict.fromkeys(wants, 1) == {path: sum(units[path] for units in turns) for path in wants}
