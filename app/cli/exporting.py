# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops export`: the whole installation as a file, or one experiment's proof."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import server as servers
from app.cli.output import JsonOption, print_json
from app.cli.server import Server, ServerOption
from app.cli.terminal import counted
from app.embedded.errors import CannotStart, Misconfigured

ZipArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The ZIP file to write.")]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="The stack's folder.",
        show_default="$LLMOPS_DATA_DIR or ~/.local/share/llmops; with --bundle .llmops",
    ),
]


def export(
    file: ZipArgument,
    bundle: Annotated[
        str | None,
        typer.Option(metavar="EXPERIMENT", help="Only this experiment's verdicts, to be verified."),
    ] = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Put the secret key in; guard the file.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Save the whole database of this installation in one file, or one experiment's bundle.

    A backup is made where the database is: of the running stack, of its database started for the
    moment, or of the one that DATABASE_URL and LLMOPS_SECRET_KEY name. `llmops import` restores it.

    Example: llmops export backup.zip
    """
    if not file.parent.is_dir():
        raise Misconfigured(f"There is no folder {file.parent} to write {file.name} in.")
    if bundle is None:
        if server is not None:
            raise Misconfigured("A backup is made where the database is: leave --server out.")
        _backup(file, data_dir, with_secrets=with_secrets, as_json=as_json)
        return
    if with_secrets:
        raise Misconfigured("A bundle has no secrets: leave --with-secrets out.")
    _bundle(file, bundle, server, data_dir, as_json=as_json)


def _backup(file: Path, data_dir: Path | None, *, with_secrets: bool, as_json: bool) -> None:
    from app.backup.saving import save
    from app.cli import addressing

    with addressing.database(data_dir, "llmops export"):
        try:
            manifest = save(file, with_secrets=with_secrets)
        except OSError as error:
            raise CannotStart(f"{file} cannot be written: {error.strerror}.") from None
    if as_json:
        print_json(manifest.model_dump(mode="json"))
        return
    rows = sum(part.rows for part in manifest.tables.values())
    typer.echo(f"{file}: {counted(rows, 'row')} of {counted(len(manifest.tables), 'table')}.")
    if with_secrets:
        typer.echo("It has the secret key in it: keep it where only you can read it.")
    else:
        typer.echo(
            "It lacks the secret key, without which API keys and webhooks' secrets in it are of "
            "no use: keep secrets.json or LLMOPS_SECRET_KEY as well."
        )


def _bundle(
    file: Path, experiment: str, server: str | None, data_dir: Path | None, *, as_json: bool
) -> None:
    from app.cli import addressing

    def work(there: Server) -> int:
        content = there.get(f"/experiments/{experiment}/bundle")
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CannotStart(f"{file} cannot be written: {error.strerror}.") from None
        if as_json:
            print_json({"file": str(file), "bytes": len(content), "experiment_id": experiment})
        else:
            typer.echo(f"{file}: check it anywhere with: llmops verify {file}")
        return 0

    servers.run(addressing.address(server), data_dir, work)
