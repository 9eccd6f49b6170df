# ruff: noqa: PLC0415, PLR0913, PLR0917 - imports wait until the command runs, options are its face
"""`llmops bisect`: which version broke it, or which lines."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from app.cli import server as servers
from app.cli.choices import ConfigOption, CostOption
from app.cli.output import JsonOption, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.cli.terminal import counted, shown
from app.embedded.errors import CannotStart


def bisect(
    name: Annotated[str, typer.Argument(help="The prompt.")],
    good: Annotated[str, typer.Option(help="A version that was good: a number or a label.")],
    bad: Annotated[str, typer.Option(help="A later one that is not.")] = "latest",
    gate: Annotated[str | None, typer.Option(help="Whose policy decides what is worse.")] = None,
    max_calls: Annotated[int | None, typer.Option(min=1, help="No more model calls.")] = None,
    max_cost: CostOption = None,
    config: ConfigOption = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    lines: Annotated[
        bool, typer.Option("--lines", help="Find the lines between the two instead of a version.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find the first version that got worse; what has been run already is not run again.

    Exit code 0 with an answer, 3 without one.

    Example: llmops bisect support/answer --good 3 --bad 9
    """
    from app.cli import config_file, following, pushing
    from app.embedded.supervisor import say

    body = {
        "good": _selector(good),
        "bad": _selector(bad),
        "gate": gate,
        "max_calls": max_calls,
        "max_cost_usd": None if max_cost is None else str(max_cost),
    }

    def work(there: Server) -> int:
        prompt = pushing.get_prompt(there, name)
        path = f"/prompts/{prompt['id']}/{'blame' if lines else 'bisect'}"
        analysis_id = str(there.post(path, body, once=str(uuid4()))["analysis_id"])
        try:
            found = following.follow_analysis(there, analysis_id, name)
        except KeyboardInterrupt:
            there.post(f"/analyses/{analysis_id}/cancel")
            say("Interrupted. The search is cancelled; what it found is kept.")
            raise
        _show(found, f"{there.url}/prompts/{name}", as_json=as_json)
        return 0

    project = config_file.load(config)
    servers.run(server or project.config.server, data_dir, work)


def _selector(text: str) -> str | int:
    number = text.removeprefix("v")
    return int(number) if number.isdecimal() else text


def _show(found: dict[str, Any], url: str, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    result = found["result"]
    if found["status"] != "completed" or result is None:
        raise CannotStart(f"The search {found['status']}: {found['error'] or 'without a result'}.")
    if not as_json:
        typer.echo(shown(result["sentence"]))
        for hunk in result.get("hunks", ()):
            if hunk["blamed"]:
                typer.echo(f"\n{hunk['part']}\n- {hunk['old']}\n+ {hunk['new']}")
        typer.echo(f"\n{counted(result['calls'], 'call')}\n{url}")
    if result["finding"] == "budget_ended":
        raise CannotStart("The budget ended before there was an answer; raise --max-cost.")
