"""The books of a line: leases that add up, members that go, clocks that jump."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.leases import Report, Terms
from app.llm.ledger import Book, reserve, room, settle
from app.llm.quota import Quota, Stated

TERMS = Terms(ceiling=90)
REPORTS = st.builds(
    Report,
    member=st.sampled_from("abcdef"),
    workspace=st.sampled_from("vw"),
    experiment=st.sampled_from("xyz"),
    seconds=st.floats(0.05, 2),
    want=st.integers(0, 100),
    in_flight=st.just(0),
    calls=st.integers(0, 50),
    refused=st.just(0),
    requests=st.integers(0, 50),
    tokens=st.floats(0, 1e5),
    hungry=st.booleans(),
    leaves=st.booleans(),
)
STATED = Quota(
    requests=Stated(per_minute=600, left=600), tokens=Stated(per_minute=60_000, left=60_000)
)


def asks(member: str, *, experiment: str = "x", workspace: str = "w", **more) -> Report:
    return Report(
        member=member, workspace=workspace, experiment=experiment, **{"want": 100, **more}
    )


def beat(book: Book | None, *reports: Report, at: float = 0.0, terms: Terms = TERMS):
    """Each reports once; the leases by member."""
    leases = {}
    for report in reports:
        book, leases[report.member] = settle(book, report, terms, at)
    return book, leases


@settings(max_examples=40)
@given(st.lists(st.tuples(REPORTS, st.floats(-5, 5)), max_size=40))
def test_leases_never_add_up_to_more_than_there_is(entries):
    """Slots, requests and tokens, whoever comes, goes, and wants what, and whatever the clock."""
    book, at = None, 100.0
    for report, passed in entries:
        at += passed
        # what is in flight is what was leased: nobody has given it up yet
        had = book.members.get(report.member) if book else None
        report = replace(report, quota=STATED, in_flight=had.slots if had else 0)  # noqa: PLW2901 - completed here
        book, _ = settle(book, report, TERMS, at)
        others = [m for name, m in book.members.items() if name != report.member]
        mine = book.members.get(report.member)
        if mine is None or (had is not None and mine.slots <= had.slots):
            continue
        taken = sum(max(m.slots, m.in_flight) for m in others)

        assert mine.slots + taken <= room(book.level)
        assert sum(m.granted.requests for m in book.members.values()) <= 9.3 + 1e-6
        assert sum(m.granted.tokens for m in book.members.values()) <= 930 + 1e-6


def test_a_newcomer_gets_what_the_others_have_given_up():
    """Two beats, and both have a half; meanwhile the sum is never too large."""
    book, _ = beat(None, asks("a"))
    all_, leases = room(book.level), {}
    for at in (0.5, 1.0, 1.5):
        book, leases = beat(book, asks("a"), asks("b", experiment="y"), at=at)

    assert {all_ // 2, all_ - all_ // 2} >= {lease.slots for lease in leases.values()}


def test_workspaces_share_before_experiments_do():
    """One with three experiments gets no more than one with a single one."""
    reports = [
        *(asks(name, experiment=name, workspace="many") for name in "abc"),
        asks("d", workspace="one"),
    ]
    book, leases = None, {}
    for number in range(6):
        book, leases = beat(book, *reports, at=number / 2)
    many = sum(leases[name].slots for name in "abc")

    assert abs(many - leases["d"].slots) <= 1


def test_calls_somebody_waits_for_have_their_reserve():
    """Experiments leave a tenth free, and make room for more as it is used."""
    book, first = beat(None, asks("a"))
    waits = Report(member="i", want=30, in_flight=30, requests=30, seconds=0.5)
    book, leases = beat(book, waits, asks("a"), at=0.5)

    assert room(book.level) == first["a"].slots
    assert leases["i"].slots >= reserve(book.level)
    assert leases["i"].requests_per_s is None
    assert first["a"].slots - leases["a"].slots >= 20


def test_interactive_requests_come_off_the_experiments_rate():
    """Together they stay within what the provider states."""
    waits = Report(member="i", requests=2, seconds=1)
    _, leases = beat(None, asks("a", quota=STATED), waits, asks("b", experiment="y"))

    assert 0 == leases["b"].requests_per_s
    book, _ = beat(None, waits, asks("a", quota=STATED))
    assert 9.3 - 2 == pytest.approx(book.members["a"].granted.requests)


def test_a_member_that_is_silent_is_gone():
    """Its slots are the others' after four seconds; one that leaves gives them back at once."""
    book, _ = beat(None, asks("a"), asks("b", experiment="y"))
    book, alone = beat(book, asks("b", experiment="y"), at=4.5)
    book, _ = beat(book, asks("b", experiment="y", leaves=True), at=5)

    assert room(book.level) == alone["b"].slots
    assert {} == book.members


def test_a_hold_is_everybodys_and_ends_by_itself():
    """A clock that goes back does not prolong it for ever."""
    book, _ = beat(None, asks("a", hold_s=10))
    _, leases = beat(book, asks("b"), at=4)
    back, _ = beat(book, asks("b"), at=-1000)
    _, later = beat(back, asks("b"), at=-989)

    assert 6 == leases["b"].hold_s
    assert 0 == later["b"].hold_s


def test_the_least_of_what_is_stated_and_allowed_counts():
    """And where hardly anything is left, much less: somebody else uses the key as well."""
    _, leases = beat(None, asks("a", quota=STATED), terms=Terms(ceiling=90, rpm=60))
    nearly_none = Quota(requests=Stated(per_minute=600, left=2))
    _, careful = beat(None, asks("a", quota=nearly_none))

    assert 0.93 == leases["a"].requests_per_s
    assert 0 < careful["a"].requests_per_s < 2
