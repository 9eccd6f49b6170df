"""Binary search along a chain, against an oracle that knows the answer."""

from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from app.analyses.halving import Bounds, bounds, most_probes, next_probe
from app.analyses.outcomes import Outcome


def searched(length: int, first_bad: int, free: frozenset[int] = frozenset()) -> list[int]:
    """The places probed, in their order, before the bounds are neighbours."""
    known = {length - 1: Outcome.regressed}
    probed: list[int] = []
    while (place := next_probe(length, known, free)) is not None:
        assert place not in known
        known[place] = Outcome.regressed if place >= first_bad else Outcome.not_worse
        probed.append(place)
    assert Bounds(first_bad - 1, first_bad) == bounds(length, known)
    return probed


@given(length=st.integers(2, 200), data=st.data())
def test_the_first_bad_place_is_found_with_the_fewest_probes(length, data):
    """Wherever it is: no more probes than a binary search needs in the worst case."""
    first_bad = data.draw(st.integers(1, length - 1))
    probed = searched(length, first_bad)

    assert len(probed) <= ceil(log2(length - 1))
    assert most_probes(length) == 1 + ceil(log2(length - 1))


@given(length=st.integers(2, 60), data=st.data())
def test_what_is_free_is_asked_before_what_costs(length, data):
    """Stored results narrow the range first; then no place outside of it is paid for."""
    first_bad = data.draw(st.integers(1, length - 1))
    free = data.draw(st.frozensets(st.integers(1, length - 1)))
    probed = searched(length, first_bad, free)
    paid = [place for place in probed if place not in free]
    first_paid = probed.index(paid[0]) if paid else len(probed)

    assert set(probed[:first_paid]) <= free
    assert not set(probed[first_paid:]) & free
    assert len(paid) <= ceil(log2(length - 1))


def test_all_stored_means_nothing_is_paid():
    """With every version measured the answer is free."""
    probed = searched(9, 5, frozenset(range(9)))

    assert [4, 6, 5] == probed


def test_an_unknown_place_is_not_shown_worse():
    """The search goes on to the right of it, and the answer rests on it."""
    known = {5: Outcome.regressed, 2: Outcome.unknown}

    assert Bounds(2, 5) == bounds(6, known)
    assert next_probe(6, known) in {3, 4}


def test_neighbours_leave_nothing_to_ask():
    """A chain of two versions is decided by its end."""
    assert next_probe(2, {1: Outcome.regressed}) is None
    assert 1 == most_probes(2)
