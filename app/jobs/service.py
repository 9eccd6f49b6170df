"""What runs in the background, by task id: a run, an experiment or an analysis, from its row."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analyses import service as analyses
from app.core.errors import NotFound
from app.experiments import service as experiments
from app.experiments.summary import eta_s
from app.models import Analysis, CaseState, Experiment, ExperimentStatus, Run
from app.runs import service as runs


class TaskNotFound(NotFound):
    message = "There is no task with this id in your workspace."


class TaskKind(StrEnum):
    run = "run"
    experiment = "experiment"
    bisect = "bisect"
    blame = "blame"


class TaskStatus(StrEnum):
    pending = "pending"
    running = "running"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"


ENDED = frozenset({TaskStatus.completed, TaskStatus.failed, TaskStatus.cancelled})

STATUS_OF = {
    ExperimentStatus.pending: TaskStatus.pending,
    ExperimentStatus.running: TaskStatus.running,
    ExperimentStatus.paused: TaskStatus.running,
    ExperimentStatus.rolling_up: TaskStatus.running,
    ExperimentStatus.completed: TaskStatus.completed,
    ExperimentStatus.completed_with_errors: TaskStatus.completed,
    ExperimentStatus.failed: TaskStatus.failed,
    ExperimentStatus.cancelled: TaskStatus.cancelled,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    task_id: UUID
    kind: TaskKind
    status: TaskStatus
    paused: bool = False  # goes on when somebody resumes it
    done: int
    total: int
    failed: int
    eta_s: int | None
    result: dict[str, Any] | None
    error: str | None
    cost_usd: Decimal | None

    @property
    def ended(self) -> bool:
        return self.status in ENDED


def get(session: Session, subject: Subject, task_id: UUID) -> Task:
    """The task, whichever kind it is; another workspace's is the same 404 as none."""
    try:
        return _of_run(runs.get(session, subject, task_id))
    except runs.RunNotFound:
        pass
    try:
        return _of_experiment(experiments.get(session, subject, task_id))
    except experiments.ExperimentNotFound:
        pass
    try:
        return _of_analysis(analyses.get(session, subject, task_id))
    except analyses.AnalysisNotFound:
        raise TaskNotFound from None


def _of_run(run: Run) -> Task:
    status = TaskStatus(run.state)
    result = None
    if status is TaskStatus.completed:
        result = {
            "run_id": str(run.id),
            "output": run.output,
            "scores": run.scores,
            "tokens_in": run.tokens_in,
            "tokens_out": run.tokens_out,
            "latency_ms": run.latency_ms,
        }
    return Task(
        task_id=run.id,
        kind=TaskKind.run,
        status=status,
        done=int(status in ENDED),
        total=1,
        failed=int(status is TaskStatus.failed),
        eta_s=None,
        result=result,
        error=run.error,
        cost_usd=run.cost_usd,
    )


def _of_experiment(experiment: Experiment) -> Task:
    counts = experiments.progress(experiment)
    done = sum(counts[state.value] for state in CaseState)
    good = counts[CaseState.scored]
    if "stopped" in experiment.options:  # what it made unnecessary has not failed
        good += counts[CaseState.cancelled]
    results = experiment.results
    return Task(
        task_id=experiment.id,
        kind=TaskKind.experiment,
        status=STATUS_OF[ExperimentStatus(experiment.status)],
        paused=experiment.status == ExperimentStatus.paused,
        done=done,
        total=experiment.planned,
        failed=done - good,
        eta_s=eta_s(experiment),
        result={"experiment_id": str(experiment.id), "results": results} if results else None,
        error=experiment.error,
        cost_usd=None if experiment.cost_unknown else experiment.cost_usd,
    )


def _of_analysis(analysis: Analysis) -> Task:
    """Counted in probes; how many are still to come is an estimate."""
    progress = analysis.progress
    cost = progress.get("cost_usd", "0")
    return Task(
        task_id=analysis.id,
        kind=TaskKind(analysis.kind),
        status=TaskStatus(analyses.status_of(analysis)),
        done=progress.get("done", 0),
        total=progress.get("total_estimate", 1),
        failed=0,
        eta_s=None,
        result=analysis.result,
        error=analysis.error,
        cost_usd=None if cost is None else Decimal(cost),
    )
