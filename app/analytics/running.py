"""Experiments that have not ended, as the dashboard shows them, and those that stand still."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analytics.schemas import Action, Attention, RunningExperiment
from app.experiments import service
from app.experiments.schemas import Progress
from app.models import Experiment, ExperimentStatus, Prompt, Result

OPEN = (
    ExperimentStatus.pending,
    ExperimentStatus.running,
    ExperimentStatus.paused,
    ExperimentStatus.rolling_up,
)
MOST = 50
STUCK = timedelta(minutes=5)


class Open(NamedTuple):
    experiment: Experiment
    prompt_name: str
    last_result_at: datetime | None


def find(session: Session, subject: Subject) -> list[Open]:
    """Newest first."""
    last = (
        select(func.max(Result.created_at))
        .where(Result.experiment_id == Experiment.id)
        .correlate(Experiment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Experiment, Prompt.name, last.label("last_result_at"))
        .join(Prompt, Prompt.id == Experiment.prompt_id)
        .where(Experiment.workspace_id == subject.workspace_id, Experiment.status.in_(OPEN))
        .order_by(Experiment.id.desc())
        .limit(MOST)
    )
    return [Open(row.Experiment, row.name, row.last_result_at) for row in rows]


def lines(found: list[Open], now: datetime) -> list[RunningExperiment]:
    return [
        RunningExperiment(
            experiment_id=experiment.id,
            name=experiment.name,
            prompt_name=prompt_name,
            status=experiment.status,
            progress=Progress(**service.progress(experiment)),
            eta_s=_eta_s(experiment, now),
            cost_usd=None if experiment.cost_unknown else experiment.cost_usd,
            max_cost_usd=experiment.max_cost_usd,
        )
        for experiment, prompt_name, _last in found
    ]


def stuck(found: list[Open], now: datetime) -> list[Attention]:
    """Those that are to be worked on and got no result for five minutes."""
    return [
        _standing_still(open_, since)
        for open_ in found
        if open_.experiment.status != ExperimentStatus.paused
        and now - (since := open_.last_result_at or open_.experiment.created_at) > STUCK
    ]


def _standing_still(found: Open, since: datetime) -> Attention:
    experiment = found.experiment
    done = _done(experiment)
    return Attention(
        kind="stuck",
        severity="decision",
        title=f"{experiment.name} on {found.prompt_name} has stood still for over five minutes",
        detail=(
            f"{done} of {experiment.planned} cases are done; the last progress was at "
            f"{since:%H:%M} UTC on {since:%-d %B}. Look whether a worker runs."
        ),
        difference=None,
        action=Action(label="See the experiment", url=f"/experiments/{experiment.id}"),
    )


def _done(experiment: Experiment) -> int:
    return sum(int(number) for number in experiment.counts.values())


def _eta_s(experiment: Experiment, now: datetime) -> int | None:
    """At the pace since it started; unknown before the first case and while it is paused."""
    done = _done(experiment)
    if experiment.status != ExperimentStatus.running or not done or not experiment.started_at:
        return None
    elapsed = (now - experiment.started_at).total_seconds()
    return max(0, round(elapsed / done * (experiment.planned - done)))
