"""A Celery worker: `python -m app.embedded.worker name pool queues [schedule]`.

Started as a library, because Celery's command line brings its prompt and every plug-in with it,
13 MB. With `schedule`, the file in which beat notes when it last sent what, beat runs in a thread
of this process; Celery's `--beat` would start a second process for the same clock.
"""

import ctypes
import sys
from threading import Event
from typing import Any

from celery import platforms
from celery.beat import EmbeddedService
from celery.signals import task_postrun, worker_ready, worker_shutdown
from celery.utils.nodenames import gethostname, nodename

from app.core import standstill
from app.core.celery_app import Task, app
from app.embedded.exec_child import PR_SET_PDEATHSIG

PROCESSES = 2


def main(
    name: str, pool: str, queues: str, schedule: str = ""
) -> None:  # pragma: no cover - runs in a fork of the image
    """Works until it is told to stop; its exit code is Celery's."""
    if sys.platform == "linux":
        # Celery's own parses C for this one call, and so copies 5 MB in each process of the pool.
        platforms._set_pdeathsig = _die_with_parent  # noqa: SLF001 - nothing public to set
    worker = app.Worker(
        hostname=nodename(name, gethostname()),
        pool_cls=pool,
        concurrency=PROCESSES,
        queues=queues.split(","),
        without_gossip=True,  # nobody here asks one worker about another
        without_mingle=True,
    )
    if schedule:
        _beat_with(schedule)
    worker.start()
    sys.exit(worker.exitcode)


def _die_with_parent(sign: int) -> None:  # pragma: no cover - same
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)


def _beat_with(schedule: str) -> None:  # pragma: no cover - same
    beat = EmbeddedService(app, thread=True, schedule_filename=schedule)

    def begin(**_: Any) -> None:  # noqa: ANN401 - Celery's signal
        beat.start()

    def end(**_: Any) -> None:  # noqa: ANN401 - same
        beat.stop()

    swept = Event()

    def note(task: Any, **_: Any) -> None:  # noqa: ANN401 - same
        if task.name == Task.sweep.value:
            swept.set()

    def has_swept() -> bool:
        """Since it was last asked: what shows that the clock and its queue go on as well."""
        had = swept.is_set()
        swept.clear()
        return had

    standstill.signs.append(has_swept)
    # these functions end here, and a signal would let them go
    worker_ready.connect(begin, weak=False)
    worker_shutdown.connect(end, weak=False)
    task_postrun.connect(note, weak=False)


if __name__ == "__main__":  # pragma: no cover - same
    main(*sys.argv[1:])
