"""The few words above a verdict: what happened, to which numbers, where most."""

import pytest

from app.verdicts.evidence import Rerun
from app.verdicts.policy import BY_DEFAULT, Policy, PolicyInForce
from app.verdicts.schemas import Verdict
from app.verdicts.verdict import judge
from tests.verdicts.factory import evidence

GOOD, BAD = [1.0] * 100, [1.0] * 60 + [0.2] * 40


def test_a_regression_names_the_numbers():
    """What fell, from where to where."""
    verdict = judge(evidence(GOOD, BAD), BY_DEFAULT)

    assert "v2 is worse than v1: score fell from 1.00 to 0.68." == verdict.headline


def test_a_regression_names_the_cluster_it_is_worst_in():
    """Only one whose corrected q is below 5 %."""
    tags = {position: ["refunds"] if position >= 60 else ["delivery"] for position in range(100)}
    verdict = judge(evidence(GOOD, BAD, tags=tags), BY_DEFAULT)

    assert verdict.headline.endswith("to 0.68, most of all in refunds.")


def test_a_share_of_failures_rises():
    """Where less is better, worse is up."""
    policy = Policy.model_validate({"metrics": [{"metric": "failure", "margin": 0.05}]})
    verdict = judge(evidence(GOOD, BAD), PolicyInForce(policy))

    assert "v2 is worse than v1: share of failures rose from 0.00 to 0.40." == verdict.headline


def test_critical_examples_alone_are_counted():
    """No mean fell; what must not break broke, in most of the runs that confirmed it."""
    rerun = Rerun(position=0, baseline=[1.0, 1.0, 1.0], candidate=[0.0, 0.0, 1.0])
    found = evidence(GOOD, [0.0, *GOOD[1:]], critical=[0], reruns=[rerun])
    verdict = judge(found, BY_DEFAULT)

    assert "v2 is worse than v1: 1 critical example broke." == verdict.headline


def test_a_pass_says_how_much_it_may_have_lost():
    """The loss that is still possible, or that there is none."""
    wavering = [1.0, 0.9] * 50
    alike = judge(evidence(wavering, [0.9, 1.0] * 50), BY_DEFAULT)

    assert alike.headline.startswith("v2 is no worse than v1: it loses 0.0")
    assert alike.headline.endswith(" at most.")


def test_too_few_examples_cannot_tell():
    """No number is worth a heading then."""
    verdict = judge(evidence([1.0, 0.0, 1.0], [0.0, 1.0, 1.0]), BY_DEFAULT)

    assert "3 examples cannot tell v2 from v1." == verdict.headline


@pytest.mark.parametrize("scores", [(GOOD, BAD), (GOOD, GOOD), ([1.0], [0.0])])
def test_it_is_on_the_wire_and_survives_the_way_back(scores):
    """It follows from the rest: a stored verdict says the same."""
    verdict = judge(evidence(*scores), BY_DEFAULT)
    again = Verdict.model_validate(verdict.model_dump(mode="json"))

    assert verdict.headline == again.headline == verdict.model_dump()["headline"]
