# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops prompts`: the library, and its prompts as files.

Which file is which prompt stands in llmops.yaml, so that a renamed file stays the same prompt.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import labels
from app.cli import server as servers
from app.cli.labels import LabelOption, NameArgument
from app.cli.output import JsonOption, columns, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.embedded.errors import CannotStart, Misconfigured

if TYPE_CHECKING:
    from app.cli.config_file import Project

app = typer.Typer(help="List, compare, push and pull prompts.", no_args_is_help=True)

VersionArgument = Annotated[str, typer.Argument(metavar="NAME[@VERSION]")]


@app.command("list")
def list_prompts(
    server: ServerOption = None, data_dir: FolderOption = None, *, as_json: JsonOption = False
) -> None:
    """List the prompts of the library.

    Example: llmops prompts list
    """
    from app.cli import addressing

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
    from app.cli import addressing, prompt_file, pushing

    def work(there: Server) -> int:
        name, _, selector = what.partition("@")
        if selector:
            version = _version(there, name, selector)
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
    from app.cli import addressing, sides

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


@app.command()
def push(
    files: Annotated[
        list[Path], typer.Argument(metavar="[FILE]...", help="All of llmops.yaml, if none is said.")
    ] = [],  # noqa: B006 - typer copies it
    prompt: Annotated[
        str | None, typer.Option(help="The name of a file that llmops.yaml does not list.")
    ] = None,
    message: Annotated[str, typer.Option("--message", "-m", help="Kept with the version.")] = "",
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Save files as versions of their prompts; a text that is there already stays one version.

    Example: llmops prompts push prompts/answer.md -m "Shorter answers"
    """
    from app.cli import config_file, prompt_file, pushing

    project = config_file.load()
    wanted = _files(project, files, prompt)
    drafts = {
        name: prompt_file.content(config_file.text_of(file), str(file))
        for name, file in wanted.items()
    }

    def work(there: Server) -> int:
        told = []
        for name, content in drafts.items():
            file = str(wanted[name])
            prompt_id = pushing.ensure_prompt(there, name)["id"]
            made = pushing.push_version(
                there, prompt_id, content, message=message or file, file=file
            )
            told.append({"prompt": name, "number": made.number, "new": made.new, "file": file})
            if not as_json:
                said = "saved from" if made.new else "the same as"
                typer.echo(f"{name} v{made.number}: {said} {file}")
        if as_json:
            print_json(told)
        return 0

    servers.run(server or project.config.server, data_dir, work)


def _files(project: "Project", files: list[Path], prompt: str | None) -> dict[str, Path]:
    """The prompts' names and files; raises Misconfigured for a file nothing names."""
    mapped = {name: project.folder / file for name, file in project.config.prompts.items()}
    if prompt is not None:
        if len(files) != 1:
            raise Misconfigured("--prompt names one file; say which.")
        return {prompt: files[0]}
    if not files:
        if not mapped:
            raise Misconfigured("Say which FILE, or list prompts in llmops.yaml (llmops init).")
        return mapped
    by_file = {file.resolve(): name for name, file in mapped.items()}
    stranger = next((file for file in files if file.resolve() not in by_file), None)
    if stranger is not None:
        raise Misconfigured(
            f"llmops.yaml lists no prompt with the file {stranger}: add it below `prompts:`, or "
            "say its name with --prompt."
        )
    return {by_file[file.resolve()]: file for file in files}


@app.command()
def pull(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME[@LABEL]]...", help="production if no label is said; all of llmops.yaml."
        ),
    ] = [],  # noqa: B006 - typer copies it
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it there.", show_default="as llmops.yaml says"),
    ] = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
) -> None:
    """Write versions into their files; one that llmops.yaml does not list goes to stdout.

    Example: llmops prompts pull support/answer@production -o prompts/answer.md
    """
    from app.cli import config_file, prompt_file

    project = config_file.load()
    names = what or list(project.config.prompts)
    if not names:
        raise Misconfigured("Say which NAME, or list prompts in llmops.yaml (llmops init).")
    if output is not None and len(names) != 1:
        raise Misconfigured("-o takes one prompt; say which.")

    def work(there: Server) -> int:
        for wanted in names:
            name, _, selector = wanted.partition("@")
            version = _version(there, name, selector or "production")
            text = prompt_file.text_of(version)
            mapped = project.config.prompts.get(name)
            place = output or (project.folder / mapped if mapped else None)
            if place is None:
                typer.echo(text, nl=False)
            else:
                _write(place, text)
                typer.echo(f"{place}: {name} v{version['number']}")
        return 0

    servers.run(server or project.config.server, data_dir, work)


def _write(place: Path, text: str) -> None:
    try:
        place.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CannotStart(f"{place} cannot be written: {error.strerror}.") from None


def _version(server: Server, name: str, selector: str) -> dict[str, Any]:
    from app.cli import sides

    found = sides.get_version(server, name, selector)
    version: dict[str, Any] = server.get(f"/prompts/by-name/{name}@{found.number}")
    return version


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
