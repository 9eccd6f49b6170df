"""A verdict and an experiment's results as text for a terminal; the numbers are the Verdict's own.

Whoever shows a verdict reads the same object: the dashboard, JUnit, a pull request, and this.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.cli.output import columns, painted
from app.cli.terminal import counted, dollars
from app.verdicts.parts import MetricVerdict
from app.verdicts.schemas import Verdict
from app.verdicts.wording import metric_name, number, p_value, signed

WIDTH = 100
COLOURS = {"pass": "green", "regression": "red", "inconclusive": "yellow"}
NONE = "-"  # what was not measured is not 0
MOST_NOTES = 10


def of_experiment(status: Mapping[str, Any]) -> str:
    """The verdicts, the metrics of the newest version's, the versions, and what has no score."""
    parts = [ruled(row["verdict"], row["sentence"]) for row in status["comparisons"]]
    if not parts:
        parts.append(_ended(status))
    if status["verdict"]:
        parts += details(Verdict.model_validate(status["verdict"]), told=parts[-1])
    if status["results"]:
        parts.append(columns(_versions(status["results"])))
    parts += [f"Not scored: {line}" for line in map(_cause, status["causes"])]
    return "\n\n".join(part for part in parts if part)


def of_verdict(verdict: Verdict) -> str:
    lead = ruled(verdict.verdict.value, verdict.sentence)
    return "\n\n".join([lead, *details(verdict, told=lead)])


def ruled(ruling: str, sentence: str) -> str:
    """`PASS  v3 is no worse than v2: …`."""
    word = ruling.upper().replace("_", " ")
    margin = " " * (len(word) + 2)
    text = textwrap.fill(f"{margin}{sentence}", WIDTH, subsequent_indent=margin)
    return f"{painted(word, COLOURS.get(ruling, 'red'))}  {text.lstrip()}"


def details(verdict: Verdict, *, told: str) -> Iterator[str]:
    """What the sentence does not say."""
    if verdict.metrics:
        yield columns([_METRICS, *map(_metric, verdict.metrics)])
    yield _changed(verdict)
    untold = [why for why in verdict.reasons if " ".join(why.split()) not in " ".join(told.split())]
    notes = [*untold, *verdict.warnings][:MOST_NOTES]
    if notes:
        yield "\n".join(f"- {note}" for note in notes)


_METRICS = ("METRIC", "BASE", "NEW", "DIFFERENCE", "INTERVAL", "PAIRS", "P", "")


def _metric(metric: MetricVerdict) -> tuple[str, ...]:
    found = metric.p_value if metric.adjusted_p is None else metric.adjusted_p
    return (
        metric_name(metric.metric),
        _number(metric.baseline),
        _number(metric.candidate),
        NONE if metric.difference is None else signed(metric.difference),
        " to ".join(map(signed, metric.interval)) if metric.interval else NONE,
        str(metric.n_pairs),
        NONE if found is None else p_value(found).removeprefix("p ").removeprefix("= "),
        _standing(metric),
    )


def _standing(metric: MetricVerdict) -> str:
    if metric.difference is None:
        return "not judged"
    if metric.worse:
        return painted("worse", "red")
    if not metric.gating:
        return "shown only"
    return "within the margin" if metric.within_margin else "unclear"


def _changed(verdict: Verdict) -> str:
    changes = verdict.changes
    counts = {
        "fails anew": changes.newly_failing_count,
        "fixed": changes.fixed_count,
        "flaky": changes.flaky_count,
    }
    told = [f"{n} {what}" for what, n in counts.items() if n]
    ratios = {"cost": verdict.cost_ratio, "p95 latency": verdict.latency_ratio}
    told += [f"{name} x {ratio:.2f}" for name, ratio in ratios.items() if ratio is not None]
    return f"Of {counted(verdict.n_examples, 'example')}: {', '.join(told)}." if told else ""


def _ended(status: Mapping[str, Any]) -> str:
    word = status["status"].upper().replace("_", " ")
    colour = {"COMPLETED": "green", "COMPLETED WITH ERRORS": "yellow"}.get(word, "red")
    reason = status["error"] or "one version, nothing to compare it with"
    return f"{painted(word, colour)}  {reason}"


def _versions(results: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        ("VERSION", "MODEL", "SCORE", "95 %", "N", "FAILED", "COST", "P50")
    ]
    for arm in results:
        interval = arm["score_interval"]
        p50 = arm["latency_ms"]["p50"]
        rows.append(
            (
                f"v{arm['version_number']}",
                arm["model"],
                _number(arm["avg_score"]),
                f"{number(interval[0])} to {number(interval[1])}" if interval else NONE,
                str(arm["n"]),
                str(arm["failure_count"]),
                dollars(arm["cost_usd"]),
                NONE if p50 is None else f"{p50:.0f} ms",
            )
        )
    return rows


def _cause(cause: Mapping[str, Any]) -> str:
    what = f"{cause['count']} {cause['state'].replace('_', ' ')}"
    said = f": {cause['example'][:200]}" if cause["example"] else ""
    return f"{what}{said}"


def _number(value: float | None) -> str:
    return NONE if value is None else number(value)
