"""A report for CI: a suite for each candidate and evaluator, a test for each example.

A test fails where the example failed newly: the candidate's mean over its repeats is below the
policy's line and the baseline's is not. What nobody could judge is an error, never a pass. One
test named `verdict` says for each candidate what all examples together come to.

Only what failed keeps its text, so that 100,000 passing examples cost a few words each.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import fmean
from typing import NamedTuple
from xml.etree import ElementTree as ET

from app.evaluators.base import ScoreState
from app.models import Ruling
from app.prompts.diffing import diff
from app.reports import words
from app.reports.inert import excerpt, one_line, plain
from app.reports.report import Arm, Case, Report, Score, answers
from app.verdicts.policy import DEFAULT
from app.verdicts.schemas import Verdict
from app.verdicts.wording import number

MESSAGE = 300
TEXT = 4_000
MOST_TEXTS = 200  # failures of a suite that are shown with their outputs


class Outcome(NamedTuple):
    """One test; `kind` is None where it passed, else failure, error or skipped."""

    name: str
    seconds: float
    kind: str | None = None
    message: str = ""
    text: str = ""
    output: str = ""


def render(report: Report) -> Iterator[str]:
    suites = [*_verdict_suites(report), *_evaluator_suites(report)]
    outcomes = [outcome for _, found in suites for outcome in found]
    root = ET.Element("testsuites", _counts(outcomes), name=one_line(report.experiment.name))
    opening, closing = ET.tostring(root, "unicode", short_empty_elements=False).split("><")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}>\n'
    for suite, found in suites:
        yield f"{ET.tostring(_element(report, suite, found), 'unicode')}\n"
    yield f"<{closing}\n"


class _Suite(NamedTuple):
    arm: Arm
    of: str


def _element(report: Report, suite: _Suite, outcomes: Sequence[Outcome]) -> ET.Element:
    name = one_line(f"{suite.arm.label}: {suite.of}")
    element = ET.Element("testsuite", _counts(outcomes), name=name)
    element.set("timestamp", report.experiment.created_at.isoformat(timespec="seconds"))
    properties = ET.SubElement(element, "properties")
    for key, told in _properties(report, suite.arm):
        ET.SubElement(properties, "property", name=key, value=told)
    for outcome in outcomes:
        element.append(_test(report, outcome))
    return element


def _counts(outcomes: Sequence[Outcome]) -> dict[str, str]:
    kinds = [outcome.kind for outcome in outcomes]
    return {
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
        "time": f"{sum(outcome.seconds for outcome in outcomes):.3f}",
    }


def _properties(report: Report, arm: Arm) -> Iterator[tuple[str, str]]:
    yield "url", report.experiment.url
    yield "model", one_line(arm.model)
    if arm.result is not None:
        yield "cost", words.money(arm.result.cost_usd, arm.result.cost_estimated)
        yield "tokens_in", str(arm.result.tokens_in)
        yield "tokens_out", str(arm.result.tokens_out)


def _test(report: Report, outcome: Outcome) -> ET.Element:
    test = ET.Element("testcase", classname=one_line(report.experiment.prompt), name=outcome.name)
    test.set("time", f"{outcome.seconds:.3f}")
    if outcome.kind is not None:
        message = one_line(outcome.message)
        ET.SubElement(test, outcome.kind, message=message).text = plain(outcome.text) or None
    if outcome.output:
        ET.SubElement(test, "system-out").text = plain(outcome.output)
    return test


def _verdict_suites(report: Report) -> Iterator[tuple[_Suite, list[Outcome]]]:
    for arm in report.candidates:
        yield _Suite(arm, "verdict"), [_verdict(report, report.find_verdict(arm))]


def _verdict(report: Report, verdict: Verdict | None) -> Outcome:
    if verdict is None:
        alone = report.experiment.baseline_arm is None and report.experiment.ended
        return Outcome("verdict", 0.0, "skipped" if alone else "error", report.why_none)
    kind = {
        Ruling.passed: None,
        Ruling.regression: "failure",
        Ruling.inconclusive: "error" if verdict.strict else "skipped",
    }.get(verdict.verdict, "error")
    text = "\n".join([verdict.sentence, *words.notes(verdict)])
    told = f"{words.RULINGS[verdict.verdict]}: {verdict.sentence}"
    return Outcome("verdict", 0.0, kind, excerpt(told, TEXT), excerpt(text, TEXT))


def _evaluator_suites(report: Report) -> Iterator[tuple[_Suite, list[Outcome]]]:
    tests = [
        _Tests(report, arm, evaluator)
        for arm in report.candidates
        for evaluator in report.experiment.evaluators
    ]
    found: dict[int, list[Outcome]] = defaultdict(list)
    for _, example in groupby(report.cases, key=lambda case: case.position):
        cases = list(example)
        for at, test in enumerate(tests):
            outcome = test.outcome(cases)
            if outcome is not None:
                found[at].append(outcome)
    for at, test in enumerate(tests):
        yield _Suite(test.arm, test.evaluator), found[at]


class _Tests:
    """The tests of one candidate by one evaluator."""

    def __init__(self, report: Report, arm: Arm, evaluator: str) -> None:
        verdict = report.find_verdict(arm)
        policy = verdict.policy.policy if verdict else DEFAULT
        rules = {rule.metric: rule.better for rule in policy.metrics}
        self.arm, self.evaluator = arm, evaluator
        self._baseline = report.baseline
        higher = rules.get(evaluator, "higher") == "higher"
        self._sign = "<" if higher else ">"  # which side of the limit is bad
        self._limit = policy.failing_below if higher else 1 - policy.failing_below
        self._texts = 0

    def outcome(self, cases: Sequence[Case]) -> Outcome | None:
        """What one example's cases come to; None when it was not run."""
        mine = [case for case in cases if case.arm == self.arm.number]
        if not mine:
            return None
        passed = Outcome(
            str(mine[0].example_id), sum(case.latency_ms or 0.0 for case in mine) / 1000
        )
        after = _mean(mine, self.evaluator)
        if after is None:
            return _unjudged(passed, mine, self.evaluator)
        if self._baseline is None:
            return passed
        theirs = [case for case in cases if case.arm == self._baseline.number]
        before = _mean(theirs, self.evaluator)
        if before is None:
            told = f"{self._baseline.label} has no score to compare with"
            return passed._replace(kind="skipped", message=told)
        if not self._fails(after) or self._fails(before):
            return passed
        return self._failed(passed, cases, before, after)

    def _fails(self, value: float) -> bool:
        return value < self._limit if self._sign == "<" else value > self._limit

    def _failed(
        self, passed: Outcome, cases: Sequence[Case], before: float, after: float
    ) -> Outcome:
        assert self._baseline is not None
        old, new = self._baseline, self.arm
        pair = answers(cases, old.number, new.number, self.evaluator)
        score = pair.candidate.find_score(self.evaluator) if pair.candidate else None
        reason = f": {score.reason}" if score and score.reason else ""
        told = f"{self.evaluator} {number(after)} {self._sign} {number(before)}{reason}"
        failed = passed._replace(kind="failure", message=excerpt(told, MESSAGE))
        self._texts += 1
        if self._texts > MOST_TEXTS:
            return failed
        text = (
            f"{old.label} {number(before)}, {new.label} {number(after)}; an example fails when it "
            f"is {self._sign} {number(self._limit)}{reason}"
        )
        answered = [(case.output or "")[:TEXT] if case else "" for case in pair]
        patch = diff(*answered, old_name=old.label, new_name=new.label).unified
        return failed._replace(text=excerpt(text, TEXT), output=patch)


def _mean(cases: Sequence[Case], evaluator: str) -> float | None:
    """Over the repeats that have a score."""
    found = [case.find_score(evaluator) for case in cases]
    values = [score.value for score in found if score is not None and score.value is not None]
    return fmean(values) if values else None


def _unjudged(passed: Outcome, cases: Sequence[Case], evaluator: str) -> Outcome:
    """Why there is no score: it does not apply, it was not asked, or it went wrong."""
    found = [case.find_score(evaluator) for case in cases]
    if all(score is not None and score.state == ScoreState.not_applicable for score in found):
        told = f"{evaluator} does not apply to this example"
        return passed._replace(kind="skipped", message=told)
    told = _what_happened(cases[0], found[0])
    return passed._replace(kind="error", message=excerpt(told, MESSAGE), text=excerpt(told, TEXT))


def _what_happened(case: Case, score: Score | None) -> str:
    if score is not None and score.state != ScoreState.scored:
        return f"{score.state}: {score.reason}"
    return f"{case.state.value}: {case.error or 'this evaluator gave no score'}"
