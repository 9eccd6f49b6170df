"""From what is asked to an exit code: start, follow, show, write down."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import typer

from app.cli import asking, exit_codes, following, outputs
from app.cli.asking import Asked
from app.cli.choices import Choices
from app.cli.config_file import Project
from app.cli.output import print_json
from app.cli.server import Server
from app.cli.terminal import counted, dollars, shown
from app.embedded.supervisor import say

WATCH_S = 0.5


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


def run_all(
    server: Server, project: Project, prompts: Sequence[str], choices: Choices, manner: Manner
) -> int:
    """One experiment after another; the gravest of their codes."""
    results: list[dict[str, Any]] = []
    for prompt in prompts:
        asked = asking.ask(server, project, prompt, choices)
        results.append(_run(server, asked, manner))
        code = results[-1]["exit_code"]
        if code == exit_codes.INTERRUPTED:
            break
        if not manner.detach:
            outputs.write(server, results[-1], manner.files, one_of_many=len(prompts) > 1)
    return conclude(results, manner)


def conclude(results: Sequence[Mapping[str, Any]], manner: Manner) -> int:
    """Prints the results as JSON, if they are to be, and gives the code of them all."""
    code = exit_codes.gravest(result["exit_code"] for result in results)
    if manner.as_json:
        print_json({"exit_code": manner.code(code), "experiments": list(results)})
    return manner.code(code)


def _run(server: Server, asked: Asked, manner: Manner) -> dict[str, Any]:
    if asked.body is None:
        if not manner.as_json:
            typer.echo(shown(f"PASS  {asked.note}"))
        return _result(asked.prompt, exit_codes.PASSED, note=asked.note)
    accepted = server.post("/experiments/run", asked.body, once=str(uuid4()))
    experiment_id, url = str(accepted["experiment_id"]), str(accepted["url"])
    _announce(asked.prompt, accepted)
    if manner.detach:
        if not manner.as_json:
            typer.echo(experiment_id)
        return _result(asked.prompt, exit_codes.PASSED, experiment_id=experiment_id, url=url)
    found = finish(server, experiment_id, asked.prompt, url, manner)
    if asked.new and found["exit_code"] == exit_codes.PASSED:
        say(f"warning: {asked.prompt} is new; nothing could be held against it.")
        if manner.strict:
            found["exit_code"] = exit_codes.INCONCLUSIVE
    return found


def finish(
    server: Server, experiment_id: str, prompt: str, url: str, manner: Manner
) -> dict[str, Any]:
    """Waits for an experiment that runs, and shows what came of it."""
    try:
        status = following.follow(server, experiment_id, prompt, timeout_s=manner.timeout_s)
    except KeyboardInterrupt:
        _interrupted(server, experiment_id, cancel=manner.cancel_on_interrupt)
        code = exit_codes.INTERRUPTED
        return _result(prompt, code, experiment_id=experiment_id, url=url)
    code = exit_codes.of_status(status, strict=manner.strict)
    if not manner.as_json:
        _show(status, url)
    if code == exit_codes.PASSED and _undecided(status):
        say("warning: inconclusive; --strict makes this exit code 4.")
    return _result(prompt, code, experiment_id=experiment_id, url=url, status=status)


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
    if cancel:
        server.post(f"/experiments/{experiment_id}/cancel")
        say("Interrupted. The experiment is cancelled; what is done is kept.")
    else:
        say(
            "Interrupted. The experiment goes on; wait for it with: "
            f"llmops run --resume {experiment_id}"
        )


def _result(
    prompt: str,
    code: int,
    *,
    experiment_id: str | None = None,
    url: str | None = None,
    status: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    """One entry of `--json`; the verdict is the server's own object."""
    verdict = status["verdict"] if status else None
    return {
        "prompt": prompt,
        "exit_code": code,
        "ruling": verdict["verdict"] if verdict else None,
        "sentence": verdict["sentence"] if verdict else note,
        "experiment_id": experiment_id,
        "url": url,
        "status": status,
    }


# --- again and again ---


def watch(
    server: Server, project: Project, prompts: Sequence[str], choices: Choices, manner: Manner
) -> int:
    """Runs whenever a file changes, until Ctrl-C."""
    while True:
        before = _changed_at(project, prompts)
        if run_all(server, project, prompts, choices, manner) == exit_codes.INTERRUPTED:
            return exit_codes.INTERRUPTED
        say("Watching the files; Ctrl-C ends.")
        try:
            while _changed_at(project, prompts) == before:
                _pause()
        except KeyboardInterrupt:
            return exit_codes.INTERRUPTED


def _pause() -> None:
    if threading.current_thread() is threading.main_thread():
        time.sleep(WATCH_S)
    else:
        threading.Event().wait(WATCH_S)


def _changed_at(project: Project, prompts: Sequence[str]) -> list[float]:
    files = [
        place
        for prompt in prompts
        for place in (
            *project.golden_of(prompt),
            *(project.folder / file for file in [project.config.prompts.get(prompt)] if file),
        )
    ]
    return [file.stat().st_mtime if file.exists() else 0.0 for file in files]
