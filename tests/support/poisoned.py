"""Celery's app with a model call that kills its process: `celery -A tests.support.poisoned worker`.

A case whose inputs carry `POISON` ends the worker the way an out-of-memory kill does; each time is
noted as a line in the file that LLMOPS_TEST_DEATHS names.
"""

import os
from pathlib import Path
from typing import NoReturn

from app.core.celery_app import app
from app.runs.case import Brief, Outcome, Performer

POISON = "poison"
DEATHS = "LLMOPS_TEST_DEATHS"
_perform = Performer.perform


def _die() -> NoReturn:
    with Path(os.environ[DEATHS]).open("a", encoding="utf-8") as deaths:
        deaths.write(f"{os.getpid()}\n")
    os._exit(9)


async def _die_of_it(self: Performer, brief: Brief) -> Outcome:
    if POISON in brief.inputs.values():
        _die()
    return await _perform(self, brief)


if DEATHS in os.environ:  # else it is only asked for its names
    Performer.perform = _die_of_it  # type: ignore[method-assign] # what this module is for

__all__ = ["app"]
