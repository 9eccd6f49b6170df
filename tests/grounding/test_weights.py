import json

from hypothesis import given
from hypothesis import strategies as st

from app.grounding.signals import SIGNALS
from app.grounding.weights import LEARNT, Weights, learnt, version

COPY = (0.0,) * len(SIGNALS)
shares = st.floats(0, 1)
measurements = st.tuples(*[shares] * len(SIGNALS))


def test_no_weight_is_negative_and_each_signal_has_one():
    """The sign constraint held, for exactly the signals that are measured."""
    stored = json.loads(LEARNT.read_text(encoding="utf-8"))["signals"]

    assert set(SIGNALS) == set(stored)
    assert all(part["weight"] >= 0 < part["deviation"] for part in stored.values())


def test_a_copy_has_no_risk():
    """The curve is anchored at the copy."""
    assert 0.0 == learnt().risk(COPY)


@given(measurements, st.integers(0, len(SIGNALS) - 1), shares)
def test_more_of_a_signal_is_never_less_risk(signals, which, more):
    """Non-negative weights make the risk monotone in every signal."""
    grown = (*signals[:which], min(1.0, signals[which] + more), *signals[which + 1 :])

    assert 0.0 <= learnt().risk(signals) <= learnt().risk(grown) + 1e-12 <= 1.0 + 1e-12


def test_a_missing_number_alone_is_unsupported():
    """A number from nowhere is enough, whatever the other words say."""
    signals = tuple(float(name == "missing_number") for name in SIGNALS)

    assert learnt().risk(signals) >= 0.5


def test_z_scores_become_slopes():
    """weight · (x - mean) / deviation, summed, is start + Σ slope · x."""
    part = {"mean": 0.5, "deviation": 0.25, "weight": 0.5}
    weights = Weights.of(1.0, dict.fromkeys(SIGNALS, part))

    assert (2.0,) * len(SIGNALS) == weights.slopes
    assert 1.0 - len(SIGNALS) == weights.start


def test_the_version_is_a_short_hash():
    """Eight hex digits."""
    assert 8 == len(version())
    assert int(version(), 16) >= 0
