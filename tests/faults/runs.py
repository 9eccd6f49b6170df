"""Runs faults one after the other on one platform, and tells how each ended."""

import random
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from tests.faults import invariants
from tests.faults.faults import FAULTS, Fault
from tests.faults.trial import Broken, Impossible, Trial
from tests.support.arena import Arena, arena

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- drill: begin, written by `make drill` -->\n", "<!-- drill: end -->"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended; `broken` is what was not kept, `skipped` why it could not be made."""

    fault: Fault
    seed: int
    trial: Trial
    seconds: float
    broken: str = ""
    skipped: str = ""

    @property
    def kept(self) -> bool:
        return not self.broken and not self.skipped

    def __str__(self) -> str:
        trial = self.trial
        cost = f"{trial.paid_twice} paid twice, {trial.at_risk} in flight"
        told = f"{trial.planned:>3} cases  {cost:<31} {self.seconds:5.1f} s"
        end = f"BROKEN: {self.broken}" if self.broken else "kept"
        if self.skipped:
            told, end = "skipped:", self.skipped
        return f"{self.fault.__name__:<22} seed {self.seed}  {told}  {end}"


def attempt(platform: Arena, fault: Fault, seed: int) -> Trial:
    """One fault, once; raises Broken, or Impossible where it cannot be made."""
    trial = Trial(platform, random.Random(f"{fault.__name__} {seed}"))
    perform(trial, fault)
    return trial


def perform(trial: Trial, fault: Fault) -> None:
    is_kept = False
    try:
        fault(trial)
        trial.finish()
        invariants.check(trial)
        is_kept = True
    finally:
        trial.platform.mend()
        if not is_kept:  # the next one begins on a platform that has nothing to do
            trial.platform.cancel(trial.experiment_id)


def _ended(platform: Arena, fault: Fault, seed: int) -> Ended:
    trial = Trial(platform, random.Random(f"{fault.__name__} {seed}"))
    started, broken, skipped = time.monotonic(), "", ""
    try:
        perform(trial, fault)
    except Impossible as reason:
        skipped = str(reason)
    except Broken as promise:
        broken = str(promise)
    except Exception:  # noqa: BLE001 - whatever else goes wrong is a run that failed, not the end
        broken = traceback.format_exc()
    seconds = time.monotonic() - started
    return Ended(
        fault=fault, seed=seed, trial=trial, seconds=seconds, broken=broken, skipped=skipped
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(folder: Path, seeds: int, only: Sequence[str] | None, *, write_page: bool) -> int:
    """All faults, or those that are named; the exit code."""
    unknown = set(only or ()) - {fault.__name__ for fault in FAULTS}
    if unknown:
        known = ", ".join(fault.__name__ for fault in FAULTS)
        say(f"No fault is called {', '.join(sorted(unknown))}; there are: {known}.")
        return 2
    chosen = [fault for fault in FAULTS if not only or fault.__name__ in only]
    ends: list[Ended] = []
    with arena(folder) as platform:
        for fault in chosen:
            for seed in range(1, seeds + 1):
                ends.append(_ended(platform, fault, seed))
                say(str(ends[-1]))
    tried = [end for end in ends if not end.skipped]
    kept = sum(end.kept for end in tried)
    say(f"{kept}/{len(tried)} runs kept every promise; {len(ends) - len(tried)} skipped")
    if write_page:
        _write(ends)
    return 0 if kept == len(tried) else 1


def _write(ends: Sequence[Ended]) -> None:
    """The table into its page."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}{''.join(_table(ends))}{END}{after}", encoding="utf-8")


def _table(ends: Sequence[Ended]) -> Iterator[str]:
    tried = [end for end in ends if not end.skipped]
    yield f"**{sum(end.kept for end in tried)}/{len(tried)}** runs kept every promise.\n\n"
    yield "| fault | kept | cases | paid twice, at most | in flight then |\n|---|---|---|---|---|\n"
    for fault, group in groupby(ends, key=attrgetter("fault")):
        yield _row(fault, list(group))


def _row(fault: Fault, ends: Sequence[Ended]) -> str:
    what = (fault.__doc__ or "").split("\n")[0].rstrip(".")
    if all(end.skipped for end in ends):
        return f"| {what} | skipped | | | |\n"
    tried = [end.trial for end in ends if not end.skipped]
    worst = max(tried, key=attrgetter("paid_twice"))
    kept = f"{sum(end.kept for end in ends)}/{len(tried)}"
    cases = sum(trial.planned for trial in tried)
    return f"| {what} | {kept} | {cases} | {worst.paid_twice} | {worst.at_risk} |\n"
