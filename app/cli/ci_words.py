"""A gate's result in the words a build's page can show; the numbers are the Verdict's own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.cli import exit_codes
from app.reports.markdown import inline
from app.verdicts.wording import metric_name, number, signed

MARK = "<!-- llmops-gate -->"
SUMMARY_LIMIT = 1_000_000  # GitHub takes 1 MiB of a step
FOLDED = "<details><summary>{name}</summary>\n\n{text}\n\n</details>\n"
SIGNS = {"pass": "✅", "regression": "❌", "inconclusive": "⚠️"}
UNKNOWN = "🚫"

Experiments = Sequence[Mapping[str, Any]]


def body(experiments: Experiments, reports: Sequence[str], *, limit: int) -> str:
    """A line and a table for each prompt, then reports while they fit into `limit` characters."""
    parts = [f"## {_headline(experiments)}\n"]
    parts += [_section(experiment) for experiment in experiments]
    text = "\n".join(parts) + "\n"
    left_out = 0
    for at, report in enumerate(reports):
        name = experiments[at]["prompt"] if len(reports) == len(experiments) else "The report"
        folded = FOLDED.format(name=inline(str(name)), text=report)
        if len(text) + len(folded) > limit - 200:
            left_out += 1
        else:
            text += folded
    if left_out:
        text += (
            f"\n{left_out} of {len(reports)} reports are too long for here; the links have them.\n"
        )
    return text[:limit]


def outputs(experiments: Experiments, code: int) -> str:
    """`name=value` lines of a step: exit-code, verdict, score, delta and url, of the gravest."""
    worst = _gravest(experiments)
    lead = _lead(worst)
    values = {
        "exit-code": code,
        "verdict": _word(worst) if worst else "none",
        "score": lead["candidate"] if lead else "",
        "delta": lead["difference"] if lead else "",
        "url": (worst or {}).get("url") or "",
    }
    return "".join(f"{name}={_line('' if v is None else str(v))}\n" for name, v in values.items())


def annotations(experiments: Experiments, files: Mapping[str, str]) -> Iterator[str]:
    """Workflow commands that stand beside the prompt's file in the change."""
    for experiment in experiments:
        if experiment["exit_code"] == exit_codes.PASSED and experiment["ruling"] != "inconclusive":
            continue
        level = "error" if experiment["exit_code"] in BLOCKING else "warning"
        file = files.get(str(experiment["prompt"]))
        place = f"file={_property(file)},line=1," if file else ""
        title = _property(f"{experiment['prompt']}: {_word(experiment)}")
        yield f"::{level} {place}title={title}::{_message(_sentence(experiment))}"


BLOCKING = {exit_codes.REGRESSION, exit_codes.COULD_NOT_COMPLETE, exit_codes.INCONCLUSIVE}


def _headline(experiments: Experiments) -> str:
    worst = _gravest(experiments)
    if worst is None:
        return "Prompts: nothing was run"
    return f"{SIGNS.get(_word(worst), UNKNOWN)} Prompts: {_word(worst)}"


def _section(experiment: Mapping[str, Any]) -> str:
    sign = SIGNS.get(_word(experiment), UNKNOWN)
    link = f" ([experiment]({experiment['url']}))" if experiment["url"] else ""
    said = inline(_sentence(experiment), 2_000)
    lines = [f"{sign} **{inline(str(experiment['prompt']))}**: {said}{link}", ""]
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


def _lead(experiment: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    metrics = _metrics(experiment) if experiment else ()
    return metrics[0] if metrics else None


def _gravest(experiments: Experiments) -> Mapping[str, Any] | None:
    if not experiments:
        return None
    code = exit_codes.gravest(experiment["exit_code"] for experiment in experiments)
    return next(one for one in experiments if one["exit_code"] == code)


def _word(experiment: Mapping[str, Any]) -> str:
    if experiment["ruling"]:
        return str(experiment["ruling"]).replace("_", " ")
    return "pass" if experiment["exit_code"] == exit_codes.PASSED else "could not complete"


def _sentence(experiment: Mapping[str, Any]) -> str:
    return str(experiment["sentence"] or "There is no verdict; the experiment's page says why.")


def _line(text: str) -> str:
    return re.sub(r"[\r\n]+", " ", text)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
