# ruff: noqa: PLC0415, PLR0913 - imports wait until the command runs, options are its face
"""`llmops play`: one prompt, asked once."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import server as servers
from app.cli.choices import ConfigOption
from app.cli.output import JsonOption, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.embedded.errors import CannotStart, Misconfigured

if TYPE_CHECKING:
    from llmops.wire import ServerEvent

CONTENT = ("template", "messages", "template_format", "model", "parameters", "response_schema")


def play(
    what: Annotated[
        str, typer.Argument(metavar="NAME[@VERSION]", help="production if no version is said.")
    ],
    variables: Annotated[
        list[str],
        typer.Option("--var", help="name=text; name=@FILE takes a file, name:=JSON any value."),
    ] = [],  # noqa: B006 - typer copies it
    model: Annotated[str | None, typer.Option(help="provider:model instead of its own.")] = None,
    config: ConfigOption = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    stream: Annotated[bool, typer.Option("--stream", help="Print the answer as it comes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask a prompt once and print the answer; the call is logged like any other.

    Example: llmops play support/answer@v3 --var question="May I take it on a train?" --stream
    """
    from app.cli import config_file, sides
    from app.embedded.supervisor import say

    if stream and as_json:
        raise Misconfigured("--stream prints as it comes, --json at the end; choose one.")
    values = dict(_variable(text) for text in variables)
    name, _, selector = what.partition("@")

    def work(there: Server) -> int:
        served = sides.read_version(there, name, selector or "production")
        said = {field: served[field] for field in CONTENT if served[field] is not None}
        body = said | {"variables": values} | ({"model": model} if model else {})
        events = there.http.stream("POST", "/playground/stream", json=body)
        text, done = _listen(events, live=stream)
        if as_json:
            print_json({"output": text, **done})
            return 0
        typer.echo("" if stream else text)
        usage = done["usage"]
        say(
            f"{done['model']}  {usage['tokens_in']} tokens in, {usage['tokens_out']} out  "
            f"{done['latency_ms']:.0f} ms  {there.url}/playground"
        )
        return 0

    project = config_file.load(config)
    servers.run(server or project.config.server, data_dir, work)


def _listen(events: "Iterator[ServerEvent]", *, live: bool) -> tuple[str, dict[str, Any]]:
    """The whole answer and what `done` said; raises CannotStart with the model's own error."""
    text: list[str] = []
    for event in events:
        if event.event == "token":
            text.append(event.data["text"])
            if live:
                typer.echo(text[-1], nl=False)
        elif event.event == "error":
            raise CannotStart(str(event.data["problem"]["detail"]))
        elif event.event == "done":
            return "".join(text), event.data
    raise CannotStart("The answer was cut off; ask again.")


def _variable(text: str) -> tuple[str, Any]:
    from pathlib import Path

    from app.cli.config_file import text_of

    name, equals, value = text.partition("=")
    if not equals or not name.strip(":"):
        raise Misconfigured(f"--var {text!r}: write name=text.")
    if name.endswith(":"):
        try:
            return name[:-1], json.loads(value)
        except ValueError:
            raise Misconfigured(f"--var {name}=…: what follows is not JSON.") from None
    return name, text_of(Path(value[1:])) if value.startswith("@") else value
