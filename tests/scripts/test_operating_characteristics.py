"""The promised error rates, on real scores: a small run of `make science`."""

import numpy as np
import pytest

from app.models import Ruling
from scripts import operating_characteristics as science
from scripts.operating_characteristics import Pair, Question, Rates

TRIALS = 600
COIN = Pair("coin", np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, 0.5]]))


@pytest.fixture(scope="module")
def pairs():
    if not science.TABLES.exists():
        pytest.skip("the tables of ../shared/data/score_tables are not beside this checkout")
    return science.read_pairs()


def test_the_promises_are_kept(pairs):
    """False blocks and false passes at the margin, within the chance of so few runs."""
    found = science.measure(pairs, TRIALS, drops=(0.0, science.MARGIN), sizes=(50, 100))

    assert [] == science.broken_promises(found, TRIALS)
    assert 4 == len(found)


def test_a_large_drop_is_found(pairs):
    """Twenty points among a hundred examples: most runs say so, and none passes."""
    found = science.measure(pairs, 240, drops=(0.20,), sizes=(100,))
    rates = science.averaged(found[0.20, 100])

    assert rates.regression > 0.75
    assert rates.passed < 0.01


def test_every_pair_of_the_tables_is_asked(pairs):
    """As often as it has items for."""
    assert 24 == len(pairs)
    assert 57 == min(len(pair.scores) for pair in pairs)
    assert 624 == max(len(pair.scores) for pair in pairs)


def test_the_change_is_exactly_the_one_asked_for():
    """Half a million draws: the candidate loses what it should, and nothing else changes."""
    coins = np.random.default_rng(1)
    before, after = (np.array(side) for side in science.draw(Question(COIN, 0.1, 500_000), coins))

    assert pytest.approx(COIN.scores.mean(), abs=0.003) == before.mean()
    assert pytest.approx(0.1, abs=0.003) == (before - after).mean()


def test_a_pair_cannot_lose_more_than_it_has():
    """Half a score is all there is."""
    with pytest.raises(ValueError, match=r"scores 0\.62 and cannot lose 0\.7"):
        science.draw(Question(COIN, 0.7, 10), np.random.default_rng(1))


@pytest.mark.parametrize(
    ("after", "ruling"),
    [
        ([1.0] * 90, Ruling.passed),
        ([0.0] * 90, Ruling.regression),
        ([0.3] * 90, Ruling.regression),
        ([0.0] * 2 + [1.0] * 88, Ruling.inconclusive),
    ],
)
def test_the_rule_is_the_products(after, ruling):
    """Graded scores are turned into failures as the policy says."""
    assert ruling is science.verdict([1.0] * 90, after, seed=1)


def test_a_broken_promise_is_said():
    """What is off by more than chance is named with its figure."""
    found = {(0.0, 50): {"a": Rates(0.04, 0.1, 0.86)}, (0.05, 50): {"a": Rates(0.2, 0.05, 0.75)}}

    assert ["0.040 false blocks with 50 examples; promised are 0.03"] == science.broken_promises(
        found, 20_000
    )


def test_the_page_speaks_of_the_rule_in_use():
    """A new decision version needs new figures."""
    page = science.PAGE.read_text(encoding="utf-8")

    assert f"\n{science.decided_by()}\n" in page
    assert 1 == page.count(science.BEGIN) == page.count(science.END)


def test_only_the_figures_are_replaced(tmp_path, monkeypatch, capsys):
    """Words around them stay; the tables and the promises are shown, and exit code 1 is a failure."""
    page = tmp_path / "page.md"
    page.write_text(f"above\n{science.BEGIN}\nold\n{science.END}\nbelow\n", encoding="utf-8")
    rates = {"coin": Rates(0.5, 0.3, 0.2)}
    answers = {(drop, n): rates for drop in science.DROPS for n in science.SIZES}
    monkeypatch.setattr(science, "PAGE", page)
    monkeypatch.setattr(science, "TABLES", tmp_path)
    monkeypatch.setattr(science, "read_pairs", lambda: [COIN])
    monkeypatch.setattr(science, "measure", lambda _pairs, _trials: answers)

    assert 1 == science.main()
    written = page.read_text(encoding="utf-8")
    assert written.startswith(f"above\n{science.BEGIN}\n\n{science.decided_by()}\n")
    assert written.endswith(f"{science.END}\nbelow\n")
    assert "old" not in written
    assert "| none | .50/.30/.20 | .50/.30/.20 |" in written
    assert "| coin | 4 | .62 and .62 | .71 | 0.500 | 0.300 |" in written
    assert "Broken promise: 0.500 false blocks with 20 examples" in capsys.readouterr().err


def test_without_the_tables_nothing_is_written(tmp_path, monkeypatch, capsys):
    """Exit code 2, and where the tables should be."""
    monkeypatch.setattr(science, "TABLES", tmp_path / "nowhere")
    monkeypatch.setattr(science, "PAGE", tmp_path / "page.md")

    assert 2 == science.main()
    assert "../shared/data/score_tables" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()
