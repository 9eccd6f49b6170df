"""The control worker with beat in a thread of its own: `python -m app.embedded.control_worker`.

Celery's `--beat` would start a second process, for the same clock.
"""

import sys
from typing import Any

from celery.beat import EmbeddedService
from celery.signals import worker_ready, worker_shutdown

from app.core.celery_app import app


def main(schedule: str, *arguments: str) -> None:  # pragma: no cover - runs in a fork of the image
    """`schedule` is the file in which beat notes when it last sent what."""
    beat = EmbeddedService(app, thread=True, schedule_filename=schedule)

    def begin(**_: Any) -> None:  # noqa: ANN401 - Celery's signal
        beat.start()

    def end(**_: Any) -> None:  # noqa: ANN401 - same
        beat.stop()

    worker_ready.connect(begin)
    worker_shutdown.connect(end)
    app.worker_main(["worker", *arguments])


if __name__ == "__main__":  # pragma: no cover - same
    main(*sys.argv[1:])
