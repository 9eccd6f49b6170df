"""The `llmops` command line; each module of this package is a verb or a group of verbs.

Exit codes are those of `exit_codes.py`; what raises ends as 2 (asked wrongly) or 3 (did not work),
never as 1, which says that a prompt got worse.
Modules import at the top only what is light: `llmops --help` answers in 0.2 s.
"""

import sys
import traceback

import typer

from app.cli import (
    about,
    audit,
    bisecting,
    ci_report,
    compare,
    demo,
    doctor,
    down,
    examples,
    exit_codes,
    experiments,
    exporting,
    gate,
    importing,
    init,
    judges,
    keys,
    labels,
    plan,
    play,
    prompts,
    run,
    secrets_rotation,
    status,
    up,
    users,
    verify,
)
from app.core.errors import AppError
from app.embedded.errors import CannotStart

app = typer.Typer(
    name="llmops",
    help="Versioned prompts, golden examples, durable experiments, and a verdict.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(up.up)
app.command()(demo.demo)
app.command()(down.down)
app.command()(status.status)
app.command()(doctor.doctor)
app.command()(init.init)
app.command()(run.run)
app.command()(gate.gate)
app.command()(ci_report.ci_report)
app.command()(compare.compare)
app.command()(plan.plan)
app.command()(bisecting.bisect)
app.command()(play.play)
app.command()(exporting.export)
app.command("import")(importing.import_file)
app.command()(verify.verify)
app.add_typer(prompts.app, name="prompts")
app.add_typer(examples.app, name="examples")
app.add_typer(judges.app, name="judges")
app.add_typer(secrets_rotation.app, name="secrets")
app.add_typer(audit.app, name="audit")
app.add_typer(experiments.app, name="experiments")
app.add_typer(labels.app, name="labels")
app.add_typer(keys.app, name="keys")
app.add_typer(users.app, name="users")
app.add_typer(about.config, name="config")
app.command()(about.openapi)
app.command()(about.version)


def main() -> None:
    """The console entry point."""
    try:
        app(prog_name="llmops")
    except (CannotStart, AppError) as error:
        _fail(str(error), exit_codes.of_error(error))
    except KeyboardInterrupt:
        sys.exit(exit_codes.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - Python's own exit code for it says "regression"
        traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        _fail(f"something went wrong that should not have: {what}", exit_codes.of_error(error))


def _fail(sentence: str, code: int) -> None:
    typer.echo(f"llmops: {sentence}", err=True)
    sys.exit(code)
