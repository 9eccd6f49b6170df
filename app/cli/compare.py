# ruff: noqa: PLC0415, PLR0913 - imports wait until the command runs, options are its face
"""`llmops compare`: the verdict on what has been run already."""

import re
from typing import Annotated, Any

import typer

from app.cli import server as servers
from app.cli.choices import ConfigOption, ExitZeroOption, StrictOption
from app.cli.output import JsonOption, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.cli.terminal import shown
from app.embedded.errors import Misconfigured

MOST_CANDIDATES = 8
ARM = re.compile(r"[0-9a-fA-F-]{36}(:\d{1,4})?")
SIDE = "NAME@VERSION, or the id of a version or an experiment, or EXPERIMENT:ARM."


def compare(
    base: Annotated[str, typer.Argument(help=f"The baseline: {SIDE}")],
    candidates: Annotated[list[str], typer.Argument(help="Up to eight, named the same way.")],
    config: ConfigOption = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    strict: StrictOption = False,
    exit_zero: ExitZeroOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give the verdict on versions or experiments that have results; nothing is run.

    A candidate that is a version only (`v3`, `latest`) is one of the baseline's prompt. Exit
    codes as those of `llmops run`.

    Example: llmops compare support/answer@production v3 v4
    """
    from app.cli import config_file, exit_codes

    if len(candidates) > MOST_CANDIDATES:
        raise Misconfigured(f"At most {MOST_CANDIDATES} candidates, not {len(candidates)}.")

    def work(there: Server) -> int:
        baseline = _side(there, base, base)
        found = [_verdict(there, baseline, _side(there, wanted, base)) for wanted in candidates]
        code = exit_codes.gravest(
            exit_codes.of_ruling(row["verdict"], strict=strict or row["strict"]) for row in found
        )
        code = exit_codes.PASSED if exit_zero else code
        _show(there, found, code, as_json=as_json)
        return code

    project = config_file.load(config)
    servers.run(server or project.config.server, data_dir, work)


def _side(server: Server, wanted: str, base: str) -> str:
    from app.cli import sides

    if ARM.fullmatch(wanted):
        return wanted
    name, at, selector = wanted.partition("@")
    if not at:
        prompt, at, _ = base.partition("@")
        name, selector = prompt, wanted
    if not at:
        raise Misconfigured(f"{wanted!r} names nothing to compare; give {SIDE}")
    return sides.get_version(server, name, selector).id


def _verdict(server: Server, baseline: str, candidate: str) -> dict[str, Any]:
    found: dict[str, Any] = server.get("/compare", baseline=baseline, candidate=candidate)
    return found


def _show(server: Server, found: list[dict[str, Any]], code: int, *, as_json: bool) -> None:
    from app.cli import verdict_text
    from app.verdicts.schemas import Verdict

    if as_json:
        print_json({"exit_code": code, "verdicts": found})
        return
    for row in found:
        verdict = Verdict.model_validate(row)
        typer.echo(shown(verdict_text.of_verdict(verdict)))
        typer.echo(f"\n{server.page_of(str(verdict.candidate.experiment_id))}\n")
