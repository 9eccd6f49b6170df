"""The sweep as a whole: its parts do not depend on each other, and only a whole one is noted."""

import time

import pytest

from app.budgets import watching
from app.core import beat_mark
from app.runs import cache
from tasks.sweep_task import sweep


def test_a_part_that_fails_keeps_no_other_from_its_work(monkeypatch):
    """The later ones had their turn, the failure is told, and the health page sees no sweep."""
    swept = []
    monkeypatch.setattr(beat_mark, "KEY", "the-mark-of-this-test")
    monkeypatch.setattr(watching, "sweep", lambda: 1 / 0)
    monkeypatch.setattr(cache, "sweep", lambda: swept.append(time.monotonic()))

    with pytest.raises(ExceptionGroup) as told:
        sweep()

    assert told.group_contains(ZeroDivisionError)
    assert swept
    assert beat_mark.age_s() is None


def test_a_whole_sweep_is_noted(monkeypatch):
    """Nothing failed: the health page knows when."""
    monkeypatch.setattr(beat_mark, "KEY", "another-mark-of-this-test")

    sweep()

    assert beat_mark.age_s() < 60
