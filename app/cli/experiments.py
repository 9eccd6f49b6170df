# ruff: noqa: PLC0415, PLR0913 - imports wait until the command runs, options are its face
"""`llmops experiments`: what was run, and what runs."""

from typing import Annotated

import typer

from app.cli import addressing
from app.cli import server as servers
from app.cli.choices import CancelOption, ExitZeroOption, StrictOption, TimeoutOption
from app.cli.output import JsonOption, columns, print_json
from app.cli.outputs import OutputOption
from app.cli.server import FolderOption, Server, ServerOption
from app.cli.terminal import dollars, shown

app = typer.Typer(help="List, show, wait for and cancel experiments.", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The experiment's id.")]


@app.command("list")
def list_experiments(
    prompt: Annotated[str | None, typer.Option(help="Of this prompt only.")] = None,
    status: Annotated[str | None, typer.Option(help="Such as running or completed.")] = None,
    tag: Annotated[str | None, typer.Option(help="With this tag, such as team=search.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="The newest so many.")] = 20,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List experiments, newest first.

    Example: llmops experiments list --prompt support/answer
    """
    from app.cli import pushing

    def work(there: Server) -> int:
        asked = {"limit": limit, "status": status, "tag": tag}
        if prompt is not None:
            asked["prompt_id"] = pushing.get_prompt(there, prompt)["id"]
        given = {name: value for name, value in asked.items() if value is not None}
        page = there.get("/experiments", **given)
        if as_json:
            print_json(page["items"])
            return 0
        rows: list[tuple[str, ...]] = [("ID", "STARTED", "STATUS", "VERDICT", "COST", "NAME")]
        for item in page["items"]:
            verdict = (item["verdict"] or "-").replace("_", " ")
            started = str(item["created_at"])[:16].replace("T", " ")
            cost = dollars(item["cost_usd"])
            rows.append((item["id"], started, item["status"], verdict, cost, item["name"]))
        typer.echo(columns(rows))
        return 0

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def show(
    experiment: IdArgument,
    files: OutputOption = [],  # noqa: B006 - typer copies it
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show an experiment as it stands; -o writes it to files.

    Example: llmops experiments show 0199c4c8-5b5e-7cc0-a3b4-9f1d2c3e4f50 -o report.html
    """
    from app.cli import outputs

    outputs.check(files)

    def work(there: Server) -> int:
        status = there.get(f"/experiments/{experiment}/status")
        url = there.page_of(experiment)
        told = {
            "prompt": status["prompt_name"],
            "experiment_id": experiment,
            "url": url,
            "status": status,
        }
        outputs.write(there, told, files, one_of_many=False)
        if as_json:
            print_json(status)
        else:
            from app.cli import verdict_text

            typer.echo(shown(verdict_text.of_experiment(status)))
            typer.echo(f"\n{dollars(status['cost_usd'])}\n{url}")
        return 0

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def wait(
    experiment: IdArgument,
    files: OutputOption = [],  # noqa: B006 - typer copies it
    timeout_s: TimeoutOption = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    strict: StrictOption = False,
    exit_zero: ExitZeroOption = False,
    cancel_on_interrupt: CancelOption = False,
    as_json: JsonOption = False,
) -> None:
    """Wait for an experiment's end; output and exit codes are those of `llmops run`.

    One that is paused stays so until it is resumed: llmops run --resume ID does.

    Example: llmops experiments wait 0199c4c8-5b5e-7cc0-a3b4-9f1d2c3e4f50
    """
    flags = locals()  # every option by its name
    from app.cli import running

    manner = running.Manner.of(flags)

    def work(there: Server) -> int:
        return running.wait(there, experiment, manner)

    servers.run(addressing.address(server), data_dir, work)


@app.command()
def cancel(
    experiment: IdArgument,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """End an experiment now; what is done is kept.

    Example: llmops experiments cancel 0199c4c8-5b5e-7cc0-a3b4-9f1d2c3e4f50
    """

    def work(there: Server) -> int:
        status = there.post(f"/experiments/{experiment}/cancel")
        if as_json:
            print_json(status)
        else:
            done = status["progress"]["scored"]
            typer.echo(f"Cancelled with {done} of {status['progress']['planned']} cases scored.")
        return 0

    servers.run(addressing.address(server), data_dir, work)
