# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops ci-report`: what `llmops gate` found, told where people look at a build."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.embedded.errors import Misconfigured, tail

ResultArgument = Annotated[
    Path, typer.Argument(metavar="RESULT", help="What `llmops gate --json` printed.")
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report",
        help="The gate's `-o FILE.md`; those of several prompts are found by their names.",
    ),
]
CodeOption = Annotated[
    int | None, typer.Option("--exit-code", help="What the gate ended with.", show_default=False)
]
LogOption = Annotated[
    Path | None,
    typer.Option("--log", help="The gate's stderr; its end is told where there is no result."),
]
NameOption = Annotated[
    str, typer.Option(help="Tells several gates of one request apart; each has a comment.")
]
LAST_LINES = 5


def ci_report(
    result: ResultArgument,
    report: ReportOption = None,
    config: Annotated[Path, typer.Option(help="Which file is which prompt.")] = Path("llmops.yaml"),
    exit_code: CodeOption = None,
    log: LogOption = None,
    name: NameOption = "",
    *,
    comment: Annotated[
        bool, typer.Option(help="Comment on the pull request, once, and update it.")
    ] = True,
) -> None:
    """Tell a build what the gate found: summary, annotations, outputs, one comment.

    Knows GitHub Actions and GitLab CI by their own variables. Never fails a build: what cannot be
    told is said on stderr. RESULT is what `llmops gate --json -o gate.md > gate.json` left; where
    that is empty, the build is told that the gate could not complete.

    Example: llmops ci-report gate.json --report gate.md
    """
    from app.cli import ci_words

    wrong, found = None, None
    try:
        found = _read(result)
    except Misconfigured as error:
        wrong = error  # a comment of an earlier build must not stay as if it were this one's
    code = exit_code if exit_code is not None or found is None else found["exit_code"]
    experiments: Sequence[Mapping[str, Any]] = found["experiments"] if found else ()
    if not experiments:
        experiments = [ci_words.without_result(code, _last_words(log))]
    told = _reports(report, experiments)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, ci_words.body(experiments, told, limit=ci_words.SUMMARY_LIMIT, name=name))
    if outputs := os.environ.get("GITHUB_OUTPUT"):
        _append(outputs, ci_words.outputs(experiments, code))
    if os.environ.get("GITHUB_ACTIONS"):
        for line in ci_words.annotations(experiments, _files(config)):
            typer.echo(line)
    if comment:
        _comment(experiments, told, name)
    if wrong is not None:
        raise wrong


def _read(result: Path) -> Mapping[str, Any] | None:
    """None where the gate printed nothing; raises Misconfigured for what is no result."""
    try:
        text = result.read_text(encoding="utf-8")
        if not text.strip():
            return None
        found = json.loads(text)
        return {"exit_code": found["exit_code"], "experiments": list(found["experiments"])}
    except OSError as error:
        raise Misconfigured(f"{result} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError):
        raise Misconfigured(f"{result} is not what `llmops gate --json` prints.") from None


def _last_words(log: Path | None) -> str:
    """The error the gate ended with, else its last lines; without anything that is a secret."""
    if log is None or not log.is_file():
        return ""
    from app.core import logs

    lines = tail(log).splitlines()
    errors = [at for at, line in enumerate(lines) if line.startswith("llmops: ")]
    return str(logs.redact("\n".join(lines[errors[-1] if errors else -LAST_LINES :])))


def _reports(file: Path | None, experiments: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """The report of each result; None for one without cases."""
    from app.cli import exit_codes, outputs

    if file is None:
        return [None] * len(experiments)
    # one that is interrupted gets no file
    ended = [one for one in experiments if one["exit_code"] != exit_codes.INTERRUPTED]
    places = [file if len(ended) == 1 else outputs.named(file, one) for one in experiments]
    return [
        None if one["status"] is None else _text(place)
        for one, place in zip(experiments, places, strict=True)
    ]


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
    """Each prompt's file as the host names it."""
    from app.cli import config_file

    try:
        prompts = config_file.load(config).config.prompts if config.exists() else {}
    except Misconfigured as error:
        typer.echo(f"No annotation names its file: {error}", err=True)
        return {}
    return {prompt: _in_repository(config.parent / file) for prompt, file in prompts.items()}


def _in_repository(file: Path) -> str:
    """From the top of the repository or, where none is found, of the build's workspace."""
    place = Path(os.path.abspath(file))  # noqa: PTH100 - the name in git, whatever it links to
    tops = [folder for folder in place.parents if (folder / ".git").exists()]
    top = tops[0] if tops else Path(os.environ.get("GITHUB_WORKSPACE", Path.cwd()))
    return (place.relative_to(top) if place.is_relative_to(top) else file).as_posix()


def _comment(
    experiments: Sequence[Mapping[str, Any]], told: Sequence[str | None], name: str
) -> None:
    from app.cli import ci_words, code_host

    try:
        host = code_host.here()
        mark = ci_words.mark(name)
        body = ci_words.body(experiments, told, limit=host.limit, name=name)
        code_host.post(host, mark, f"{mark}\n{body}")
    except code_host.NotPosted as error:
        typer.echo(f"No comment: {error}.", err=True)
