# ruff: noqa: PLC0415, PLR0913 - imports wait until the command runs, options are its face
"""`llmops labels`: where a prompt's labels stand, and moving them."""

from typing import Annotated, Any

import typer

from app.cli import addressing
from app.cli import server as servers
from app.cli.output import JsonOption, columns, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.cli.terminal import shown
from app.embedded.errors import Misconfigured

app = typer.Typer(help="List labels, move them, take a move back.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The prompt.")]
LabelOption = Annotated[str, typer.Option("--label", help="The label.")]
REFUSED = frozenset({"gate_refused", "gate_first_version"})


@app.command("list")
def list_labels(
    name: NameArgument,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List where each label of a prompt stands.

    Example: llmops labels list support/answer
    """

    def work(there: Server) -> int:
        moves = there.get(f"/prompts/{_id(there, name)}/labels")["items"]
        return _print(moves, as_json=as_json)

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def history(
    name: NameArgument,
    label: LabelOption = "production",
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List all moves of a label, newest first.

    Example: llmops labels history support/answer --label production
    """

    def work(there: Server) -> int:
        return _print(_moves(there, _id(there, name), label), as_json=as_json)

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def move(
    name: NameArgument,
    version: Annotated[str, typer.Argument(help="A number, another label, or latest.")],
    label: LabelOption = "production",
    reason: Annotated[str, typer.Option(help="Kept with the move.")] = "",
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    override: Annotated[
        bool, typer.Option("--override", help="Although the gate refuses; for admins, with reason.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Move a label to a version; exit code 1 when its gate refuses.

    Example: llmops labels move support/answer v4 --label production --reason "Shorter answers"
    """
    from app.cli import sides

    def work(there: Server) -> int:
        found = sides.get_version(there, name, version)
        body = {"label": label, "reason": reason, "override": override}
        return _move(there, name, found.id, body, as_json=as_json)

    servers.run(addressing.address(server), data_dir, work)


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
    """Move a label back to the version that held it before; a reason opens its gate.

    Example: llmops labels rollback support/answer --reason "Wrong prices since Monday"
    """
    from app.cli import sides

    def work(there: Server) -> int:
        moves = _moves(there, _id(there, name), label)
        if not moves or moves[0]["from_number"] is None:
            raise Misconfigured(f"{label} of {name} stood nowhere before; there is no way back.")
        before = sides.get_version(there, name, str(moves[0]["from_number"]))
        body = {"label": label, "reason": reason, "from_version_id": moves[0]["version_id"]}
        return _move(there, name, before.id, body, as_json=as_json)

    servers.run(addressing.address(server), data_dir, work)


def _id(server: Server, name: str) -> str:
    from app.cli import pushing

    return str(pushing.get_prompt(server, name)["id"])


def _moves(server: Server, prompt_id: str, label: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.get(f"/prompts/{prompt_id}/labels/{label}/history")[
        "items"
    ]
    return found


def _move(
    server: Server, name: str, version_id: str, body: dict[str, Any], *, as_json: bool
) -> int:
    from llmops.errors import ApiError

    from app.cli.exit_codes import PASSED, REGRESSION

    path = f"/prompts/{_id(server, name)}/versions/{version_id}/activate"
    try:
        made = server.post(path, body)
    except ApiError as error:
        if error.code not in REFUSED:
            raise
        _refused(error, as_json=as_json)
        return REGRESSION
    if as_json:
        print_json(made)
    else:
        typer.echo(f"{name}: {made['label']} stands on v{made['to_number']}.")
        typer.echo(f"{server.url}/prompts/{name}")
    return PASSED


def _refused(error: Any, *, as_json: bool) -> None:  # noqa: ANN401 - an ApiError; its module waits
    """The gate's answer and the verdict it rests on."""
    if as_json:
        print_json({"code": error.code, "detail": error.detail, **error.extra})
        return
    typer.echo(shown(f"REFUSED  {error.detail}"))
    if error.extra.get("verdict"):
        from app.cli import verdict_text
        from app.verdicts.schemas import Verdict

        typer.echo("")
        typer.echo(shown(verdict_text.of_verdict(Verdict.model_validate(error.extra["verdict"]))))


def _print(moves: list[dict[str, Any]], *, as_json: bool) -> int:
    if as_json:
        print_json(moves)
        return 0
    rows: list[tuple[str, ...]] = [("LABEL", "VERSION", "FROM", "MOVED", "BY", "REASON")]
    for row in moves:
        before = "-" if row["from_number"] is None else f"v{row['from_number']}"
        at = str(row["moved_at"])[:16].replace("T", " ")
        rows.append(
            (row["label"], f"v{row['to_number']}", before, at, row["moved_by"], row["reason"])
        )
    typer.echo(columns(rows))
    return 0
