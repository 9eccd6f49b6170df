# ruff: noqa: PLC0415, PLR0913, PLR0917 - imports wait until the command runs, options are its face
"""`llmops run`: versions on golden examples, and the verdict."""

from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import server as servers
from app.cli.choices import (
    BaseOption,
    CacheOption,
    CancelOption,
    CasesOption,
    ConfigOption,
    CostOption,
    DetachOption,
    ExitZeroOption,
    JobsOption,
    LimitOption,
    ModelsOption,
    RepeatsOption,
    ResumeOption,
    RetryOption,
    RuleOption,
    SetOption,
    SplitOption,
    StrictOption,
    TagOption,
    TimeoutOption,
    TitleOption,
    VersionsOption,
    WatchOption,
    WhatArgument,
)
from app.cli.output import JsonOption
from app.cli.outputs import OutputOption
from app.cli.server import FolderOption, Server, ServerOption
from app.embedded.errors import Misconfigured

if TYPE_CHECKING:
    from app.cli.running import Manner

YAML = (".yaml", ".yml")


def run(
    what: WhatArgument = None,
    config: ConfigOption = None,
    versions: VersionsOption = [],  # noqa: B006 - typer copies it
    base: BaseOption = None,
    models: ModelsOption = [],  # noqa: B006 - same
    sets: SetOption = [],  # noqa: B006 - same
    split: SplitOption = None,
    limit: LimitOption = None,
    repeats: RepeatsOption = None,
    jobs: JobsOption = None,
    max_cost: CostOption = None,
    rules: RuleOption = [],  # noqa: B006 - same
    min_cases: CasesOption = None,
    cache: CacheOption = None,
    tags: TagOption = [],  # noqa: B006 - same
    title: TitleOption = None,
    resume: ResumeOption = None,
    files: OutputOption = [],  # noqa: B006 - same
    timeout_s: TimeoutOption = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    retry_failed: RetryOption = False,
    watch: WatchOption = False,
    detach: DetachOption = False,
    strict: StrictOption = False,
    exit_zero: ExitZeroOption = False,
    cancel_on_interrupt: CancelOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run a prompt's file and what it is compared with on the golden examples.

    What has changed is saved on the server first. Exit code 0 passed, 1 regression, 2 asked
    wrongly, 3 could not complete or compare, 4 inconclusive under --strict, 130 interrupted.

    Example: llmops run support/answer --max-cost 1.00 -o report.html
    """
    flags = locals()  # every option by its name
    from app.cli import asking, config_file, running, watching

    manner = running.Manner.of(flags)
    name, file = named(what, config)
    project = config_file.load(file)
    address = server or project.config.server
    if resume is not None:

        def go_on(there: Server) -> int:
            return resumed(there, resume, manner, retry=retry_failed, max_cost=max_cost)

        return servers.run(address, data_dir, go_on)
    _refuse_odd(retry_failed=retry_failed, watch=watch, detach=detach)
    prompts, choices = asking.checked(project, name, flags)

    def work(there: Server) -> int:
        if watch:
            return watching.watch(there, file, name, choices, manner)
        return running.run_all(there, project, prompts, choices, manner)

    return servers.run(address, data_dir, work, lasting=detach)


def _refuse_odd(*, retry_failed: bool, watch: bool, detach: bool) -> None:
    if retry_failed:
        raise Misconfigured("--retry-failed goes with --resume ID: which experiment?")
    if watch and detach:
        raise Misconfigured("--watch waits for each experiment; leave --detach out.")


def named(what: str | None, config: Path | None) -> tuple[str | None, Path | None]:
    """A prompt's name and a llmops.yaml, whichever the argument is."""
    if what is not None and what.endswith(YAML):
        return None, Path(what)
    return what, config


def resumed(
    server: Server,
    experiment_id: str,
    manner: "Manner",
    *,
    retry: bool = False,
    max_cost: float | None = None,
) -> int:
    """Goes on where it was paused or interrupted, or, with `max_cost`, ran out of money."""
    from uuid import uuid4

    from app.cli import following, running

    path = f"/experiments/{experiment_id}"
    status = server.get(f"{path}/status")
    limit = None if max_cost is None else {"max_cost_usd": str(max_cost)}
    if retry or (limit and status["status"] in following.ENDED):
        server.post(f"{path}/retry-failed", limit, once=str(uuid4()))
    elif limit or status["status"] == "paused":
        server.post(f"{path}/resume", limit)
    return running.wait(server, experiment_id, manner)
