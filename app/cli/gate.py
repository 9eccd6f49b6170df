# ruff: noqa: PLC0415, PLR0913, PLR0917 - imports wait until the command runs, options are its face
"""`llmops gate`: may this change go on? One exit code for CI."""

from app.cli import server as servers
from app.cli.choices import (
    BaseOption,
    CacheOption,
    CancelOption,
    CasesOption,
    ConfigOption,
    CostOption,
    ExitZeroOption,
    HeadOption,
    JobsOption,
    ModelsOption,
    RepeatsOption,
    RuleOption,
    StrictOption,
    TagOption,
    TimeoutOption,
    TitleOption,
    WhatArgument,
)
from app.cli.output import JsonOption
from app.cli.outputs import OutputOption
from app.cli.server import FolderOption, Server, ServerOption


def gate(
    what: WhatArgument = None,
    config: ConfigOption = None,
    base: BaseOption = None,
    head: HeadOption = None,
    models: ModelsOption = [],  # noqa: B006 - typer copies it
    repeats: RepeatsOption = None,
    jobs: JobsOption = None,
    max_cost: CostOption = None,
    rules: RuleOption = [],  # noqa: B006 - same
    min_cases: CasesOption = None,
    cache: CacheOption = None,
    tags: TagOption = [],  # noqa: B006 - same
    title: TitleOption = None,
    files: OutputOption = [],  # noqa: B006 - same
    timeout_s: TimeoutOption = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    strict: StrictOption = False,
    exit_zero: ExitZeroOption = False,
    cancel_on_interrupt: CancelOption = False,
    as_json: JsonOption = False,
) -> None:
    """Hold each prompt's file against its base, and say by exit code whether it got worse.

    With a git ref as base, both sides are read from git and saved as versions; a prompt that is
    the same on both sides costs nothing. Exit code 0 passed, 1 regression, 2 asked wrongly, 3
    could not complete or compare, 4 inconclusive under --strict, 130 interrupted.

    Each of several models is an experiment of its own, with its own base and its own --max-cost.

    Example: llmops gate --base main --head HEAD -o gate.md -o gate.junit.xml
    """
    flags = locals()  # every option by its name
    from app.cli import asking, config_file, run, running

    manner = running.Manner.of(flags)
    name, file = run.named(what, config)
    project = config_file.load(file)
    prompts, choices = asking.checked(project, name, flags, must_compare=True)

    def work(there: Server) -> int:
        return running.run_all(there, project, prompts, choices, manner)

    servers.run(server or project.config.server, data_dir, work)
