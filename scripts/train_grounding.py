"""Learns the IDF table and the weights of the grounding evaluator and writes its figures.

    .venv/bin/python -m scripts.train_grounding

reads ../shared/data/grounding, writes app/grounding/idf.json, app/grounding/weights.json and the
part of docs/grounding.md between the markers. The same data gives the same weights; only the
milliseconds differ from machine to machine.
"""

import json
import statistics
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import mannwhitneyu

from app.grounding import idf, weights
from app.grounding.signals import SIGNALS, Source, measure
from app.grounding.support import UNSUPPORTED_FROM, overall, risk
from app.grounding.text import content_words, sentences
from app.grounding.weights import Weights

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "grounding"
PAGE = ROOT / "docs" / "grounding.md"
BEGIN, END = "<!-- figures of scripts/train_grounding.py -->", "<!-- end of the figures -->"

FILES = {
    "WiCE": "wice",
    "BEGIN": "begin",
    "Factcheck-GPT": "factcheckgpt_stance",
    "SummEdits": "summedits",
    "HaluEval QA": "halueval_qa",
}
# SummEdits is only measured because its edits keep the words (the blind spot), HaluEval because
# the length of an answer alone gives its label away: either would teach something else.
LEARNT_FROM = ("WiCE", "BEGIN", "Factcheck-GPT")
FOLDS = 5
RIDGE = 0.01  # on squared weights of z-scores; the AUROCs are flat from .0001 to .03
RAREST = 3  # a word in fewer sentences counts as unseen; keeps the table under 200 KB

Floats = NDArray[np.float64]


class Example(TypedDict):
    """The fields of a line of the data that are read here; label 1 is supported, 0 is not."""

    group: str
    context: str
    output: str
    label: int


class Row(NamedTuple):
    """One labelled output; `signals` has a line for each of its checkworthy sentences."""

    dataset: str
    group: str
    unsupported: bool
    signals: tuple[tuple[float, ...], ...]


def read(dataset: str) -> list[Example]:
    lines = (DATA / f"{FILES[dataset]}.jsonl").read_text(encoding="utf-8").splitlines()
    return [example for example in map(json.loads, lines) if example["label"] is not None]


def learn_idf(contexts: set[str]) -> None:
    """Counts in how many different sentences of all contexts each stem occurs."""
    texts = {sentence.text for context in contexts for sentence in sentences(context)}
    counts = Counter(word for text in texts for word in set(content_words(text)))
    kept = {word: counts[word] for word in sorted(counts) if counts[word] >= RAREST}
    table = {"sentences": len(texts), "counts": kept}
    text = json.dumps(table, separators=(",", ":"), ensure_ascii=False)
    idf.TABLE.write_text(text + "\n", encoding="utf-8")


def measured(dataset: str, example: Example) -> Row:
    source = Source(example["context"])
    found = (measure(sentence, source) for sentence in sentences(example["output"]))
    signals = tuple(each.signals for each in found if each.checkworthy)
    return Row(dataset, example["group"], example["label"] == 0, signals)


class Learnt(NamedTuple):
    """Means and deviations of the signals, weights of the z-scores, and the curve's intercept."""

    means: Floats
    deviations: Floats
    weights: Floats
    intercept: float

    def stored(self) -> dict[str, object]:
        lines = np.round([self.means, self.deviations, self.weights], 4).T.tolist()
        parts = [dict(zip(("mean", "deviation", "weight"), line, strict=True)) for line in lines]
        signals = dict(zip(SIGNALS, parts, strict=True))
        return {"intercept": round(self.intercept, 4), "signals": signals}

    def usable(self) -> Weights:
        start = self.intercept - float(self.weights @ (self.means / self.deviations))
        return Weights(start, tuple(map(float, self.weights / self.deviations)))


def learn(rows: Sequence[Row]) -> Learnt:
    """Ridge logistic regression with non-negative weights and an intercept for each dataset.

    Learnt from outputs of one sentence, where the output's label is the sentence's. Datasets weigh
    the same, and so do the two labels within each; the curve kept has the mean intercept.
    """
    single = [row for row in rows if len(row.signals) == 1]
    raw = np.array([row.signals[0] for row in single])
    means, deviations = raw.mean(axis=0), raw.std(axis=0)
    datasets = sorted({row.dataset for row in single})
    belongs = np.array([[float(row.dataset == each) for each in datasets] for row in single])
    design = np.hstack([(raw - means) / deviations, belongs])
    sign = np.array([1.0 if row.unsupported else -1.0 for row in single])
    cells = Counter((row.dataset, row.unsupported) for row in single)
    share = np.array([0.5 / len(datasets) / cells[row.dataset, row.unsupported] for row in single])
    held_down = np.array([RIDGE] * len(SIGNALS) + [0.0] * len(datasets))

    def loss(at: Floats) -> tuple[float, Floats]:
        margin = sign * (design @ at)
        slope = design.T @ (-share * sign * expit(-margin))
        value = share @ np.logaddexp(0.0, -margin) + held_down @ at**2
        return float(value), slope + 2 * held_down * at

    bounds = [(0.0, None)] * len(SIGNALS) + [(None, None)] * len(datasets)
    found = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    slopes, intercepts = np.split(found.x, [len(SIGNALS)])
    return Learnt(means, deviations, slopes, float(intercepts.mean()))


