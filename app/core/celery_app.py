"""The Celery app, the names of its tasks, and how a job reaches the broker.

Celery moves ids and may lose or repeat them: PostgreSQL holds the truth, claims are conditional
updates (`lease.py`) and the sweeper repairs what the queue forgot. Each switch below was tried
against killed workers, flushed and frozen brokers; the reasons stand beside the surprising ones.
"""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from enum import StrEnum
from functools import lru_cache
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_shutting_down
from kombu.entity import Queue

from app.core import logs, qos, redis, standstill, stopping
from app.core.config import get_settings
from app.core.queue import deliver_with

log = logs.get()
KEY_PREFIX = "llmops:"
PUBLISH_WAIT_S = 0.8


class Task(StrEnum):
    """Every task by name; `app` asks by name and never imports `tasks`."""

    run_prompt = "tasks.run_prompt"
    run_shard = "tasks.run_shard"
    roll_up = "tasks.roll_up"
    advance_analysis = "tasks.advance_analysis"
    sweep = "tasks.sweep"
    certify_judge = "tasks.certify_judge"
    check_canaries = "tasks.check_canaries"
    start_scheduled = "tasks.start_scheduled"
    watch_drift = "tasks.watch_drift"
    deliver_event = "tasks.deliver_event"
    deliver_message = "tasks.deliver_message"


class QueueName(StrEnum):
    interactive = "interactive"  # somebody waits: single runs
    shards = "shards"  # experiments
    background = "background"  # roll-ups, exports, mail
    control = "control"  # the sweeper: its own worker, or it waits behind 1,000 shards


QUEUE_OF = {
    Task.run_prompt: QueueName.interactive,
    Task.run_shard: QueueName.shards,
    Task.roll_up: QueueName.background,
    Task.advance_analysis: QueueName.background,
    Task.sweep: QueueName.control,
    Task.certify_judge: QueueName.background,
    Task.check_canaries: QueueName.background,
    Task.start_scheduled: QueueName.background,
    Task.watch_drift: QueueName.background,
    Task.deliver_event: QueueName.background,
    Task.deliver_message: QueueName.background,
}


TRANSPORT = {
    "visibility_timeout": 7200,  # longer than any task: recovery is the sweeper's work
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": True,
    "global_keyprefix": KEY_PREFIX,
    "client_name": "llmops-worker",
    "queue_order_strategy": "round_robin",
}


RETRY_PUBLISH = {
    "max_retries": 2,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}


qos.install()


def _broker() -> str:
    return redis.broker_url(get_settings().redis_url.get_secret_value())


def _schedule(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    return {
        "sweep": {
            "task": Task.sweep.value,
            "schedule": sweep_seconds,
            "options": {"queue": QueueName.control.value, "expires": 10},
        },
        "check-canaries": {  # each judge once a day: the database knows which are due
            "task": Task.check_canaries.value,
            "schedule": 3600.0,
            "options": {"queue": QueueName.background.value, "expires": 3600},
        },
    }


def _configured() -> Celery:
    settings = get_settings()
    app = Celery("llmops", include=["tasks"])
    app.conf.update(
        broker_url=_broker(),
        broker_connection_retry=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # the default, 100, ends in a worker that exits
        broker_connection_timeout=5,
        broker_channel_error_retry=True,
        broker_pool_limit=10,
        broker_transport_options=TRANSPORT,
        task_publish_retry=True,
        task_publish_retry_policy=RETRY_PUBLISH,
        task_acks_late=True,
        task_acks_on_failure=True,
        task_acks_on_timeout=True,
        task_reject_on_worker_lost=False,  # True loops a poison shard for ever
        task_retry_on_worker_lost=False,
        worker_prefetch_multiplier=1,
        worker_deduplicate_successful_tasks=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_prefetch_count_reduction=True,
        worker_soft_shutdown_timeout=20.0,
        worker_enable_soft_shutdown_on_idle=False,
        worker_max_tasks_per_child=200,
        worker_max_memory_per_child=600_000,
        worker_pool_start_method="fork",
        worker_proc_alive_timeout=10.0,
        worker_lost_wait=10.0,
        task_time_limit=900,
        task_soft_time_limit=None,  # its exception lands in one coroutine and hangs the loop
        task_serializer="json",
        accept_content=["json"],
        result_backend=None,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_create_missing_queues=False,
        task_default_queue=QueueName.background.value,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=True,
        worker_send_task_events=False,
        enable_utc=True,
        task_queues=[Queue(name.value) for name in QueueName],
        task_routes={task.value: {"queue": queue.value} for task, queue in QUEUE_OF.items()},
        beat_schedule=_schedule(settings.sweep_seconds),
        beat_max_loop_interval=5,
    )
    return app


@lru_cache
def _publisher() -> Celery:
    """Publishing is another configuration than consuming: it must fail fast."""
    app = Celery("llmops-publisher", set_as_current=False)
    app.conf.update(
        broker_url=_broker(),
        broker_transport_options={
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "global_keyprefix": KEY_PREFIX,
        },
        broker_pool_limit=4,
        task_serializer="json",
        task_ignore_result=True,
        task_queues=[Queue(name.value) for name in QueueName],
    )
    return app


@lru_cache
def _threads(_process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="publish")


def _send(task: str, ids: dict[str, str]) -> None:
    _publisher().send_task(
        task,
        kwargs=ids,
        queue=QUEUE_OF[Task(task)].value,
        retry=False,
        ignore_result=True,
    )


def warm_up() -> None:
    """Connects the publisher in the background, or a busy process sends its first message late."""
    _threads(os.getpid()).submit(_connect)


def _connect() -> None:
    try:
        with _publisher().producer_or_acquire() as producer:
            _ = producer.channel  # opened on first use
    except Exception as error:  # noqa: BLE001 - the first message will say so
        log.warning("publisher_not_connected", error=type(error).__name__)


def publish(task: str, ids: dict[str, str]) -> None:
    """Sends one job, or leaves it to the sweeper; never raises, never takes a second."""
    if redis.outage.lasts:
        return
    sent: Future[None] = _threads(os.getpid()).submit(_send, task, ids)
    try:
        sent.result(timeout=PUBLISH_WAIT_S)
    except FutureTimeout:
        redis.outage.begin()
        log.warning("publish_timed_out", task=task)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the row is safe
        redis.outage.begin()
        log.warning("publish_failed", task=task, error=type(error).__name__)


@worker_process_init.connect
def _after_fork(**_: Any) -> None:  # noqa: ANN401 - Celery's signal
    """Engines and clients made before the fork belong to the parent."""
    from app.core import database  # noqa: PLC0415 - the API process needs no worker set-up

    database.forget_engines()
    _publisher.cache_clear()


standstill.guard(KEY_PREFIX)


@worker_shutting_down.connect
def _tell_children(**_: Any) -> None:  # noqa: ANN401 - Celery's signal
    stopping.ask()


@setup_logging.connect
def _logging(**_: Any) -> None:  # noqa: ANN401 - Celery's signal
    logs.configure()


celery_app = app = _configured()
deliver_with(publish)
