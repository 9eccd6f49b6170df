"""The demo's comparison, as text that fits a terminal."""

import io
import textwrap
from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from app.demo import content

WIDTH = 108
HEADINGS = ("score (95 % CI)", "n", "hallucination rate", "failed", "cost", "p50")


def report(status: Mapping[str, Any]) -> str:
    """A table of the versions and the verdict on each but the one in production."""
    stream = io.StringIO()
    console = Console(file=stream, width=WIDTH, highlight=False, color_system=None)
    console.print(_table(status))
    for comparison in status["comparisons"]:
        console.print(_sentence(comparison), soft_wrap=True)
    open_cases = _unscored(status)
    if open_cases:
        console.print(f"Not scored: {open_cases}. They count in none of the means.")
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()).rstrip()


def _table(status: Mapping[str, Any]) -> Table:
    table = Table(title=status["name"], box=box.SIMPLE, title_justify="left", pad_edge=False)
    table.add_column("version", no_wrap=True, overflow="ellipsis", max_width=29)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    messages = [version.message for version in content.versions()]
    for row in status["results"]:
        number = row["version_number"]
        table.add_row(
            f"{number}  {messages[number - 1]}",
            _estimate(row["avg_score"], row["score_interval"]),
            str(row["n"]),
            _estimate(row["avg_hallucination_rate"], row["hallucination_interval"]),
            str(row["failure_count"]),
            _money(row),
            _milliseconds(row["latency_ms"]["p50"]),
        )
    return table


def _estimate(mean: float | None, interval: list[float] | None) -> str:
    if mean is None or interval is None:
        return "not judged"
    return f"{mean:.2f} ({interval[0]:.2f}–{interval[1]:.2f})"


def _money(row: Mapping[str, Any]) -> str:
    if row["cost_usd"] is None:
        return f"~${float(row['cost_estimated']):.4f}"
    return f"${float(row['cost_usd']):.4f}"


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _sentence(comparison: Mapping[str, Any]) -> str:
    """The verdict, as every other door words it, and what happened to the examples."""
    word = comparison["verdict"].upper().replace("_", " ")
    said = (
        f"{comparison['sentence']} By example: {comparison['wins']} better, "
        f"{comparison['ties']} the same, {comparison['losses']} worse."
    )
    margin = " " * (len(word) + 2)
    return textwrap.fill(f"{word}  {said}", WIDTH - 4, subsequent_indent=margin)


def _unscored(status: Mapping[str, Any]) -> str:
    states = status["progress"].items()
    named = [f"{n} {s}" for s, n in states if n and s not in {"planned", "scored"}]
    return ", ".join(named)
