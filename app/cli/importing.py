# ruff: noqa: PLC0415, PLR0913 - imports wait until the command runs, options are its face
"""`llmops import`: a backup, or a file of another tool."""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import server as servers
from app.cli.exporting import FolderOption
from app.cli.output import JsonOption, print_json
from app.cli.server import Server, ServerOption
from app.cli.terminal import counted
from app.embedded.errors import Misconfigured

if TYPE_CHECKING:
    from app.backup.restoring import Restored
    from app.embedded.datadir import DataDir

ZIP = b"PK"


class Format(StrEnum):
    promptfoo = "promptfoo"
    openai_evals = "openai_evals"
    langfuse = "langfuse"
    hugging_face = "hugging_face"


DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Do everything, tell everything, store nothing.")
]
ColumnOption = Annotated[
    list[str],
    typer.Option("--column", help="FILE_COLUMN=FIELD, such as Question=input.question."),
]


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup, or another tool's file.")],
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Of another tool's file.", show_default="by its content"),
    ] = None,
    prompt: Annotated[
        str | None, typer.Option(help="Where another tool's prompt or examples go.")
    ] = None,
    column: ColumnOption = [],  # noqa: B006 - typer copies it
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Before a restore, remove everything that is there.")
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup into an empty installation, or take over a file of another tool.

    A ZIP file is a backup of `llmops export`; anything else goes to the server. Both are done as
    a whole or not at all. Code in a foreign file is never executed, but listed as not imported.

    Example: llmops import promptfooconfig.yaml --prompt support/answer --dry-run
    """
    content = _start_of(file)
    if content == ZIP:
        if form or prompt or column or server:
            raise Misconfigured(
                f"{file} is a backup: it is restored where the database is, without --format, "
                "--prompt, --column and --server."
            )
        _restore(file, data_dir, wipe=force, dry_run=dry_run, as_json=as_json)
        return
    if force:
        raise Misconfigured("--force is for backups; an import of another tool's file only adds.")
    asked: dict[str, str | bool | None] = {
        "format": form.value if form else None,
        "prompt": prompt,
        "columns": column_map(column),
        "dry_run": dry_run,
    }
    _import_foreign(file, asked, server, data_dir, as_json=as_json)


def column_map(pairs: list[str]) -> str | None:
    """The form field `columns`: a JSON object from the file's columns to fields."""
    wrong = next((pair for pair in pairs if "=" not in pair), None)
    if wrong is not None:
        raise Misconfigured(f"--column {wrong}: write FILE_COLUMN=FIELD.")
    return json.dumps(dict(pair.rsplit("=", 1) for pair in pairs)) if pairs else None


def _start_of(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(len(ZIP))
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}.") from None


# --- a backup ---


def _restore(
    file: Path, data_dir: Path | None, *, wipe: bool, dry_run: bool, as_json: bool
) -> None:
    from app.backup.restoring import restore
    from app.cli import addressing

    with addressing.database(data_dir, "llmops import") as folder:
        restored = restore(file, wipe=wipe, dry_run=dry_run)
        advice = "" if dry_run or restored.same_key else _settle_key(restored, folder)
    if as_json:
        print_json(
            {
                "rows": restored.rows,
                "dry_run": dry_run,
                "same_key": restored.same_key,
                "manifest": restored.manifest.model_dump(mode="json"),
            }
        )
    else:
        done = "could be restored" if dry_run else "restored"
        made = f"{restored.manifest.created_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{counted(restored.rows, 'row')} {done}, as of {made}.")
    if advice:
        typer.echo(advice, err=True)


def _settle_key(restored: "Restored", folder: "DataDir | None") -> str:
    """The key of the backup becomes the folder's, if the file has it and the folder rules."""
    from app.core.config import get_settings
    from app.embedded import secrets_file
    from app.embedded.secrets_file import Secrets

    kept = restored.secrets
    there = secrets_file.load(folder) if folder else None
    ruling = there and there.secret_key == get_settings().secret_key.get_secret_value()
    if kept and folder and there and ruling:
        secrets_file.replace(
            folder,
            Secrets(
                secret_key=kept.secret_key,
                role_passwords=there.role_passwords,
                old_secret_keys=kept.old_secret_keys,
            ),
        )
        return "The secret key came with it; if the platform runs: llmops down, llmops up."
    return (
        "This installation has another secret key than the backup: API keys and webhooks' secrets "
        "in it work again once LLMOPS_SECRET_KEY is that of the backup, and people sign in anew."
    )


# --- a file of another tool ---


def _import_foreign(
    file: Path,
    asked: Mapping[str, str | bool | None],
    server: str | None,
    data_dir: Path | None,
    *,
    as_json: bool,
) -> None:
    from app.cli import addressing, uploading

    def work(there: Server) -> int:
        report = uploading.send(there, "/imports", file, asked)
        if as_json:
            print_json(report)
        else:
            _print(report)
        return uploading.code_of(report, file)

    servers.run(addressing.address(server), data_dir, work)


def _print(report: Mapping[str, Any]) -> None:
    would = "Would import" if report["dry_run"] else "Imported"
    names = ", ".join(prompt["name"] for prompt in report["prompts"])
    new = sum(version["created"] for version in report["versions"])
    typer.echo(
        f"{would} from {report['format']} into {names or 'no prompt'}: "
        f"{counted(new, 'new version')}, {counted(report['golden_examples'], 'golden example')}."
    )
    for threshold in report["thresholds"]:
        least, most = threshold["least"], threshold["most"]
        bound = f"at least {least}" if least is not None else f"at most {most}"
        typer.echo(f"It asks for {threshold['metric']} {bound}; a gate can ask for the same.")
    if report["evaluators"]:
        listed = ", ".join(evaluator["name"] for evaluator in report["evaluators"])
        typer.echo(f"Evaluators for its experiments: {listed}")
    if report["not_imported"]:
        typer.echo(f"Not imported ({len(report['not_imported'])}):")
    for part in report["not_imported"]:
        typer.echo(f"  {part['where']}: {part['what']} - {part['why']}")
