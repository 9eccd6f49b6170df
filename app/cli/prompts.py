# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops prompts`: the library, its prompts as files, its labels."""

from typing import Annotated, Any

import typer

from app.cli import addressing, labels, syncing
from app.cli import server as servers
from app.cli.labels import LabelOption, NameArgument
from app.cli.output import JsonOption, columns, print_json
from app.cli.server import FolderOption, Server, ServerOption

app = typer.Typer(help="List, compare, push and pull prompts.", no_args_is_help=True)

VersionArgument = Annotated[str, typer.Argument(metavar="NAME[@VERSION]")]


@app.command("list")
def list_prompts(
    server: ServerOption = None, data_dir: FolderOption = None, *, as_json: JsonOption = False
) -> None:
    """List the prompts of the library.

    Example: llmops prompts list
    """

    def work(there: Server) -> int:
        found = list(there.pages("/prompts"))
        if as_json:
            print_json(found)
            return 0
        rows: list[tuple[str, ...]] = [("NAME", "LATEST", "PRODUCTION", "SCORE", "EXAMPLES")]
        for prompt in found:
            latest, production, score = (
                prompt[name] for name in ("latest_version", "production", "score")
            )
            rows.append(
                (
                    prompt["name"],
                    f"v{latest['number']}" if latest else "-",
                    f"v{production['number']}" if production else "-",
                    f"{score['value']:.3f}" if score else "-",
                    str(prompt["golden_count"]),
                )
            )
        typer.echo(columns(rows))
        return 0

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def show(
    what: VersionArgument,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show a prompt's versions; with @VERSION the text of one.

    Example: llmops prompts show support/answer@production
    """
    from app.cli import prompt_file, pushing, sides

    def work(there: Server) -> int:
        name, _, selector = what.partition("@")
        if selector:
            version = sides.read_version(there, name, selector)
            if as_json:
                print_json(version)
            else:
                typer.echo(prompt_file.text_of(version), nl=False)
            return 0
        prompt = pushing.get_prompt(there, name)
        versions = list(there.pages(f"/prompts/{prompt['id']}/versions"))
        if as_json:
            print_json({**prompt, "versions": versions})
            return 0
        rows: list[tuple[str, ...]] = [("VERSION", "LABELS", "CREATED", "BY", "MESSAGE")]
        rows += [
            (
                f"v{one['number']}",
                ",".join(one["labels"]) or "-",
                str(one["created_at"])[:10],
                one["created_by"],
                one["message"],
            )
            for one in versions
        ]
        typer.echo(f"{name}  {prompt['description']}".rstrip())
        typer.echo(columns(rows))
        typer.echo(f"{there.url}/prompts/{name}")
        return 0

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def diff(
    old: VersionArgument,
    new: VersionArgument,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print what changed between two versions of a prompt, as a patch.

    Example: llmops prompts diff support/answer@production support/answer@latest
    """
    from app.cli import sides

    def named(there: Server, what: str) -> str:
        name, _, selector = what.partition("@")
        return sides.get_version(there, name, selector or "latest").id

    def work(there: Server) -> int:
        found = there.http.call(
            "GET", "/prompts/diff", params={"from": named(there, old), "to": named(there, new)}
        )
        if as_json:
            print_json(found)
        else:
            typer.echo(_changes(found), nl=False)
        return 0

    servers.run(addressing.address(server), data_dir, work)


def _changes(found: dict[str, Any]) -> str:
    """The patch of the text, then the settings that differ."""
    import json

    lines = [
        f"{change['path']}: {json.dumps(change['old'])} -> {json.dumps(change['new'])}\n"
        for change in found["parameters"]
    ]
    text = str(found["unified"])
    return "".join([text, *lines]) or "The two say the same.\n"


app.command()(syncing.push)
app.command()(syncing.pull)


@app.command()
def promote(
    name: NameArgument,
    version: Annotated[str, typer.Argument(help="A number, another label, or latest.")],
    label: LabelOption = "production",
    reason: Annotated[str, typer.Option(help="Kept with the move.")] = "",
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Move a label to a version, as `llmops labels move` does; 1 when its gate refuses.

    Example: llmops prompts promote support/answer v4 --label production
    """
    labels.move(name, version, label, reason, server, data_dir, as_json=as_json)


@app.command()
def rollback(
    name: NameArgument,
    reason: Annotated[str, typer.Option(help="Kept with the move.")],
    label: LabelOption = "production",
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Move a label back to the version that held it before.

    Example: llmops prompts rollback support/answer --reason "Wrong prices since Monday"
    """
    labels.rollback(name, reason, label, server, data_dir, as_json=as_json)
