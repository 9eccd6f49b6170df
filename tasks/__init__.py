"""Celery's entry points: each opens nothing itself and calls one function.

Importing this package registers every task under the names of `app.core.celery_app.Task`.
"""

from tasks import roll_up_task, run_prompt_task, run_shard_task, sweep_task

__all__ = ["roll_up_task", "run_prompt_task", "run_shard_task", "sweep_task"]
