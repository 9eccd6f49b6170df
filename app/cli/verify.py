# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops verify`: whether a bundle's verdict is what its evidence comes to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.exit_codes import PASSED, REGRESSION
from app.cli.output import JsonOption, print_json
from app.cli.terminal import shown

if TYPE_CHECKING:
    from app.backup.verifying import Checked


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Of llmops export --bundle.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Compute a bundle's verdicts again from its evidence, without server, database or network.

    Exit code 0: the same, bit for bit; 1: another verdict, or an altered file; 2: no whole bundle.

    Example: llmops verify bundle.zip
    """
    from app.backup.archive import Altered
    from app.backup.verifying import verify as check

    try:
        manifest, found = check(file)
    except Altered as error:
        _altered(str(error), as_json=as_json)
        raise typer.Exit(REGRESSION) from None
    code = PASSED if all(one.same for one in found) else REGRESSION
    if as_json:
        told = [
            {"same": one.same, "differing": one.differing, "verdict": one.stored.verdict.value}
            for one in found
        ]
        print_json({"manifest": manifest.model_dump(mode="json"), "verdicts": told})
    else:
        for one in found:
            typer.echo(shown(_line(one)))
        made = f"llmops {manifest.app_version}, {manifest.created_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"Experiment {manifest.experiment_id} of {manifest.prompt}, by {made}.")
    raise typer.Exit(code)


def _altered(sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"altered": sentence})
    else:
        typer.echo(f"ALTERED  {sentence}")


def _line(one: "Checked") -> str:
    if one.same:
        return f"SAME VERDICT, BIT FOR BIT  {one.stored.verdict}: {one.stored.sentence}"
    return (
        f"ANOTHER VERDICT  stored as {one.stored.verdict}, the evidence comes to "
        f"{one.again.verdict}; they differ in: {', '.join(one.differing)}.\n"
        f"  stored: {one.stored.sentence}\n"
        f"  again:  {one.again.sentence}"
    )
