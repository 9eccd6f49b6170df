"""Measures how often the rule behind every verdict is right, and writes it down.

    make science

reads ../shared/data/score_tables and writes the part of docs/operating-characteristics.md between
the markers. The same tables and the same code give the same figures. Exit code 1: a promise is
broken; 2: the tables are not there.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from math import ceil, sqrt
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.models import Ruling
from app.statistics.decision import adjust, decide, failure_metric, score_metric
from app.statistics.paired import compare
from app.verdicts.policy import DEFAULT, FAILURE, SCORE
from app.verdicts.schemas import DECISION_VERSION

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT.parent / "shared" / "data" / "score_tables"
PAGE = ROOT / "docs" / "operating-characteristics.md"
BEGIN, END = "<!-- figures of scripts/operating_characteristics.py -->", "<!-- end of figures -->"

SEED = 20_26
TRIALS = 20_000  # for each change and n, shared by the pairs: .05 is then known to ± .003
DROPS = (0.0, 0.02, 0.05, 0.10, 0.20)
SIZES = (20, 50, 100, 200, 400)
MARGIN = 0.05
MOST_FALSE_BLOCKS, MOST_FALSE_PASSES = 0.03, 0.05  # what the gate promises, averaged over pairs
CHANCE = 3.0  # standard errors by which trials may exceed a promise that is kept exactly
TOLERANCE = 0.02

# (REGRESSION, PASS, INCONCLUSIVE) of the study that chose the rule, on 14 pairs of which some had
# graded judge scores, 200 resamples each
STUDY: Mapping[float, Sequence[tuple[float, float, float]]] = {
    0.0: ((0.01, 0.04, 0.95), (0.03, 0.21, 0.76), (0.02, 0.41, 0.57), (0.03, 0.58, 0.39),
          (0.03, 0.74, 0.23)),
    0.02: ((0.06, 0.03, 0.91), (0.10, 0.12, 0.79), (0.12, 0.22, 0.67), (0.17, 0.33, 0.50),
           (0.27, 0.36, 0.37)),
    0.05: ((0.21, 0.02, 0.77), (0.31, 0.05, 0.64), (0.36, 0.05, 0.59), (0.52, 0.04, 0.44),
           (0.65, 0.04, 0.32)),
    0.10: ((0.32, 0.01, 0.67), (0.48, 0.03, 0.50), (0.63, 0.02, 0.36), (0.81, 0.01, 0.18),
           (0.95, 0.00, 0.05)),
    0.20: ((0.46, 0.00, 0.54), (0.75, 0.02, 0.23), (0.93, 0.01, 0.06), (0.99, 0.00, 0.00),
           (1.00, 0.00, 0.00)),
}  # fmt: skip
STUDY_BINARY_PASSES = {100: 0.23, 200: 0.38, 400: 0.60}  # its 0/1 scores alone, without a change

Floats = NDArray[np.float64]


class Pair(NamedTuple):
    """Two versions' scores on the same items: a row for each item, a column for each version."""

    name: str
    scores: Floats


class Question(NamedTuple):
    """How a pair fares when the candidate is worse by so much and n examples are asked."""

    pair: Pair
    drop: float
    n: int


class Rates(NamedTuple):
    regression: float
    passed: float
    inconclusive: float

    def __str__(self) -> str:
        return "/".join(_short(rate) for rate in self)


Answers = dict[tuple[float, int], dict[str, Rates]]  # by drop and n, then by pair


def read_pairs() -> list[Pair]:
    """Every pair of versions in the tables: 17 of BBH, 6 of GSM8K, 1 of tau-bench."""
    return [*_bbh(), *_gsm8k(), _tau_bench()]


def _bbh() -> Iterator[Pair]:
    """Each task under a direct prompt and under one that asks to think step by step."""
    tasks: defaultdict[str, list[list[float]]] = defaultdict(list)
    for row in _table("bbh_codex_direct_vs_cot"):
        tasks[row["task"]].append([float(row["direct"]), float(row["cot"])])
    for task, scores in tasks.items():
        yield Pair(f"BBH {task.replace('_', ' ')}, direct and step by step", np.array(scores))


def _gsm8k() -> Iterator[Pair]:
    rows = _table("gsm8k_4models")
    systems = [name for name in rows[0] if name != "item"]
    for first, second in combinations(systems, 2):
        scores = np.array([[float(row[first]), float(row[second])] for row in rows])
        named = " and ".join(name.replace("_", " ") for name in (first, second))
        yield Pair(f"GSM8K {named}", scores)


