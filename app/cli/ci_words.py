"""A gate's result in the words a build's page can show; the numbers are the Verdict's own."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.cli import exit_codes
from app.cli.outputs import called
from app.reports.inert import one_line
from app.reports.markdown import inline
from app.verdicts.wording import metric_name, number, signed

SUMMARY_LIMIT = 1_000_000  # bytes; GitHub takes 1 MiB of a step
NOTICE = 200  # bytes, saying what was left out
FOLDED = "<details><summary><code>{title}</code></summary>\n\n{text}\n\n</details>\n"
SIGNS = {"pass": "✅", "regression": "❌", "inconclusive": "⚠️", "could not complete": "⚠️"}
UNKNOWN = "🚫"
NO_RULING = {exit_codes.PASSED: "pass", exit_codes.INCONCLUSIVE: "inconclusive"}
NO_RESULT = {exit_codes.USAGE, exit_codes.COULD_NOT_COMPLETE, exit_codes.INTERRUPTED}

Experiments = Sequence[Mapping[str, Any]]


def mark(name: str) -> str:
    """Hidden at a comment's beginning, by which the comment of that name is found again."""
    fit = re.sub(r"[^\w.]+", "-", name).strip("-")
    return f"<!-- llmops-gate: {fit} -->" if fit else "<!-- llmops-gate -->"


def without_result(code: int | None, said: str) -> dict[str, Any]:
    """What stands for the experiments of a gate that ended before it had any."""
    ended = "It ended" if code is None else f"It ended with exit code {code}"
    return {
        "prompt": "llmops gate",
        "exit_code": code if code in NO_RESULT else exit_codes.COULD_NOT_COMPLETE,
        "ruling": None,
        "sentence": f"{ended} before it had a result. {said}".strip(),
        "experiment_id": None,
        "url": None,
        "status": None,
    }


def body(
    experiments: Experiments, reports: Sequence[str | None], *, limit: int, name: str = ""
) -> str:
    """A line and a table for each result, then its reports while they fit into `limit` bytes."""
    parts = [f"## {_headline(experiments, name)}\n"]
    parts += [_section(one) for one in experiments]
    text = "\n".join(parts) + "\n"
    pairs = zip(experiments, reports, strict=True)
    there = [(one, report) for one, report in pairs if report is not None]
    left_out = 0
    for one, report in there:
        folded = FOLDED.format(title=html.escape(one_line(called(one))), text=report)
        if _size(text) + _size(folded) > limit - NOTICE:
            left_out += 1
        else:
            text += folded
    if left_out:
        text += (
            f"\n{left_out} of {len(there)} reports are too long for here; the links have them.\n"
        )
    return text.encode()[:limit].decode(errors="ignore")


def _size(text: str) -> int:
    return len(text.encode())


def outputs(experiments: Experiments, code: int | None) -> str:
    """`name=value` lines of a step: exit-code, verdict, score, delta and url, of the gravest."""
    worst = _gravest(experiments)
    lead = _lead(worst)
    values = {
        "exit-code": code,
        "verdict": _word(worst),
        "score": lead["candidate"] if lead else "",
        "delta": lead["difference"] if lead else "",
        "url": worst["url"] or "",
    }
    return "".join(f"{name}={_line('' if v is None else str(v))}\n" for name, v in values.items())


def annotations(experiments: Experiments, files: Mapping[str, str]) -> Iterator[str]:
    """Workflow commands that stand beside the prompt's file in the change."""
    for experiment in experiments:
        if _word(experiment) == "pass":
            continue
        level = "warning" if experiment["exit_code"] == exit_codes.PASSED else "error"
        file = files.get(str(experiment["prompt"]))
        place = f"file={_property(file)},line=1," if file else ""
        title = _property(f"{called(experiment)}: {_word(experiment)}")
        yield f"::{level} {place}title={title}::{_message(_sentence(experiment))}"


def _headline(experiments: Experiments, name: str) -> str:
    word = _word(_gravest(experiments))
    what = f"Prompts, {inline(name)}" if name else "Prompts"
    return f"{SIGNS.get(word, UNKNOWN)} {what}: {word}"


def _section(experiment: Mapping[str, Any]) -> str:
    sign = SIGNS.get(_word(experiment), UNKNOWN)
    link = f" ([experiment]({experiment['url']}))" if experiment["url"] else ""
    said = inline(_sentence(experiment), 2_000)
    lines = [f"{sign} **{inline(called(experiment))}**: {said}{link}", ""]
    metrics = _metrics(experiment)
    if metrics:
        lines += [
            "| metric | base | head | difference | 95 % | pairs |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        lines += [_row(metric) for metric in metrics]
        lines.append("")
    return "\n".join(lines)


def _row(metric: Mapping[str, Any]) -> str:
    interval = metric["interval"]
    cells = (
        inline(metric_name(metric["metric"])),
        _shown(metric["baseline"]),
        _shown(metric["candidate"]),
        "not judged" if metric["difference"] is None else signed(metric["difference"]),
        f"{signed(interval[0])} … {signed(interval[1])}" if interval else "–",
        str(metric["n_pairs"]),
    )
    return f"| {' | '.join(cells)} |"


def _shown(value: float | None) -> str:
    return "–" if value is None else number(value)


def _metrics(experiment: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    verdict = (experiment["status"] or {}).get("verdict") or {}
    found: Sequence[Mapping[str, Any]] = verdict.get("metrics") or ()
    return found


def _lead(experiment: Mapping[str, Any]) -> Mapping[str, Any] | None:
    metrics = _metrics(experiment)
    return metrics[0] if metrics else None


def _gravest(experiments: Experiments) -> Mapping[str, Any]:
    """By exit code; of those that stop nothing, one that has not simply passed."""
    gravest_first = exit_codes.GRAVEST_FIRST.index
    return min(experiments, key=lambda one: (gravest_first(one["exit_code"]), _word(one) == "pass"))


def _word(experiment: Mapping[str, Any]) -> str:
    if experiment["ruling"]:
        return str(experiment["ruling"]).replace("_", " ")
    return NO_RULING.get(experiment["exit_code"], "could not complete")


def _sentence(experiment: Mapping[str, Any]) -> str:
    return str(experiment["sentence"] or "There is no verdict; the experiment's page says why.")


def _line(text: str) -> str:
    return re.sub(r"[\r\n]+", " ", text)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
