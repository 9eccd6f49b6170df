"""Celery's entry points: each opens nothing itself and calls one function.

Importing this package registers every task under the names of `app.core.celery_app.Task`.
"""

from typing import Any

from celery.signals import worker_init

from app.runs.providers import registry
from tasks import (
    advance_analysis_task,
    certify_judge_task,
    check_canaries_task,
    deliver_event_task,
    deliver_message_task,
    roll_up_task,
    run_prompt_task,
    run_shard_task,
    start_scheduled_task,
    sweep_task,
    watch_drift_task,
)

__all__ = [
    "advance_analysis_task",
    "certify_judge_task",
    "check_canaries_task",
    "deliver_event_task",
    "deliver_message_task",
    "roll_up_task",
    "run_prompt_task",
    "run_shard_task",
    "start_scheduled_task",
    "sweep_task",
    "watch_drift_task",
]


@worker_init.connect
def _bring_providers(**_: Any) -> None:  # noqa: ANN401 - Celery's signal
    """Their libraries come before the pool is forked: an import of seconds holds a shard's loop."""
    registry()
