"""What the flags of `run`, `gate` and `plan` say; they come before `llmops.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

import typer

from app.embedded.errors import Misconfigured


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Empty or None: as the file says, else as the server has it."""

    versions: Sequence[str] = ()
    base: str | None = None
    head: str | None = None
    models: Sequence[str] = ()
    sets: Sequence[str] = ()
    split: str | None = None
    limit: int | None = None
    repeats: int | None = None
    jobs: int | None = None
    max_cost: Decimal | None = None
    rules: Sequence[str] = ()
    min_cases: int | None = None
    cache: bool | None = None
    tags: Sequence[str] = ()
    title: str | None = None
    must_compare: bool = False  # a gate's work; a run may look at one version alone

    @classmethod
    def of(cls, flags: Mapping[str, Any], *, must_compare: bool = False) -> Self:
        """A command's options by their names; raises Misconfigured for a tag that is none."""
        given = {item.name: flags[item.name] for item in fields(cls) if item.name in flags}
        limit = given.get("max_cost")
        given["max_cost"] = None if limit is None else Decimal(str(limit))
        given["tags"] = [tag_of(tag) for tag in given.get("tags", ())]
        return cls(**given, must_compare=must_compare)


def tag_of(text: str) -> str:
    """`k=v`; raises Misconfigured."""
    name, equals, value = text.partition("=")
    if not (equals and name.strip() and value.strip()) or len(text) > 64:
        raise Misconfigured(f"--tag {text!r}: write key=value, 64 characters at most.")
    return f"{name.strip()}={value.strip()}"


WhatArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME|FILE",
        help="A prompt, or a llmops.yaml; without, all prompts of the llmops.yaml here.",
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The llmops.yaml.", show_default="./llmops.yaml"),
]
BaseOption = Annotated[
    str | None,
    typer.Option(help="What to compare with: a label, a number or a git ref."),
]
HeadOption = Annotated[
    str | None,
    typer.Option(help="Read prompts of this git ref.", show_default="the files as they lie there"),
]
VersionsOption = Annotated[
    list[str], typer.Option(help="Compare these instead of the file; a number or a label.")
]
ModelsOption = Annotated[list[str], typer.Option(help="provider:model; each version on each.")]
SetOption = Annotated[list[str], typer.Option("--set", help="Golden examples with this tag only.")]
SplitOption = Annotated[str | None, typer.Option(help="Golden examples of this split only.")]
LimitOption = Annotated[
    int | None, typer.Option(min=1, help="As many golden examples, drawn the same way each time.")
]
RepeatsOption = Annotated[
    int | None, typer.Option(min=1, max=100, help="Answers of each version to each example.")
]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, max=512, help="Cases at the same time.")
]
CostOption = Annotated[
    float | None, typer.Option(min=0, help="US dollars; no call is made that could go beyond.")
]
RuleOption = Annotated[
    list[str],
    typer.Option("--gate", help="Such as 'correctness >= base - 0.02'; instead of the policy's."),
]
CasesOption = Annotated[
    int | None,
    typer.Option("--min-cases", min=2, max=100_000, help="Fewer pairs than this decide nothing."),
]
CacheOption = Annotated[
    bool | None, typer.Option("--cache/--no-cache", help="Use answers that are known already.")
]
TagOption = Annotated[list[str], typer.Option("--tag", help="key=value, kept with the experiment.")]
TitleOption = Annotated[str | None, typer.Option("--title", help="The experiment's name.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Inconclusive is exit code 4, not 0.")]
ExitZeroOption = Annotated[
    bool, typer.Option("--exit-zero", help="Report only: no verdict changes the exit code.")
]
DetachOption = Annotated[bool, typer.Option("--detach", help="Start it, print it, do not wait.")]
CancelOption = Annotated[
    bool,
    typer.Option("--cancel-on-interrupt", help="Ctrl-C ends the experiment, not just the waiting."),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", min=1, help="Seconds to wait; the experiment goes on afterwards."),
]

ResumeOption = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="Wait for an experiment there is already; with --max-cost it may cost that in all.",
    ),
]
RetryOption = Annotated[
    bool, typer.Option("--retry-failed", help="With --resume: try what has no score again.")
]
WatchOption = Annotated[bool, typer.Option("--watch", help="Run again when a file changes.")]
