"""What must hold of every verdict, whatever the scores."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.models import Ruling
from app.verdicts.evidence import Evidence
from app.verdicts.policy import BY_DEFAULT
from app.verdicts.verdict import judge
from tests.verdicts.factory import evidence

scores = st.sampled_from([0.0, 0.2, 0.45, 0.5, 0.8, 1.0])
pairs = st.lists(st.tuples(scores, scores), min_size=20, max_size=60)
few = settings(max_examples=25)


def of(drawn: list[tuple[float, float]], **more: object) -> Evidence:
    return evidence([old for old, _ in drawn], [new for _, new in drawn], **more)


@few
@given(pairs)
def test_the_same_evidence_gives_the_same_verdict(drawn):
    """Bit for bit, also after the evidence was stored as JSON and read again."""
    found = of(drawn)
    again = Evidence.model_validate_json(found.model_dump_json())

    assert judge(found, BY_DEFAULT).model_dump_json() == judge(again, BY_DEFAULT).model_dump_json()


@few
@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_the_examples_is_no_evidence(drawn, random):
    """Shuffled, every number of every metric stays."""
    shuffled = random.sample(drawn, len(drawn))
    first, second = judge(of(drawn), BY_DEFAULT), judge(of(shuffled), BY_DEFAULT)

    assert first.verdict is second.verdict
    assert first.metrics == second.metrics


@few
@given(pairs)
def test_not_both_are_worse(drawn):
    """Exchanged, a regression is none."""
    one = judge(of(drawn), BY_DEFAULT).verdict
    other = judge(of([(new, old) for old, new in drawn]), BY_DEFAULT).verdict

    assert not Ruling.regression is one is other


@few
@given(pairs, st.integers(1, 40))
def test_identical_pairs_never_make_a_regression(drawn, count):
    """More of the same on both sides is evidence for neither."""
    before = judge(of(drawn), BY_DEFAULT).verdict
    after = judge(of([*drawn, *[(0.8, 0.8)] * count]), BY_DEFAULT).verdict

    assert Ruling.regression is before or Ruling.regression is not after


@few
@given(pairs)
def test_a_pass_leaves_no_room_beyond_the_margin(drawn):
    """Pass and regression exclude each other, and a pass is within every margin."""
    verdict = judge(of(drawn), BY_DEFAULT)
    gating = [row for row in verdict.metrics if row.gating]

    if verdict.verdict is Ruling.passed:
        assert all(row.within_margin and not row.worse for row in gating)
    for row in gating:
        assert row.interval[0] <= row.difference <= row.interval[1]
