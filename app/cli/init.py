# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops init`: the files that put a repository's prompts under test."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.init_files import DEFAULT_ACTION
from app.embedded.errors import CannotStart, Misconfigured

NEXT = """
Next:
  llmops run                       try it; without a server it starts one for the while
  git add . && git commit          CI compares a pull request with its base
  $EDITOR prompts/support-answer.md && llmops gate --base HEAD

In GitHub: put the platform's address and key into the variable LLMOPS_URL and the secret
LLMOPS_API_KEY, and say in .github/workflows/llmops.yml where your team keeps the action."""


def init(
    folder: Annotated[Path, typer.Argument(help="The repository.")] = Path(),
    action: Annotated[
        str, typer.Option(help="The gate's action, as a workflow names it.")
    ] = DEFAULT_ACTION,
    *,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Write llmops.yaml, a prompt, golden examples and a workflow for CI.

    They are a working example about an invented e-bike firm, to be replaced by yours.

    Example: llmops init
    """
    from app.cli import init_files

    wanted = {folder / name: text for name, text in init_files.files(action).items()}
    there = [str(path) for path in wanted if path.exists()]
    if there and not force:
        raise Misconfigured(
            f"{', '.join(there)} {'is' if len(there) == 1 else 'are'} there already; nothing was "
            "written. --force writes over it."
        )
    for path, text in wanted.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CannotStart(f"{path} cannot be written: {error.strerror}.") from None
        typer.echo(f"wrote {path}")
    typer.echo(NEXT)
