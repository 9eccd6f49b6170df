import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.estimates import rate_interval
from app.statistics.judge_error import (
    JudgeErrors,
    corrected_mean,
    judge_errors,
    rogan_gladen,
    rogan_gladen_rate,
)

verdicts = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40)


@given(verdicts)
def test_every_verdict_is_counted_once(pairs):
    """The four counts add up, and the judge's rates come from them."""
    errors = judge_errors([said for said, _ in pairs], [true for _, true in pairs])

    assert len(pairs) == sum(errors)
    assert sum(true for _, true in pairs) == errors.positives
    assert rate_interval(errors.true_positives, errors.positives) == errors.sensitivity()
    assert rate_interval(errors.true_negatives, errors.negatives) == errors.specificity()


def test_verdicts_come_in_pairs():
    """A label without a verdict raises."""
    with pytest.raises(ValueError, match="one entry"):
        judge_errors([True], [])


def simulated(rng, *, labelled, elsewhere, sensitivity=0.6, specificity=0.85):
    """People's labels, the judge's verdicts on them, and on examples nobody labelled."""
    true = rng.random(labelled + elsewhere) < 0.4
    caught = rng.random(labelled + elsewhere)
    said = np.where(true, caught < sensitivity, caught > specificity).astype(float)
    return list(true[:labelled].astype(float)), list(said[:labelled]), list(said[labelled:])


def test_the_corrected_mean_covers_and_beats_people_alone():
    """With 100 labels of 1,000 the interval holds the truth, narrower than labels alone."""
    rng = np.random.default_rng(12)
    held, narrower = 0, 0
    for _ in range(300):
        human, said, other = simulated(rng, labelled=100, elsewhere=900, sensitivity=0.9)
        low, high = corrected_mean(human, said, other).estimate[1:3]
        alone = corrected_mean(human, said, other, judge_weight=0.0).estimate
        held += low <= 0.4 <= high
        narrower += high - low < alone.high - alone.low

    assert 0.91 <= held / 300 <= 0.98
    assert narrower / 300 > 0.95


def test_a_judge_who_knows_nothing_gets_little_weight():
    """Random verdicts leave people's labels as they were."""
    rng = np.random.default_rng(1)
    human = list((rng.random(200) < 0.3).astype(float))
    found = corrected_mean(human, list(rng.random(200)), list(rng.random(2000)))

    assert found.judge_weight < 0.15
    assert pytest.approx(np.mean(human), abs=0.02) == found.estimate.mean


def test_a_judge_of_one_verdict_gets_none():
    """A judge that always says the same teaches nothing."""
    found = corrected_mean([0.0, 1.0, 1.0], [1.0] * 3, [1.0] * 9)

    assert 0.0 == found.judge_weight
    assert pytest.approx(2 / 3) == found.estimate.mean


@pytest.mark.parametrize("data", [([1.0], [1.0], [1.0]), ([1.0, 0.0], [1.0, 0.0], [])])
def test_too_little_to_correct_is_none(data):
    """One label, or nothing but labels, has no corrected mean."""
    assert corrected_mean(*data) is None


@pytest.mark.parametrize("data", [([1.0, 2.0], [1.0, 0.0], [0.0]), ([1.0, 0.0], [1.0, 0.0], [-1])])
def test_scores_off_the_scale_are_refused(data):
    """What is no score in [0, 1] raises."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        corrected_mean(*data)


def test_rogan_and_gladens_rate_covers():
    """A good judge's corrected rate holds the truth in 95 % of samples, within sampling."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(300):
        human, said, other = simulated(rng, labelled=200, elsewhere=800, sensitivity=0.85)
        errors = judge_errors([bool(v) for v in said], [bool(v) for v in human])
        found = rogan_gladen(errors, int(sum(other)), len(other))
        held += found.estimate.low <= 0.4 <= found.estimate.high

        assert found.may_be_shown

    assert 0.91 <= held / 300 <= 0.99


@pytest.mark.parametrize(
    ("errors", "shown"),
    [
        (JudgeErrors(18, 2, 3, 17), True),
        (JudgeErrors(17, 2, 3, 17), False),  # 19 positives
        (JudgeErrors(18, 2, 2, 17), False),  # 19 negatives
        (JudgeErrors(15, 5, 6, 14), False),  # .75 + .70 - 1 is below .5
    ],
)
def test_when_the_rate_may_be_shown(errors, shown):
    """Twenty labels of either kind and a judge worth .5 or more; else it is computed, not shown."""
    assert shown == rogan_gladen(errors, 40, 100).may_be_shown


@given(st.integers(0, 60), st.integers(1, 40), st.integers(1, 40), st.data())
def test_the_rate_lies_in_its_interval(positives, sick, healthy, data):
    """0 <= low <= rate <= high <= 1 wherever there is a rate."""
    caught, spared = data.draw(st.integers(0, sick)), data.draw(st.integers(0, healthy))
    errors = JudgeErrors(caught, sick - caught, healthy - spared, spared)
    found = rogan_gladen(errors, positives, 60)
    if found is None:
        assert caught / sick + spared / healthy - 1 <= 0.5
        return

    assert 0 <= found.estimate.low <= found.estimate.mean <= found.estimate.high <= 1


@pytest.mark.parametrize(
    ("errors", "n"),
    [
        (JudgeErrors(10, 10, 10, 10), 100),
        (JudgeErrors(0, 0, 10, 10), 100),
        (JudgeErrors(10, 10, 0, 0), 100),
        (JudgeErrors(18, 2, 2, 18), 0),
    ],
)
def test_no_better_than_chance_is_none(errors, n):
    """A judge no better than chance, labels of one kind, or no examples have no rate."""
    assert rogan_gladen(errors, n // 2, n) is None
    assert rogan_gladen_rate(0.5, sensitivity=0.5, specificity=0.5) is None
