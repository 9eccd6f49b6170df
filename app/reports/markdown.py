"""A report for a pull request or a job summary: at most 1 MiB, whatever the models wrote.

Texts of models and users stand in fences longer than any run of backticks inside. Names inside
our own sentences are escaped, and a word joiner after `@` and `#` keeps them from calling people or
other issues. The sections come in order of weight; what no longer fits is left out and counted.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator

from app.reports import words
from app.reports.inert import excerpt, one_line, plain
from app.reports.report import DETAILED, Case, Pair, Report, pairs
from app.verdicts.parts import CaseChange, MetricVerdict
from app.verdicts.schemas import Verdict
from app.verdicts.wording import counted, metric_name

LIMIT_BYTES = 2**20  # what a GitHub job summary takes
NOTICE_BYTES = 100  # saying that something was left out
MOST_CASES = 20
TEXT = 2_000  # characters of each text of an example
SENTENCE = 2_000
NAME = 200

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$#]")
_CALL = re.compile(r"(@|\\#)(?=\w)")
_ADDRESS = re.compile(r"(?i)\b(?:(https?|ftp|mailto|xmpp)(:)|(www)(\.))")
_JOINER = "\u2060"


def render(report: Report) -> Iterator[str]:
    end = "\n".join(_end(report))
    yield from _fitting(_sections(report), LIMIT_BYTES - len(end.encode()) - NOTICE_BYTES)
    yield end


def inline(text: str, most: int = NAME) -> str:
    """A text inside a line of ours, with nothing in it that Markdown or GitHub reacts to."""
    text = excerpt(one_line(text), most)
    text = _SPECIAL.sub(r"\\\g<0>", text.replace("&", "&amp;"))
    text = _ADDRESS.sub(r"\1\3\\\2\4", text)
    return _CALL.sub(rf"\1{_JOINER}", text)


def fenced(text: str, most: int = TEXT) -> str:
    text = excerpt(plain(text), most)
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _fitting(sections: Iterable[str], limit: int) -> Iterator[str]:
    used = left_out = 0
    for section in sections:
        size = len(section.encode()) + 1
        if used + size > limit:
            left_out += 1
        else:
            used += size
            yield f"{section}\n"
    if left_out:
        yield f"\n{counted(left_out, 'part')} left out for length; the page has all.\n\n"


def _sections(report: Report) -> Iterator[str]:
    experiment = report.experiment
    for verdict in report.worst_first:
        yield _headline(verdict)
    if not report.verdicts:
        yield f"**{report.why_none}**\n"
    yield (
        f"Experiment **{inline(experiment.name)}** of **{inline(experiment.prompt)}**, "
        f"{experiment.status.value}, {experiment.created_at:%Y-%m-%d %H:%M} UTC: "
        f"<{experiment.url}>\n"
    )
    for verdict in report.worst_first:
        yield _metrics(report, verdict)
    yield _arms(report)
    cases = list(report.cases)
    for verdict in report.worst_first[:DETAILED]:
        yield from _changes(report, cases, verdict)


def _headline(verdict: Verdict) -> str:
    lines = [f"**{words.RULINGS[verdict.verdict]}**: {inline(verdict.sentence, SENTENCE)}\n"]
    lines += [f"- {inline(note, SENTENCE)}" for note in words.notes(verdict)]
    return "\n".join(lines) + ("\n" if len(lines) > 1 else "")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _metrics(report: Report, verdict: Verdict) -> str:
    if not verdict.metrics:
        return ""
    old, new = (inline(report.called(side)) for side in (verdict.baseline, verdict.candidate))
    lines = [
        f"### {new} against {old}\n",
        _row("metric", old, new, f"difference, {words.level(verdict)}", "p", "margin", "verdict"),
        "|---|--:|--:|--:|--:|--:|---|",
        *(_metric(metric) for metric in verdict.metrics),
    ]
    beside = words.ratios(verdict)
    return "\n".join([*lines, "", f"{new} beside {old}: {beside}.\n" if beside else ""])


def _metric(metric: MetricVerdict) -> str:
    better = "" if metric.direction == "higher" else " (lower is better)"
    return _row(
        f"{inline(metric_name(metric.metric))}{better}, n={metric.n_pairs}",
        words.value(metric.baseline),
        words.value(metric.candidate),
        words.difference(metric),
        words.chance(metric).replace("<", "&lt;"),
        words.value(metric.margin),
        words.standing(metric),
    )


def _arms(report: Report) -> str:
    lines = [
        "### Versions\n",
        _row("version", "model", "score, 95 % interval", "hallucination rate", "failures", "cost"),
        "|---|---|--:|--:|--:|--:|",
    ]
    for arm in report.arms:
        found = arm.result
        if found is None:
            cells = [words.NONE] * 4
        else:
            cells = [
                words.estimate(found.avg_score, found.score_interval, found.n),
                words.estimate(
                    found.avg_hallucination_rate,
                    found.hallucination_interval,
                    found.hallucination_n,
                ),
                f"{found.failure_count} of {found.n}",
                words.money(found.cost_usd, found.cost_estimated),
            ]
        lines.append(_row(inline(arm.label), inline(arm.model), *cells))
    return "\n".join([*lines, ""])


def _changes(report: Report, cases: list[Case], verdict: Verdict) -> Iterator[str]:
    total = verdict.changes.newly_failing_count
    new = inline(report.called(verdict.candidate))
    if not verdict.changes.newly_failing:
        yield f"No example fails newly under {new}; {verdict.changes.fixed_count} are fixed.\n"
        return
    listed = [pair for pair in pairs(report, cases, verdict, MOST_CASES) if pair.newly_failing]
    shown = "" if len(listed) == total else f", the worst {len(listed)}"
    yield f"### {counted(total, 'example')} newly failing under {new}{shown}\n"
    for pair in listed:
        yield _pair(report, verdict, pair)


def _pair(report: Report, verdict: Verdict, pair: Pair) -> str:
    lines = [f"<details><summary>{_summary(pair.change)}</summary>\n"]
    if pair.candidate is not None:
        asked = json.dumps(pair.candidate.input_data, ensure_ascii=False, indent=1)
        lines += ["Input\n", fenced(asked), ""]
        if pair.candidate.expected_output is not None:
            lines += ["Expected\n", fenced(pair.candidate.expected_output), ""]
    for side, case in ((verdict.baseline, pair.baseline), (verdict.candidate, pair.candidate)):
        if case is not None:
            lines += [f"Answer of {inline(report.called(side))}\n", fenced(case.output or ""), ""]
    score = pair.candidate.find_score(report.experiment.primary) if pair.candidate else None
    if score is not None and score.reason:
        lines += [f"Judged by {inline(score.evaluator)}\n", fenced(score.reason), ""]
    return "\n".join([*lines, "</details>\n"])


def _summary(change: CaseChange) -> str:
    """One line of HTML; a tag in `code` calls nobody."""
    tags = "".join(f" <code>{html.escape(one_line(tag))}</code>" for tag in change.tags[:10])
    marked = ", critical" if change.critical else ""
    return (
        f"<code>{change.example_id}</code> {words.value(change.baseline)} → "
        f"{words.value(change.candidate)}{marked}{tags}"
    )


def _end(report: Report) -> Iterator[str]:
    yield f"Cost: {words.bill(report)}.\n"
    yield f"Reproduce: {inline(words.reproduction(report), 4_000)}.\n"
