"""Verdicts on runs that may end early: their levels, and the bets."""

import pytest

from app.models import Ruling
from app.statistics.adaptive import plan_looks
from app.verdicts.evidence import Evidence, Sequential, visited
from app.verdicts.policy import BY_DEFAULT, MetricRule, Policy, PolicyInForce
from app.verdicts.verdict import judge
from tests.verdicts.factory import evidence

PLANNED = 100
LOOKS = plan_looks(PLANNED)


def at(number: int | None, seen: int) -> Sequential:
    """Judged at a look, or between looks after so many examples."""
    look = LOOKS[number - 1] if number else None
    return Sequential(
        visited=seen,
        planned=PLANNED,
        looks=len(LOOKS),
        look=number,
        bets=0.025,
        worse=look.worse if look else None,
        within=look.within if look else None,
        calls_saved=2 * (PLANNED - seen),
    )


def ruling(found: Evidence, policy: PolicyInForce = BY_DEFAULT) -> Ruling:
    return judge(found, policy).verdict


def test_between_looks_the_bets_alone_say_worse():
    """A drop everywhere is one; a drop that the usual test would call one is not enough."""
    clear = evidence([1.0] * 30, [0.0] * 30, sequential=at(None, 30))
    slight = evidence([1.0] * 30, [0.0] * 6 + [1.0] * 24)
    between = slight.model_copy(update={"sequential": at(None, 30)})

    assert Ruling.regression == ruling(clear)
    assert Ruling.regression == ruling(slight)
    assert Ruling.inconclusive == ruling(between)


def test_between_looks_nothing_passes():
    """However well it looks."""
    same = evidence([1.0] * 90, [1.0] * 90)

    assert Ruling.passed == ruling(same)
    assert Ruling.inconclusive == ruling(same.model_copy(update={"sequential": at(None, 90)}))


def test_an_early_look_asks_for_more_than_a_late_one():
    """The same twenty per cent of new failures: not yet at the second look, yes at the last."""
    ends = {number: [0.0, 1.0, 1.0, 1.0, 1.0] * (4 * number) for number in (2, 5)}
    found = {
        number: evidence([1.0] * len(after), after, sequential=at(number, len(after)))
        for number, after in ends.items()
    }
    no_bets = {  # at a level nobody reaches
        number: each.model_copy(
            update={"sequential": at(number, 20 * number).model_copy(update={"bets": 1e-30})}
        )
        for number, each in found.items()
    }

    assert Ruling.inconclusive == ruling(no_bets[2])
    assert Ruling.regression == ruling(no_bets[5])


def test_the_last_look_passes_at_its_own_level():
    """The interval is as wide as the look's level makes it."""
    usual = judge(evidence([1.0] * 100, [1.0] * 100), BY_DEFAULT)
    last = judge(evidence([1.0] * 100, [1.0] * 100, sequential=at(5, 100)), BY_DEFAULT)

    assert Ruling.passed == usual.verdict == last.verdict
    assert last.metrics[0].worst < usual.metrics[0].worst


def test_the_bets_are_on_the_first_metric_as_it_is_turned():
    """A hallucination rate that rises is worse, and won bets call its row worse."""
    before, after = [[0.0]] * 30, [[1.0]] * 30
    found = evidence(
        [1.0] * 30,
        [1.0] * 30,
        baseline={"scores": {"score": [[1.0]] * 30, "hallucination_rate": before}},
        candidate={"scores": {"score": [[1.0]] * 30, "hallucination_rate": after}},
        sequential=at(None, 30),
    )
    policy = Policy(metrics=[MetricRule(metric="hallucination_rate"), MetricRule(metric="score")])
    verdict = judge(found, PolicyInForce(policy))

    assert Ruling.regression == verdict.verdict
    assert [True, False] == [row.worse for row in verdict.metrics]


@pytest.mark.parametrize(
    ("number", "seen", "said"),
    [
        (None, 30, "decided after 30 of 100 examples, by bets, between looks; 140 calls saved."),
        (2, 40, "decided after 40 of 100 examples, at look 2 of 5; 120 calls saved."),
    ],
)
def test_the_verdict_says_that_it_was_early(number, seen, said):
    """How far it went, what ended it, what it saved."""
    verdict = judge(evidence([1.0] * seen, [0.0] * seen, sequential=at(number, seen)), BY_DEFAULT)

    assert f"Stopped early: {said}" in verdict.warnings
    assert seen == verdict.n_examples == verdict.n_pairs


def test_a_run_that_went_to_its_end_says_nothing_of_it():
    """There is nothing to warn of."""
    verdict = judge(evidence([1.0] * 100, [1.0] * 100, sequential=at(5, 100)), BY_DEFAULT)

    assert not any("Stopped" in warning for warning in verdict.warnings)


def test_examples_beyond_the_stop_do_not_exist():
    """Neither as pairs nor as pairs that lack a score; the stored evidence judges alike."""
    whole = evidence([1.0] * 60 + [0.0] * 40, [0.0] * 60 + [None] * 40)
    seen = visited(whole, at(3, 60))
    again = Evidence.model_validate(seen.model_dump(mode="json"))
    verdict = judge(seen, BY_DEFAULT)

    assert 60 == verdict.n_examples == verdict.n_pairs
    assert verdict == judge(again, BY_DEFAULT)


def test_nothing_judged_is_no_bet_won():
    """Without a score there is no answer either."""
    nothing = evidence([None] * 30, [None] * 30, sequential=at(None, 30))

    assert Ruling.invalid == ruling(nothing)
