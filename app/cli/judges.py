# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops judges`: the judges, and whether they may be believed."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from app.cli import server as servers
from app.cli.output import JsonOption, columns, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.embedded.errors import Misconfigured

app = typer.Typer(help="List and show judges and their certificates.", no_args_is_help=True)


@app.command("list")
def list_judges(
    server: ServerOption = None, data_dir: FolderOption = None, *, as_json: JsonOption = False
) -> None:
    """List the judges that experiments can name, newest first.

    Example: llmops judges list
    """
    from app.cli import addressing

    def work(there: Server) -> int:
        found = list(there.pages("/judges"))
        if as_json:
            print_json(found)
            return 0
        rows: list[tuple[str, ...]] = [("NAME", "VERSION", "EVALUATOR", "MODEL", "CERTIFICATE")]
        rows += [
            (
                judge["name"],
                f"v{judge['latest_number']}",
                judge["evaluator"],
                judge["model"] or "-",
                _standing(judge["certificate"]),
            )
            for judge in found
        ]
        typer.echo(columns(rows))
        return 0

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The judge.")],
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show a judge with all its versions.

    Example: llmops judges show tone
    """
    from app.cli import addressing

    def work(there: Server) -> int:
        ids = {judge["name"]: judge["id"] for judge in there.pages("/judges")}
        if name not in ids:
            known = ", ".join(ids) or "none"
            raise Misconfigured(f"There is no judge {name!r} at {there.url}; there are: {known}.")
        judge = there.get(f"/judges/{ids[name]}")
        if as_json:
            print_json(judge)
            return 0
        typer.echo(f"{judge['name']}  {judge['description']}".rstrip())
        typer.echo(f"Certificate: {_standing(judge['certificate'])}\n")
        rows: list[tuple[str, ...]] = [("VERSION", "EVALUATOR", "MODEL", "CREATED", "MESSAGE")]
        rows += [
            (
                f"v{version['number']}",
                version["evaluator"],
                version["model"] or "-",
                str(version["created_at"])[:10],
                version["message"],
            )
            for version in judge["versions"]
        ]
        typer.echo(columns(rows))
        return 0

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def certificates(
    evaluator: Annotated[str | None, typer.Option(help="Of this evaluator or judge only.")] = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List examinations of judges against people's labels, newest first.

    Example: llmops judges certificates --evaluator correctness
    """
    from app.cli import addressing

    def work(there: Server) -> int:
        asked = {"evaluator": evaluator} if evaluator else {}
        found = list(there.pages("/judge-certificates", **asked))
        if as_json:
            print_json(found)
            return 0
        rows: list[tuple[str, ...]] = [("EVALUATOR", "MODEL", "LABELS", "STANDING", "UNTIL")]
        rows += [
            (
                f"{row['evaluator']} {row['evaluator_version']}",
                row["judge_model"],
                str(row["n"]),
                "pending" if row["state"] == "pending" else _standing(row),
                str(row["expires_at"])[:10],
            )
            for row in found
        ]
        typer.echo(columns(rows))
        return 0

    servers.run(addressing.address(server), data_dir, work)


def _standing(certificate: Mapping[str, Any] | None) -> str:
    if certificate is None:
        return "none"
    if certificate["expired"]:
        return "expired"
    return "admissible" if certificate["admissible"] else "not admissible"
