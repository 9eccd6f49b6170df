import json

import pytest

from app.grounding.weights import LEARNT, version
from scripts import train_grounding as training


@pytest.fixture(scope="module")
def rows():
    """The labelled outputs the weights are learnt from, measured."""
    if not training.DATA.exists():
        pytest.skip("the labelled outputs of ../shared/data/grounding are not beside this checkout")
    return [
        training.measured(dataset, example)
        for dataset in training.LEARNT_FROM
        for example in training.read(dataset)
    ]


@pytest.mark.parametrize(
    ("dataset", "goal"), [("WiCE", 0.76), ("BEGIN", 0.94), ("Factcheck-GPT", 0.77)]
)
def test_it_ranks_data_it_has_never_seen(rows, dataset, goal):
    """Weights learnt without the dataset reach the AUROC the design asks for."""
    assert goal <= training.auroc(training.leaving_out(rows, dataset))


def test_the_weights_are_those_the_script_learns(rows):
    """Nobody has edited them by hand, and the signals have not moved under them."""
    stored = json.loads(LEARNT.read_text(encoding="utf-8"))
    fresh = training.learn(rows).stored()

    assert stored["intercept"] == pytest.approx(fresh["intercept"], abs=0.01)
    for name, part in fresh["signals"].items():
        assert stored["signals"][name] == pytest.approx(part, abs=0.01)


def test_the_page_speaks_of_these_weights():
    """The figures in the documentation were written with the weights and the IDF table in use."""
    assert f"Weights `{version()}`." in training.PAGE.read_text(encoding="utf-8")


def test_writing_the_page_keeps_what_people_wrote(tmp_path, monkeypatch):
    """Only what stands between the markers is replaced, however often."""
    page = tmp_path / "page.md"
    page.write_text(f"above\n{training.BEGIN}\nold\n{training.END}\nbelow\n", encoding="utf-8")
    monkeypatch.setattr(training, "PAGE", page)

    training.write_page(["new"])
    training.write_page(["newer"])

    assert f"above\n{training.BEGIN}\n\nnewer\n\n{training.END}\nbelow\n" == page.read_text(
        encoding="utf-8"
    )
