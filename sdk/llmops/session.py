"""The end of a test run: its cases are recorded, once, and held against the criteria."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from llmops import surroundings
from llmops.errors import LlmopsError
from llmops.suite import Case, Means, Suite, body, local_means, shortfalls, told

PATIENCE_S = 300.0  # for the server's judges
INTERRUPTED = frozenset(
    {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}
)


@dataclass
class Gathered:
    """The cases of one suite, by key and repetition."""

    suite: Suite
    cases: dict[tuple[str, int], Case] = field(default_factory=dict)
    min_mean: dict[str, float] = field(default_factory=dict)


class Recorder:
    """In the process that hears of every test."""

    def __init__(self, config: pytest.Config) -> None:
        self._root = config.rootpath
        self._suites: dict[str, Gathered] = {}
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        seen = getattr(report, "llmops", None)
        if seen is None:
            return
        named = dict(seen["suite"])
        named["evaluators"] = tuple(named.get("evaluators", ()))
        suite = Suite(**named)
        gathered = self._suites.setdefault(suite.key, Gathered(suite))
        case = Case(**seen["case"])
        gathered.cases[case.key, case.repeat] = case
        gathered.min_mean |= seen["min_mean"]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus in INTERRUPTED:
            if self._suites:
                self._lines.append("Nothing is recorded: the run was interrupted.")
            return
        for gathered in self._suites.values():
            missed = self._finish(gathered)
            if missed and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._lines:
            terminalreporter.section("llmops")
            for line in self._lines:
                terminalreporter.write_line(line)

    def _finish(self, gathered: Gathered) -> list[str]:
        """Records and says it; what is wanted and was not reached."""
        cases = [case for case in gathered.cases.values() if not case.skipped]
        if not cases:
            return self._missed(gathered, {})
        means, where = local_means(cases), self._unsent()
        if where is None:
            try:
                means, where = self._record(gathered.suite, cases, means)
            except LlmopsError as error:
                where = f"not recorded: {error}"
        self._lines.append(f"{gathered.suite.set}: {told(means)}; {where}")
        return self._missed(gathered, means)

    def _missed(self, gathered: Gathered, means: Mapping[str, Means]) -> list[str]:
        missed = shortfalls(gathered.min_mean, means)
        self._lines += [f"{gathered.suite.set}: FAILED, {sentence}" for sentence in missed]
        return missed

    def _unsent(self) -> str | None:
        if not surroundings.tracking():
            return "not recorded: LLMOPS_TRACKING is off"
        if surroundings.variable("LLMOPS_API_KEY") is None:
            return "not recorded: LLMOPS_API_KEY is not set"
        return None

    def _record(
        self, suite: Suite, cases: list[Case], local: dict[str, Means]
    ) -> tuple[dict[str, Means], str]:
        """The server's own statistics, or the local ones while they are late, and the page."""
        from llmops.client import Client  # noqa: PLC0415 - at the end of a run that needs it

        with Client(keep_copies=False, timeout_s=30.0) as client:
            accepted: dict[str, Any] = client.http.call(
                "POST",
                "/experiments/recorded",
                json=body(suite, cases, git_facts(self._root)),
                headers={"Idempotency-Key": str(uuid4())},
            )
            try:
                found = client.experiments.get(accepted["experiment_id"]).wait(PATIENCE_S)
            except LlmopsError as late:
                return local, f"{accepted['url']} (recorded; its judging did not end yet: {late})"
        means = {
            name: Means(mean.mean, mean.interval, mean.n)
            for arm in found.arms
            for name, mean in arm.evaluators.items()
        }
        return means, accepted["url"]


def git_facts(folder: Path) -> dict[str, str]:
    """Commit and branch; nothing where there is no git."""
    facts = {}
    for name, arguments in (("sha", ["HEAD"]), ("ref", ["--abbrev-ref", "HEAD"])):
        try:
            ran = subprocess.run(  # noqa: S603 - nothing of it comes from outside
                ["git", "rev-parse", *arguments],  # noqa: S607 - git is where it is
                cwd=folder,
                capture_output=True,
                text=True,
                check=True,
                timeout=10,
            )
        except (OSError, subprocess.SubprocessError):
            return {}
        facts[name] = ran.stdout.strip()
    return facts