Scored = list[tuple[Row, list[float]]]  # the risk of each sentence


def scored(rows: Sequence[Row], by: Weights) -> Scored:
    return [(row, [by.risk(each) for each in row.signals]) for row in rows if row.signals]


def auroc(found: Scored) -> float:
    """The chance that an unsupported output ranks above a supported one; a tie counts half."""
    unsupported = [overall(risks) for row, risks in found if row.unsupported]
    supported = [overall(risks) for row, risks in found if not row.unsupported]
    above = mannwhitneyu(unsupported, supported).statistic
    return float(above) / (len(unsupported) * len(supported))


def across_folds(rows: Sequence[Row]) -> Scored:
    """Every row scored with weights that have not seen its group."""

    def fold(row: Row) -> int:
        return zlib.crc32(row.group.encode()) % FOLDS

    found: Scored = []
    for held_out in range(FOLDS):
        seen = [row for row in rows if row.dataset in LEARNT_FROM and fold(row) != held_out]
        found += scored([row for row in rows if fold(row) == held_out], learn(seen).usable())
    return found


def leaving_out(rows: Sequence[Row], dataset: str) -> Scored:
    seen = [row for row in rows if row.dataset in LEARNT_FROM and row.dataset != dataset]
    return scored([row for row in rows if row.dataset == dataset], learn(seen).usable())


def share_flagged(found: Scored, *, unsupported: bool) -> float:
    """The share of the outputs with that label in which a sentence is found unsupported."""
    return fmean(
        max(risks) >= UNSUPPORTED_FROM for row, risks in found if row.unsupported is unsupported
    )


def auroc_table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| data | outputs | AUROC, new documents | AUROC, new dataset | flagged | false flags |"
    yield "|---|---:|---:|---:|---:|---:|"
    folded = across_folds(rows)
    for dataset in FILES:
        mine = [pair for pair in folded if pair[0].dataset == dataset]
        new_documents = f"{auroc(mine):.3f}" if dataset in LEARNT_FROM else "–"
        new_dataset = f"{auroc(leaving_out(rows, dataset)):.3f}"
        flagged, false = (
            f"{share_flagged(mine, unsupported=is_so):.0%}" for is_so in (True, False)
        )
        yield f"| {dataset} | {len(mine)} | {new_documents} | {new_dataset} | {flagged} | {false} |"


def weight_table(learnt: Learnt) -> Iterator[str]:
    yield "| signal | mean | deviation | weight of its z-score |"
    yield "|---|---:|---:|---:|"
    for name, *part in zip(SIGNALS, learnt.means, learnt.deviations, learnt.weights, strict=True):
        yield f"| `{name}` | " + " | ".join(f"{float(each):.3f}" for each in part) + " |"


def numbers_line(rows: Sequence[Row]) -> str:
    where = SIGNALS.index("missing_number")
    labels = [row.unsupported for row in rows if any(line[where] for line in row.signals)]
    share = f"{fmean(labels):.0%} of {len(labels)}"
    return f"Of the outputs with a number their context lacks, {share} were labelled unsupported."


def speed_line(examples: Sequence[Example]) -> str:
    """CPU time of `risk` in a warm process, as a worker is."""
    spent = []
    for example in examples:
        begun = time.process_time_ns()
        risk(example["output"], example["context"])
        spent.append((time.process_time_ns() - begun) / 1e6)
    slow = statistics.quantiles(spent, n=20)[-1]
    spread = f"median {statistics.median(spent):.1f}, 95th percentile {slow:.1f}"
    return f"One example takes {fmean(spent):.1f} ms of one CPU core ({spread})."


def write_page(parts: Sequence[str]) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text("\n\n".join([before + BEGIN, *parts, END + after]), encoding="utf-8")


def main() -> None:
    examples = {dataset: read(dataset) for dataset in FILES}
    everything = list(chain.from_iterable(examples.values()))
    learn_idf({example["context"] for example in everything})
    rows = [measured(dataset, each) for dataset in FILES for each in examples[dataset]]
    learnt = learn([row for row in rows if row.dataset in LEARNT_FROM])
    weights.LEARNT.write_text(json.dumps(learnt.stored(), indent=2) + "\n", encoding="utf-8")
    parts = [
        f"Weights `{weights.version()}`.",
        "\n".join(auroc_table(rows)),
        "\n".join(weight_table(learnt)),
        numbers_line(rows),
        speed_line(everything),
    ]
    write_page(parts)
    print("\n\n".join(parts))


if __name__ == "__main__":
    main()
