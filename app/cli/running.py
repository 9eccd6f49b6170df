"""From what is asked to an exit code: start, follow, show, write down."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import typer

from app.cli import asking, exit_codes, following, outputs
from app.cli import server as servers
from app.cli.asking import Asked
from app.cli.choices import Choices
from app.cli.config_file import Project
from app.cli.output import print_json
from app.cli.server import Server
from app.cli.terminal import counted, dollars, shown
from app.core.errors import AppError
from app.embedded.errors import CannotStart
from app.embedded.supervisor import say

ENDS_ALL = (KeyboardInterrupt, *servers.HOPELESS)


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a command waits, shows and ends."""

    as_json: bool = False
    files: Sequence[Path] = ()
    strict: bool = False
    exit_zero: bool = False
    detach: bool = False
    cancel_on_interrupt: bool = False
    timeout_s: float | None = None

    @classmethod
    def of(cls, flags: Mapping[str, Any]) -> Self:
        """A command's options by their names; raises Misconfigured for a file it cannot write."""
        found = cls(**{item.name: flags[item.name] for item in fields(cls) if item.name in flags})
        outputs.check(found.files)
        return found

    def code(self, found: int) -> int:
        """Report only: a verdict changes nothing, an interruption does."""
        told = {exit_codes.INTERRUPTED, exit_codes.PASSED}
        return exit_codes.PASSED if self.exit_zero and found not in told else found


@dataclass(kw_only=True)
class About:
    """What an entry of `--json` is about, as far as it is known."""

    prompt: str
    model: str | None = None  # where a gate asks several one by one
    experiment_id: str | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        return f"{self.prompt} on {self.model}" if self.model else self.prompt


def run_all(
    server: Server, project: Project, prompts: Sequence[str], choices: Choices, manner: Manner
) -> int:
    """One experiment after another; the gravest of their codes. What fails leaves the others."""
    results: list[dict[str, Any]] = []
    with suppress(*ENDS_ALL):  # told, and among the results
        for asked in _asked(server, project, prompts, choices, results):
            about = About(prompt=asked.prompt, model=asked.model)
            with _kept(results, about):
                results.append(_run(server, asked, about, manner))
    return _conclude(server, results, manner)


def wait(server: Server, experiment_id: str, manner: Manner) -> int:
    """Waits for an experiment that there is already."""
    told = server.get(f"/experiments/{experiment_id}/status")
    url = server.page_of(experiment_id)
    about = About(prompt=str(told["prompt_name"]), experiment_id=experiment_id, url=url)
    results: list[dict[str, Any]] = []
    with suppress(*ENDS_ALL), _kept(results, about):
        results.append(_finish(server, experiment_id, about, manner))
    return _conclude(server, results, manner)


def _asked(
    server: Server,
    project: Project,
    prompts: Sequence[str],
    choices: Choices,
    results: list[dict[str, Any]],
) -> Iterator[Asked]:
    for prompt in prompts:
        found: list[Asked] = []
        with _kept(results, About(prompt=prompt)):
            found = asking.ask_each(server, project, prompt, choices)
        yield from found


@contextmanager
def _kept(results: list[dict[str, Any]], about: About) -> Iterator[None]:
    """What goes wrong is told and becomes an entry; raised is only what ends all the others too."""
    try:
        with servers.spoken():
            yield
    except KeyboardInterrupt:
        results.append(_result(about, exit_codes.INTERRUPTED))
        raise
    except (CannotStart, AppError) as error:
        say(f"llmops: {error}")
        results.append(_result(about, exit_codes.of_error(error), note=str(error)))
        if isinstance(error, servers.HOPELESS):
            raise


def _conclude(server: Server, results: list[dict[str, Any]], manner: Manner) -> int:
    """Writes the results into files and as JSON, if they are to be; gives the code of them all."""
    ended = [one for one in results if one["exit_code"] != exit_codes.INTERRUPTED]
    for result in () if manner.detach else ended:
        about = About(prompt=result["prompt"], model=result["model"])
        with suppress(*ENDS_ALL), _kept(results, about):
            outputs.write(server, result, manner.files, one_of_many=len(ended) > 1)
    code = exit_codes.gravest(
        manner.code(result["exit_code"]) if result["status"] else result["exit_code"]
        for result in results
    )
    if manner.as_json:
        print_json({"exit_code": code, "experiments": list(results)})
    return code


