"""A report for people: one file that needs nothing else, runs nothing and may be passed on.

The page carries its own policy, since a saved file has no headers: no script, no request, and no
style but the one whose hash the policy names. Every text goes through the template's escaping.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from app.models import Ruling
from app.reports import words
from app.reports.chart import Chart, draw
from app.reports.inert import excerpt, plain
from app.reports.marks import Marked, mark
from app.reports.report import DETAILED, Case, Pair, Report, pairs
from app.verdicts.schemas import Verdict
from app.verdicts.wording import metric_name

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "report.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
HEADER_POLICY = f"{POLICY}; frame-ancestors 'none'; sandbox"
MOST_CASES = 20
TEXT = 4_000  # characters of an input or an expected output
TONES = {
    Ruling.passed: "pass",
    Ruling.regression: "regression",
    Ruling.inconclusive: "inconclusive",
}


class Metric(NamedTuple):
    name: str
    n: int
    baseline: str
    candidate: str
    difference: str
    p: str
    margin: str
    standing: str
    tone: str


class Example(NamedTuple):
    """One that got worse: what was asked, both answers with their marks, what the judge said."""

    pair: Pair
    asked: str
    expected: str | None
    baseline: Marked
    candidate: Marked
    before: str
    after: str
    judged: str


class Comparison(NamedTuple):
    verdict: Verdict
    word: str
    tone: str
    baseline: str
    candidate: str
    beside: str
    chart: Chart | None
    metrics: list[Metric]
    examples: list[Example]


def render(report: Report) -> Iterator[str]:
    cases = list(report.cases)
    compared = [
        _comparison(report, verdict, cases if rank < DETAILED else ())
        for rank, verdict in enumerate(report.worst_first)
    ]
    yield _template().render(
        report=report, compared=compared, words=words, style=STYLE, policy=POLICY
    )


@lru_cache(1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    return environment.get_template("report.html.jinja")


def _comparison(report: Report, verdict: Verdict, cases: Sequence[Case]) -> Comparison:
    shown = pairs(report, cases, verdict, MOST_CASES) if cases else []
    return Comparison(
        verdict=verdict,
        word=words.RULINGS[verdict.verdict],
        tone=TONES.get(verdict.verdict, "invalid"),
        baseline=report.called(verdict.baseline),
        candidate=report.called(verdict.candidate),
        beside=words.ratios(verdict),
        chart=draw(verdict),
        metrics=_metrics(verdict),
        examples=[_example(report, pair) for pair in shown],
    )


def _metrics(verdict: Verdict) -> list[Metric]:
    return [
        Metric(
            name=f"{metric_name(metric.metric)}"
            f"{'' if metric.direction == 'higher' else ', lower is better'}",
            n=metric.n_pairs,
            baseline=words.value(metric.baseline),
            candidate=words.value(metric.candidate),
            difference=words.difference(metric),
            p=words.chance(metric),
            margin=words.value(metric.margin),
            standing=words.standing(metric),
            tone="regression" if metric.worse else "quiet",
        )
        for metric in verdict.metrics
    ]


def _example(report: Report, pair: Pair) -> Example:
    case = pair.candidate
    score = case.find_score(report.experiment.primary) if case else None
    baseline, candidate = mark(pair.baseline, case)
    asked = json.dumps(case.input_data, ensure_ascii=False, indent=1) if case else ""
    expected = case.expected_output if case else None
    return Example(
        pair=pair,
        asked=excerpt(asked, TEXT),
        expected=None if expected is None else excerpt(expected, TEXT),
        baseline=baseline,
        candidate=candidate,
        before=words.value(pair.change.baseline),
        after=words.value(pair.change.candidate),
        judged=excerpt(score.reason, TEXT) if score else "",
    )