def _tau_bench() -> Pair:
    """One agent against itself: two of its four trials against the other two, split all 3 ways."""
    trials: defaultdict[str, list[float]] = defaultdict(list)
    for row in _table("taubench_gpt4o_airline_4trials"):
        trials[row["task_id"]].append(float(row["reward"]))
    scores = [
        [(found[0] + found[other]) / 2, (sum(found) - found[0] - found[other]) / 2]
        for found in trials.values()
        for other in (1, 2, 3)
    ]
    return Pair("tau-bench airline, two trials and two others", np.array(scores))


def _table(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def draw(question: Question, coins: np.random.Generator) -> tuple[list[float], list[float]]:
    """Items at random with replacement: n baseline scores, and n candidate scores.

    A coin decides for each item which version is the candidate, so that neither is better. Then
    each candidate score becomes 0 with the probability drop / mean score, which lowers its
    expectation by exactly the drop. Raises ValueError for a drop below a mean of 0.
    """
    scores, drop, n = question.pair.scores, question.drop, question.n
    mean = float(scores.mean())
    if drop > mean:
        raise ValueError(f"{question.pair.name} scores {mean:.2f} and cannot lose {drop}")
    drawn = scores[coins.integers(0, len(scores), n)]
    swapped = coins.random(n) < 0.5
    drawn[swapped] = drawn[swapped, ::-1]
    lost = coins.random(n) * mean < drop
    return drawn[:, 0].tolist(), np.where(lost, 0.0, drawn[:, 1]).tolist()


def verdict(
    before: Sequence[float],
    after: Sequence[float],
    *,
    seed: int,
    worse: float = DEFAULT.alpha,
    within: float = DEFAULT.alpha,
) -> Ruling:
    """What the default policy says at these levels, by the product's own functions."""
    confidence, limit = 1 - within, DEFAULT.failing_below
    score = compare(before, after, seed=seed, failing_below=limit, confidence=confidence)
    passes = [[float(one >= limit) for one in side] for side in (before, after)]
    failure = score  # scores of 0 and 1 are their own flags
    if passes != [before, after]:
        failure = compare(*passes, seed=seed, confidence=confidence)
    assert score is not None
    assert failure is not None
    metrics = [score_metric(SCORE, score), failure_metric(FAILURE, failure)]
    margins = [rule.margin for rule in DEFAULT.metrics]
    adjusted = adjust([metrics])[0]
    found = decide(metrics, adjusted, margins, alpha=worse, floor=DEFAULT.floor)
    if any(finding.worse for finding in found):
        return Ruling.regression
    return Ruling.passed if all(finding.within for finding in found) else Ruling.inconclusive


def ask(question: Question, resamples: int) -> Rates:
    key = [SEED, *question.pair.name.encode(), round(1000 * question.drop), question.n]
    coins = np.random.default_rng(key)
    found = [verdict(*draw(question, coins), seed=seed) for seed in range(resamples)]
    rulings = (Ruling.regression, Ruling.passed, Ruling.inconclusive)
    return Rates(*(found.count(ruling) / resamples for ruling in rulings))


def measure(
    pairs: Sequence[Pair],
    trials: int,
    *,
    drops: Sequence[float] = DROPS,
    sizes: Sequence[int] = SIZES,
    processes: int = 2,
) -> Answers:
    """Every question to the pairs with at least n items, which share the trials evenly."""
    large = {n: [pair for pair in pairs if n <= len(pair.scores)] for n in sizes}
    questions = [Question(pair, drop, n) for drop in drops for n in sizes for pair in large[n]]
    resamples = [ceil(trials / len(large[question.n])) for question in questions]
    answers: Answers = defaultdict(dict)
    with ProcessPoolExecutor(processes) as pool:
        found = pool.map(ask, questions, resamples)
        for question, rates in zip(questions, found, strict=True):
            answers[question.drop, question.n][question.pair.name] = rates
    return answers


def averaged(rates: Mapping[str, Rates]) -> Rates:
    """Every pair weighs the same."""
    return Rates(*(fmean(part) for part in zip(*rates.values(), strict=True)))


def broken_promises(answers: Answers, trials: int) -> list[str]:
    """What is worse than promised by more than chance, in words."""
    promises = (
        (0.0, "false blocks", "regression", MOST_FALSE_BLOCKS),
        (MARGIN, "false passes at the margin", "passed", MOST_FALSE_PASSES),
    )
    return [
        f"{rate:.3f} {what} with {n} examples; promised are {most}"
        for of_drop, what, name, most in promises
        for (drop, n), rates in answers.items()
        if drop == of_drop
        and (rate := getattr(averaged(rates), name))
        > most + CHANCE * sqrt(most * (1 - most) / trials)
    ]


def _short(value: float) -> str:
    """.03 as statisticians write it."""
    return f"{value:.2f}".removeprefix("0")


def _change(drop: float) -> str:
    return f"−{100 * drop:.0f} points" if drop else "none"


def _grid(answers: Answers, cell: str) -> Iterator[str]:
    sizes = sorted({n for _, n in answers})
    yield f"| {cell} | " + " | ".join(f"n = {n}" for n in sizes) + " |"
    yield "|---|" + "---|" * len(sizes)


def rates_table(answers: Answers) -> Iterator[str]:
    yield from _grid(answers, "true change")
    for drop in sorted({drop for drop, _ in answers}):
        row = [averaged(answers[key]) for key in sorted(answers) if key[0] == drop]
        yield f"| {_change(drop)} | " + " | ".join(map(str, row)) + " |"


def errors_table(answers: Answers) -> Iterator[str]:
    """Both errors, averaged and for the worst pair."""
    yield from _grid(answers, "error")
    for what, of_drop, name in (
        ("false block", 0.0, "regression"),
        ("false pass at −5 points", MARGIN, "passed"),
    ):
        found = [answers[key] for key in sorted(answers) if key[0] == of_drop]
        means = [getattr(averaged(rates), name) for rates in found]
        worst = [max(getattr(one, name) for one in rates.values()) for rates in found]
        yield f"| {what}, mean of pairs | " + " | ".join(f"{mean:.3f}" for mean in means) + " |"
        yield f"| {what}, worst pair | " + " | ".join(f"{most:.3f}" for most in worst) + " |"


def study_table(answers: Answers) -> Iterator[str]:
    """REGRESSION and PASS, ours/expected; bold where they are further apart than the tolerance."""
    yield from _grid(answers, "true change, ours/expected")
    for title, column in (("REGRESSION", 0), ("PASS", 1)):
        for drop, expected in STUDY.items():
            cells = [
                _beside(averaged(answers[drop, n])[column], rates[column])
                for n, rates in zip(SIZES, expected, strict=True)
            ]
            yield f"| {title}, {_change(drop)} | " + " | ".join(cells) + " |"
    binary = [
        _beside(averaged(answers[0.0, n]).passed, STUDY_BINARY_PASSES[n])
        if n in STUDY_BINARY_PASSES
        else ""
        for n in SIZES
    ]
    yield "| PASS, none, against its 0/1 scores alone | " + " | ".join(binary) + " |"


def _beside(ours: float, expected: float) -> str:
    shown = f"{_short(ours)}/{_short(expected)}"
    return f"**{shown}**" if round(abs(ours - expected), 4) > TOLERANCE else shown


def pairs_table(pairs: Sequence[Pair], answers: Answers) -> Iterator[str]:
    yield "| pair | items | means | sd of differences | false blocks | false passes |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, scores in pairs:
        means = " and ".join(_short(mean) for mean in scores.mean(axis=0))
        sd = _short(float((scores[:, 1] - scores[:, 0]).std()))
        blocks, passes = (
            fmean(rates[name][column] for (drop, _), rates in answers.items()
                  if drop == of_drop and name in rates)
            for of_drop, column in ((0.0, 0), (MARGIN, 1))
        )  # fmt: skip
        yield f"| {name} | {len(scores)} | {means} | {sd} | {blocks:.3f} | {passes:.3f} |"


def write_page(parts: Sequence[str]) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text("\n\n".join([before + BEGIN, *parts, END + after]), encoding="utf-8")


def decided_by() -> str:
    return (
        f"Decision version {DECISION_VERSION}; each rate of the first table is of {TRIALS:,} runs."
    )


def main() -> int:
    if not TABLES.exists():
        sys.stderr.write(
            "The score tables are not beside this checkout (../shared/data/score_tables): "
            "the figures in docs/operating-characteristics.md stay as they are.\n"
        )
        return 2
    pairs = read_pairs()
    answers = measure(pairs, TRIALS)
    parts = [
        decided_by(),
        "\n".join(rates_table(answers)),
        "\n".join(errors_table(answers)),
        "\n".join(study_table(answers)),
        "\n".join(pairs_table(pairs, answers)),
    ]
    write_page(parts)
    print("\n\n".join(parts))
    broken = broken_promises(answers, TRIALS)
    for promise in broken:
        sys.stderr.write(f"Broken promise: {promise}.\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
