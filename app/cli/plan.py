# ruff: noqa: PLC0415, PLR0913, PLR0917 - imports wait until the command runs, options are its face
"""`llmops plan`: what a run would ask, cost and be able to show."""

from typing import TYPE_CHECKING, Any

import typer

from app.cli import server as servers
from app.cli.choices import (
    BaseOption,
    ConfigOption,
    LimitOption,
    ModelsOption,
    RepeatsOption,
    SetOption,
    SplitOption,
    VersionsOption,
    WhatArgument,
)
from app.cli.output import JsonOption, columns, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.cli.terminal import dollars

if TYPE_CHECKING:
    from app.cli.asking import Asked


def plan(
    what: WhatArgument = None,
    config: ConfigOption = None,
    versions: VersionsOption = [],  # noqa: B006 - typer copies it
    base: BaseOption = None,
    models: ModelsOption = [],  # noqa: B006 - same
    sets: SetOption = [],  # noqa: B006 - same
    split: SplitOption = None,
    limit: LimitOption = None,
    repeats: RepeatsOption = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show what `llmops run` would do: cases, calls, cost, the smallest drop it could show.

    What has changed is saved on the server, as by `run`; no model is asked.

    Example: llmops plan support/answer --repeats 3
    """
    flags = locals()  # every option by its name
    from app.cli import asking, config_file, run
    from app.cli.choices import Choices

    name, file = run.named(what, config)
    project = config_file.load(file)
    choices = Choices.of(flags)

    def work(there: Server) -> int:
        asked = [
            asking.ask(there, project, prompt, choices) for prompt in asking.names_of(project, name)
        ]
        _show([(item, there.post("/experiments/plan", item.body)) for item in asked], as_json)
        return 0

    servers.run(server or project.config.server, data_dir, work)


def _show(found: "list[tuple[Asked, dict[str, Any]]]", as_json: bool) -> None:  # noqa: FBT001 - one caller
    if as_json:
        print_json({"plans": [{"prompt": asked.prompt, **made} for asked, made in found]})
        return
    rows: list[tuple[str, ...]] = [("PROMPT", "CASES", "CALLS", "COST", "SMALLEST DROP IT SHOWS")]
    for asked, made in found:
        least = made["minimum_detectable_difference"]
        rows.append(
            (
                asked.prompt,
                f"{made['cases']:,}",
                f"{made['calls']:,}",
                dollars(made["cost_usd_estimate"]),
                "-" if least is None else f"{least:.2f}",
            )
        )
    typer.echo(columns(rows))
