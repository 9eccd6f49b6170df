# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops demo`: the main job on real data. Three versions of a prompt, forty golden examples.

Everything goes through the HTTP API, the queue and the workers, as any client's work would.
"""

import os
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import DataDirOption

if TYPE_CHECKING:
    from app.embedded.stack import Running


def demo(
    data_dir: DataDirOption = None,
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 8000,
) -> None:
    """Run three versions of a prompt on forty golden examples and compare them.

    Needs no API key. DEMO_MODEL=openai:gpt-5-mini asks a real model instead; DEMO_EXIT=1, or no
    terminal, ends after the table.

    Example: llmops demo --port 8080
    """
    from app.embedded import datadir, stack
    from app.embedded.errors import Misconfigured
    from app.llm.registry import UnknownModel, parse

    model = os.environ.get("DEMO_MODEL")
    if model:
        try:
            parse(model)
        except UnknownModel as error:
            raise Misconfigured(f"DEMO_MODEL: {error}") from None
        os.environ["LLMOPS_DEFAULT_MODEL"] = model  # it judges as well
    options = stack.Options(data_dir=data_dir or datadir.default_path(), port=port)
    stack.run(options, _show)


def _show(running: "Running") -> None:
    from app.cli import demo_report, demo_workspace
    from app.embedded.supervisor import say

    key = demo_workspace.api_key(running)
    with demo_workspace.connect(running.url, key) as client:
        prompt_id = demo_workspace.load(client)
        status = demo_workspace.experiment(client, prompt_id, say)
    typer.echo(demo_report.report(status))
    typer.echo(f"\nDashboard          {demo_workspace.dashboard_link(running)}")
    typer.echo(f"API and its pages  {running.url}/docs\nAPI key            {key}\n")
    typer.echo(f"Try it             curl -H 'X-API-Key: {key}' {running.url}/api/v1/prompts")
    if os.environ.get("DEMO_EXIT") == "1" or not sys.stdout.isatty():
        signal.raise_signal(signal.SIGTERM)  # what Ctrl-C would say
    else:
        say("\nServing until Ctrl-C.")
