# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops prompts push` and `pull`: prompts of the library as files.

Which file is which prompt stands in llmops.yaml, so that a renamed file stays the same prompt.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import server as servers
from app.cli.output import JsonOption, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.embedded.errors import CannotStart, Misconfigured

if TYPE_CHECKING:
    from app.cli.config_file import Project


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
    *,
    as_json: JsonOption = False,
) -> None:
    """Write versions into their files; one that llmops.yaml does not list goes to stdout.

    Example: llmops prompts pull support/answer@production -o prompts/answer.md
    """
    from app.cli import config_file, prompt_file, sides

    project = config_file.load()
    names = what or list(project.config.prompts)
    if not names:
        raise Misconfigured("Say which NAME, or list prompts in llmops.yaml (llmops init).")
    if output is not None and len(names) != 1:
        raise Misconfigured("-o takes one prompt; say which.")

    def work(there: Server) -> int:
        told = []
        for wanted in names:
            name, _, selector = wanted.partition("@")
            version = sides.read_version(there, name, selector or "production")
            text = prompt_file.text_of(version)
            mapped = project.config.prompts.get(name)
            place = output or (project.folder / mapped if mapped else None)
            if place is not None:
                _write(place, text)
            if as_json:
                told.append(_pulled(name, version["number"], place, text))
            elif place is None:
                typer.echo(text, nl=False)
            else:
                typer.echo(f"{place}: {name} v{version['number']}")
        if as_json:
            print_json(told)
        return 0

    servers.run(server or project.config.server, data_dir, work)


def _pulled(name: str, number: int, place: Path | None, text: str) -> dict[str, object]:
    """As JSON, with the text where it is in no file."""
    told = {"prompt": name, "number": number}
    return told | ({"text": text} if place is None else {"file": str(place)})


def _write(place: Path, text: str) -> None:
    try:
        place.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CannotStart(f"{place} cannot be written: {error.strerror}.") from None
