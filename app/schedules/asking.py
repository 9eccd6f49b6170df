"""What a schedule asks for, as an experiment's request."""

from app.experiments.plan import Request
from app.experiments.selection import GoldenChoice
from app.models import Schedule
from app.runs.schemas import choice
from app.schedules.schemas import ScheduleRequest

TRIGGER = "schedule"


def request_of(schedule: Schedule) -> Request:
    """Never from the cache: a run that is answered from the last one cannot see a change."""
    asked = ScheduleRequest.model_validate(schedule.request)
    return Request(
        prompt=schedule.prompt_id,
        name=schedule.name,
        versions=schedule.versions,
        golden=GoldenChoice(**asked.golden.model_dump()),
        models=asked.models,
        evaluators=[choice(evaluator) for evaluator in asked.evaluators],
        repeats=asked.repeats,
        max_cost_usd=asked.max_cost_usd,
        concurrency=asked.concurrency,
        tags=asked.tags,
        git=None,
        cache=False,
        trigger=TRIGGER,
    )
