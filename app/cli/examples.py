# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops examples`: a prompt's golden examples, listed, and as files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli import server as servers
from app.cli.importing import ColumnOption, DryRunOption, column_map
from app.cli.output import JsonOption, columns, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.cli.terminal import counted
from app.embedded.errors import CannotStart, Misconfigured

app = typer.Typer(help="List, import and export golden examples.", no_args_is_help=True)

PromptOption = Annotated[str, typer.Option("--prompt", help="The prompt they belong to.")]
FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
INPUT_LENGTH = 60


@app.command("list")
def list_examples(
    prompt: PromptOption,
    tag: Annotated[str | None, typer.Option(help="With this tag only.")] = None,
    split: Annotated[str | None, typer.Option(help="Of this split only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="The first so many.")] = 50,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List golden examples in the order they were added.

    Example: llmops examples list --prompt support/answer --tag billing
    """
    from app.cli import addressing

    def work(there: Server) -> int:
        asked = {"limit": limit, "tags": tag, "split": split}
        given = {name: value for name, value in asked.items() if value is not None}
        page = there.get(f"{_path(there, prompt)}", **given)
        if as_json:
            print_json(page["items"])
            return 0
        rows: list[tuple[str, ...]] = [("ID", "SPLIT", "CRITICAL", "TAGS", "INPUT")]
        for item in page["items"]:
            said = json.dumps(item["input_data"], ensure_ascii=False)
            short = said if len(said) <= INPUT_LENGTH else f"{said[: INPUT_LENGTH - 3]}..."
            critical = "yes" if item["critical"] else "-"
            rows.append((item["id"], item["split"], critical, ",".join(item["tags"]) or "-", short))
        typer.echo(columns(rows))
        return 0

    servers.run(addressing.address(server), data_dir, work)


@app.command("import")
def import_examples(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON Lines or Parquet.")],
    prompt: PromptOption,
    column: ColumnOption = [],  # noqa: B006 - typer copies it
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add all examples of a file, or none: every bad row is named, and the exit code is 2.

    Example: llmops examples import golden.csv --prompt support/answer --dry-run
    """
    from app.cli import addressing, uploading

    asked: dict[str, str | bool | None] = {"dry_run": dry_run, "columns": column_map(column)}

    def work(there: Server) -> int:
        report = uploading.send(there, f"{_path(there, prompt)}/import", file, asked)
        if as_json:
            print_json(report)
        elif not report["errors"]:
            done = "would be added to" if dry_run else "added to"
            typer.echo(f"{counted(report['rows'], 'golden example')} {done} {prompt}.")
        return uploading.code_of(report, file)

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def export(
    prompt: PromptOption,
    file: Annotated[
        Path, typer.Option("--output", "-o", help="Its name ends in .csv, .jsonl or .parquet.")
    ],
    tag: Annotated[str | None, typer.Option(help="With this tag only.")] = None,
    split: Annotated[str | None, typer.Option(help="Of this split only.")] = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write the examples to a file that an import reads back as they are.

    Example: llmops examples export --prompt support/answer -o golden.jsonl
    """
    from app.cli import addressing

    form = FORMATS.get(file.suffix)
    if form is None:
        endings = ", ".join(FORMATS)
        raise Misconfigured(f"What should {file} be? Its name ends in none of: {endings}.")
    asked = {"tags": tag, "split": split}
    given = {name: value for name, value in asked.items() if value is not None}

    def work(there: Server) -> int:
        path = _path(there, prompt)
        content = there.get(f"{path}/export", format=form, **given) or b""
        try:
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        except OSError as error:
            raise CannotStart(f"{file} cannot be written: {error.strerror}.") from None
        if as_json:
            total = there.get(path, limit=1, **given)["total"]
            print_json({"file": str(file), "prompt": prompt, "count": total})
        else:
            typer.echo(f"{file}: the golden examples of {prompt}.")
        return 0

    servers.run(addressing.address(server), data_dir, work)


def _path(server: Server, prompt: str) -> str:
    from app.cli import pushing

    return f"/prompts/{pushing.get_prompt(server, prompt)['id']}/golden-examples"
