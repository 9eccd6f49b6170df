"""Where a comparison may end early, and that its two error rates are what they would be."""

import numpy as np
import pytest
from scipy.stats import norm

from app.models import Ruling
from app.statistics.adaptive import Stop, bet, first_stop, plan_looks
from app.verdicts.policy import DEFAULT
from scripts import operating_characteristics as science
from scripts.operating_characteristics import MARGIN, Question

PLANNED = 100
RUNS = 1200
LOOKS = plan_looks(PLANNED)
BETS = 0.025
ERROR = 3 * (0.05 * 0.95 / RUNS) ** 0.5  # of a rate of .05 over so many runs


def run(question, coins, seed):
    """One adaptive run: the ruling, and how many of the examples it visited."""
    before, after = science.draw(question, coins)
    differences = [new - old for old, new in zip(before, after, strict=True)]
    end = Stop(PLANNED, LOOKS[-1])

    def ruling(stop):
        n = stop.visited
        if bet(differences[:n], alpha=BETS).reject and np.mean(differences[:n]) <= -DEFAULT.floor:
            return Ruling.regression
        if stop.look is None:
            return Ruling.inconclusive
        worse, within = stop.look.worse, stop.look.within
        return science.verdict(before[:n], after[:n], seed=seed, worse=worse, within=within)

    def answers(stop):
        return ruling(stop) is not Ruling.inconclusive

    least = DEFAULT.minimum_pairs
    stop = first_stop(differences, LOOKS, answers, alpha=BETS, least=least) or end
    return ruling(stop), stop.visited


@pytest.fixture(scope="module")
def rates():
    """The share of each ruling for a true drop, over all pairs of the score tables; mean visits."""
    if not science.TABLES.exists():
        pytest.skip("the tables of ../shared/data/score_tables are not beside this checkout")
    pairs = [pair for pair in science.read_pairs() if len(pair.scores) >= PLANNED]

    def measured(drop):
        coins = np.random.default_rng([7, round(1000 * drop)])
        runs = [
            run(Question(pairs[seed % len(pairs)], drop, PLANNED), coins, seed)
            for seed in range(RUNS)
        ]
        rulings = [ruling for ruling, _ in runs]
        shares = {ruling: rulings.count(ruling) / RUNS for ruling in set(rulings)}
        return shares, np.mean([visited for _, visited in runs])

    return measured


def test_a_version_that_is_no_worse_is_rarely_called_worse(rates):
    """Looking after every example and at five looks: in at most 5 of 100 runs."""
    shares, _ = rates(0.0)

    assert shares[Ruling.regression] <= 0.05 + ERROR
    assert shares[Ruling.passed] > 0.10


def test_a_version_worse_by_the_margin_rarely_passes(rates):
    """Whenever it stops: in at most 5 of 100 runs."""
    shares, _ = rates(MARGIN)

    assert shares.get(Ruling.passed, 0) <= 0.05 + ERROR


def test_a_large_drop_costs_half_the_examples(rates):
    """Twenty points: most runs end early, and hardly fewer see it than without looks."""
    shares, visited = rates(0.20)

    assert shares[Ruling.regression] > 0.75
    assert visited < 0.7 * PLANNED


def test_the_looks_spend_half_of_alpha_on_worse_and_all_of_it_on_within():
    """The last levels are those of O'Brien and Fleming's five looks, one-sided."""
    assert [20, 40, 60, 80, 100] == [look.examples for look in LOOKS]
    assert [1, 2, 3, 4, 5] == [look.number for look in LOOKS]
    assert pytest.approx(norm.sf(2.040), abs=1e-4) == LOOKS[-1].worse
    assert pytest.approx(norm.sf(4.562), rel=0.01) == LOOKS[0].worse
    assert 0.025 > LOOKS[-1].worse
    assert 0.05 > LOOKS[-1].within > LOOKS[-1].worse


def test_no_alpha_is_left_for_a_level_of_one_half():
    """Twice alpha is spent on the two sides together."""
    with pytest.raises(ValueError, match="alpha lies"):
        plan_looks(10, alpha=0.5)


def stops(differences, *, answers=lambda _stop: True, **options):
    return first_stop(differences, LOOKS, answers, alpha=BETS, **options)


def test_the_first_look_that_answers_ends_it():
    """One that does not is passed by; the last is no early end."""
    ties = [0.0] * PLANNED

    assert Stop(20, LOOKS[0]) == stops(ties)
    assert Stop(60, LOOKS[2]) == stops(ties, answers=lambda stop: stop.visited >= 60)
    assert stops(ties, answers=lambda stop: stop.visited >= 90) is None
    assert stops(ties[:19]) is None


def test_won_bets_end_it_between_looks():
    """As soon as the policy's least number of pairs is judged, and whatever comes after."""
    worse = [-1.0] * 30
    won = next(n for n in range(1, 30) if bet(worse[:n], alpha=BETS).reject)

    assert won < 20
    assert Stop(won, None) == stops(worse)
    assert Stop(won + 1, None) == stops([None, *worse])
    assert Stop(15, None) == stops([*worse[:won], *[1.0] * 20], least=15)


def test_bets_that_are_no_answer_are_put_forward_once():
    """The rule refused them, for too many pairs lack a score, say: from then on the looks decide."""
    asked = []

    def refuse(stop):
        asked.append(stop)
        return False

    assert stops([-1.0] * 70, answers=refuse) is None
    assert [None, 1, 2, 3] == [stop.look and stop.look.number for stop in asked]


def test_what_was_looked_at_before_is_not_asked_again():
    """The stop comes after, though the bets were won earlier."""
    assert Stop(26, None) == stops([-1.0] * 30, after=25)
    assert Stop(40, LOOKS[1]) == stops([0.0] * 50, after=20)
