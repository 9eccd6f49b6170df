# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops ci-report`: what `llmops gate` found, told where people look at a build."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.embedded.errors import Misconfigured

ResultArgument = Annotated[
    Path, typer.Argument(metavar="RESULT", help="What `llmops gate --json` printed.")
]
ReportOption = Annotated[
    list[Path], typer.Option("--report", help="A Markdown report of it; may be repeated.")
]


def ci_report(
    result: ResultArgument,
    reports: ReportOption = [],  # noqa: B006 - typer copies it
    config: Annotated[Path, typer.Option(help="Which file is which prompt.")] = Path("llmops.yaml"),
    *,
    comment: Annotated[
        bool, typer.Option(help="Comment on the pull request, once, and update it.")
    ] = True,
) -> None:
    """Tell a build what the gate found: summary, annotations, outputs, one comment.

    Knows GitHub Actions and GitLab CI by their own variables. Never fails a build: what cannot be
    told is said on stderr. RESULT is what `llmops gate --json -o gate.md > gate.json` left.

    Example: llmops ci-report gate.json --report gate.md
    """
    from app.cli import ci_words

    found = _read(result)
    told = [text for text in map(_text, reports) if text is not None]
    experiments: Sequence[Mapping[str, Any]] = found["experiments"]
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, ci_words.body(experiments, told, limit=ci_words.SUMMARY_LIMIT))
    if outputs := os.environ.get("GITHUB_OUTPUT"):
        _append(outputs, ci_words.outputs(experiments, found["exit_code"]))
    if os.environ.get("GITHUB_ACTIONS"):
        for line in ci_words.annotations(experiments, _files(config)):
            typer.echo(line)
    if comment:
        _comment(experiments, told)


def _read(result: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(result.read_text(encoding="utf-8"))
        return {"exit_code": found["exit_code"], "experiments": list(found["experiments"])}
    except OSError as error:
        raise Misconfigured(f"{result} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError):
        raise Misconfigured(f"{result} is not what `llmops gate --json` prints.") from None


def _text(report: Path) -> str | None:
    """None for one that is not there; its result is told without it."""
    try:
        return report.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"No report: {report} cannot be read ({type(error).__name__}).", err=True)
        return None


def _append(path: str, text: str) -> None:
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        typer.echo(f"Nothing is added to {path}: {error.strerror}.", err=True)


def _files(config: Path) -> Mapping[str, str]:
    from app.cli import config_file

    try:
        return config_file.load(config).config.prompts if config.exists() else {}
    except Misconfigured as error:
        typer.echo(f"No annotation names its file: {error}", err=True)
        return {}


def _comment(experiments: Sequence[Mapping[str, Any]], told: Sequence[str]) -> None:
    from app.cli import ci_words, code_host

    try:
        host = code_host.here()
        body = ci_words.body(experiments, told, limit=host.limit)
        code_host.post(host, ci_words.MARK, f"{ci_words.MARK}\n{body}")
    except code_host.NotPosted as error:
        typer.echo(f"No comment: {error}.", err=True)