def _run(server: Server, asked: Asked, about: About, manner: Manner) -> dict[str, Any]:
    if asked.body is None:
        if not manner.as_json:
            typer.echo(shown(f"PASS  {asked.note}"))
        return _result(about, exit_codes.PASSED, note=asked.note)
    accepted = server.post("/experiments/run", asked.body, once=str(uuid4()))
    experiment_id = about.experiment_id = str(accepted["experiment_id"])
    about.url = str(accepted["url"])
    _announce(about.name, accepted)
    if manner.detach:
        if not manner.as_json:
            typer.echo(experiment_id)
        return _result(about, exit_codes.PASSED)
    found = _finish(server, experiment_id, about, manner)
    if asked.new and found["exit_code"] == exit_codes.PASSED:
        say(f"warning: {asked.prompt} is new; nothing could be held against it.")
        if manner.strict:
            found["exit_code"] = exit_codes.INCONCLUSIVE
    return found


def _finish(server: Server, experiment_id: str, about: About, manner: Manner) -> dict[str, Any]:
    """Waits for an experiment that runs, and shows what came of it."""
    try:
        status = following.follow(server, experiment_id, about.name, timeout_s=manner.timeout_s)
    except KeyboardInterrupt:
        _interrupted(server, experiment_id, cancel=manner.cancel_on_interrupt)
        raise
    code = exit_codes.of_status(status, strict=manner.strict)
    if not manner.as_json:
        _show(status, str(about.url))
    if code == exit_codes.PASSED and _undecided(status):
        say("warning: inconclusive; --strict makes this exit code 4.")
    return _result(about, code, status=status)


def _announce(prompt: str, accepted: Mapping[str, Any]) -> None:
    plan = accepted["plan"]
    least = plan["minimum_detectable_difference"]
    about = "" if plan["cost_usd_estimate"] is None else "about "
    parts = [
        f"{prompt}: {counted(plan['cases'], 'case')}",
        counted(plan["calls"], "call"),
        f"{about}{dollars(plan['cost_usd_estimate'])}",
    ]
    if least is not None:
        parts.append(f"can show a drop of {least:.2f}")
    say(", ".join(parts))
    if accepted["delayed"]:
        say("The server's queue does not answer; the experiment starts as soon as it does.")
    say(str(accepted["url"]))


def _show(status: Mapping[str, Any], url: str) -> None:
    from app.cli import verdict_text  # noqa: PLC0415 - brings the Verdict's classes, 0.4 s

    typer.echo(shown(verdict_text.of_experiment(status)))
    spent = dollars(status["cost_usd"])
    if status["cost_usd"] is None:
        spent = f"{spent}, estimated {dollars(status['cost_estimated'])}"
    typer.echo(f"\n{spent} for {counted(status['calls'], 'call')}\n{url}")


def _undecided(status: Mapping[str, Any]) -> bool:
    return any(row["verdict"] == "inconclusive" for row in status["comparisons"])


def _interrupted(server: Server, experiment_id: str, *, cancel: bool) -> None:
    if not cancel:
        stops = server.interrupted.is_set()  # with the server of its own
        goes_on = "What is done is kept; go on" if stops else "The experiment goes on; wait for it"
        say(f"Interrupted. {goes_on} with: llmops run --resume {experiment_id}")
        return
    try:
        with servers.spoken():
            server.post(f"/experiments/{experiment_id}/cancel")
    except CannotStart as error:
        say(f"Interrupted. The experiment could not be cancelled: {error}")
    else:
        say("Interrupted. The experiment is cancelled; what is done is kept.")


def _result(
    about: About, code: int, *, status: Mapping[str, Any] | None = None, note: str | None = None
) -> dict[str, Any]:
    """One entry of `--json`: the comparison that its code comes from, and all the server says."""
    row = exit_codes.decisive(status) if status else None
    return {
        **asdict(about),
        "exit_code": code,
        "ruling": row["verdict"] if row else None,
        "sentence": row["sentence"] if row else status["error"] if status else note,
        "status": status,
    }
