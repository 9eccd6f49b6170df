"""Experiments and runs as steps: what to ask, how to wait for the end. Nothing here does I/O."""

import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NotRequired, TypedDict
from uuid import UUID, uuid4

from llmops.errors import StillRunning
from llmops.models import CaseResult, ExperimentStatus, Run
from llmops.wire import Call, Pause, Steps, answered, seconds

RUN_POLL_S = 0.3
ROWS = 500  # of results a page


class Options(TypedDict):
    """What an experiment may be told besides its prompt; as `POST /experiments/run` reads it."""

    versions: NotRequired[Sequence[str | int]]
    baseline: NotRequired[str | int]
    evaluators: NotRequired[Sequence[str | Mapping[str, Any]]]
    models: NotRequired[Sequence[str]]
    repeats: NotRequired[int]
    gate: NotRequired[str]
    adaptive: NotRequired[bool]
    max_cost_usd: NotRequired[Decimal | float | str]
    concurrency: NotRequired[int]
    tags: NotRequired[Sequence[str]]
    git: NotRequired[Mapping[str, Any]]
    name: NotRequired[str]
    split: NotRequired[str]
    sample: NotRequired[int]


def golden(set_name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Which golden examples: all of them for `golden`, else those with the tag."""
    chosen: dict[str, Any] = {} if set_name == "golden" else {"tags": [set_name]}
    return chosen | {name: options[name] for name in ("split", "sample") if name in options}


def start_experiment(
    prompt: str, set_name: str, options: Options
) -> Steps[tuple[ExperimentStatus, str]]:
    """Starts it, once however often the connection breaks; how it stands, and its page."""
    plain = dict(options)
    body = {
        "prompt": prompt,
        "experiment_name": plain.pop("name", None) or f"{prompt} from Python",
        "golden": golden(set_name, plain),
        **{name: value for name, value in plain.items() if name not in {"split", "sample"}},
    }
    if "max_cost_usd" in body:
        body["max_cost_usd"] = str(body["max_cost_usd"])
    accepted = answered((yield _post("/experiments/run", body))).body
    status, _ = yield from read_experiment(accepted["experiment_id"])
    return status, accepted["url"]


def read_experiment(experiment_id: UUID | str) -> Steps[tuple[ExperimentStatus, float]]:
    """How it stands, and after how many seconds to ask again."""
    path = f"/experiments/{UUID(str(experiment_id))}/status"
    answer = answered((yield Call(method="GET", path=path)))
    again = seconds(answer.headers.get("retry-after"))
    return ExperimentStatus.model_validate(answer.body), 1.0 if again is None else again


def await_experiment(experiment_id: UUID, timeout: float | None) -> Steps[ExperimentStatus]:
    """Until it has ended; raises StillRunning after `timeout` seconds."""
    until = None if timeout is None else time.monotonic() + timeout
    while True:
        status, again = yield from read_experiment(experiment_id)
        if status.has_ended:
            return status
        told = status.progress
        done = sum(told.values()) - told["planned"]
        yield Pause(_pause(until, again, f"{done} of {told['planned']} cases are done"))


def cases(experiment_id: UUID, only: str | None) -> Steps[list[CaseResult]]:
    """All rows, page after page."""
    found: list[CaseResult] = []
    params: dict[str, Any] = {"limit": ROWS} | ({"only": only} if only else {})
    while True:
        path = f"/experiments/{experiment_id}/results"
        page = answered((yield Call(method="GET", path=path, params=params))).body
        found += [CaseResult.model_validate(row) for row in page["items"]]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


def start_run(
    prompt: str,
    label: str,
    variables: Mapping[str, Any],
    model: str | None,
    evaluators: Sequence[str | Mapping[str, Any]],
) -> Steps[Run]:
    body = {
        "prompt": prompt,
        "label": label,
        "variables": dict(variables),
        "model": model,
        "evaluators": list(evaluators),
    }
    accepted = answered((yield _post("/run", body))).body
    return (yield from read_run(accepted["run_id"]))


def read_run(run_id: UUID | str) -> Steps[Run]:
    path = f"/runs/{UUID(str(run_id))}"
    return Run.model_validate(answered((yield Call(method="GET", path=path))).body)


def await_run(started: Run | UUID | str, timeout: float | None) -> Steps[Run]:
    """Until it has ended; raises StillRunning after `timeout` seconds."""
    until = None if timeout is None else time.monotonic() + timeout
    while True:
        run = yield from read_run(started.id if isinstance(started, Run) else started)
        if run.has_ended:
            return run
        yield Pause(_pause(until, RUN_POLL_S, f"the run is {run.status}"))


def _pause(until: float | None, wanted: float, standing: str) -> float:
    """How long to wait; not beyond the end of patience."""
    if until is None:
        return wanted
    left = until - time.monotonic()
    if left <= 0:
        raise StillRunning(f"The time to wait is over: {standing}. It goes on; wait again.")
    return min(wanted, left)


def _post(path: str, body: Mapping[str, Any]) -> Call:
    return Call(
        method="POST", path=path, json=dict(body), headers={"Idempotency-Key": str(uuid4())}
    )
