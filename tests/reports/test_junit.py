"""The report for CI, read back as XML."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.models import CaseState, Ruling
from app.reports import junit
from app.reports.junit import render
from app.verdicts.policy import MetricRule, Policy
from tests.reports.built import EXAMPLES, a_case, a_report, a_score, a_verdict, an_arm
from tests.reports.hostile import HOSTILE, hostile_report


def parsed(report) -> ET.Element:
    return ET.fromstring("".join(render(report)))


def suite(root: ET.Element, name: str) -> ET.Element:
    return next(found for found in root if found.get("name") == name)


def kinds(found: ET.Element) -> list[str | None]:
    return [next(iter(test)).tag if len(test) else None for test in found.iter("testcase")]


def counts(element: ET.Element) -> tuple[Any, ...]:
    return tuple(int(element.get(key)) for key in ("tests", "failures", "errors", "skipped"))


def test_an_example_that_fails_newly_is_a_failure():
    """With the score, the baseline's and the reason; the answers' patch is its output."""
    cases = (
        a_case(0, 0, a_score(0.8), output="Three years.\n"),
        a_case(0, 1, a_score(0.4, reason="Says two."), output="Two years.\n"),
        a_case(1, 0, a_score(0.9)),
        a_case(1, 1, a_score(0.6)),
    )
    root = parsed(a_report(*cases, verdicts=[a_verdict()]))
    found = suite(root, "v2: similarity")
    failing, passing = found.iter("testcase")

    assert (2, 1, 0, 0) == counts(found)
    assert (str(EXAMPLES[0]), "support/answer", "0.120") == (
        failing.get("name"),
        failing.get("classname"),
        failing.get("time"),
    )
    assert "similarity 0.40 < 0.80: Says two." == failing.find("failure").get("message")
    assert "fails when it is < 0.50" in failing.findtext("failure")
    assert "-Three years.\n+Two years.\n" in failing.findtext("system-out")
    assert 0 == len(passing)
    assert {"url", "model", "cost", "tokens_in", "tokens_out"} == {
        item.get("name") for item in found.iter("property")
    }


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (0.8, 0.5, None),  # at the line is not below it
        (0.4, 0.3, None),  # failed before
        (0.3, 0.9, None),
        (None, 0.2, "skipped"),
        (0.8, None, "error"),
        (None, None, "error"),
    ],
)
def test_only_new_failures_fail_and_nothing_unjudged_passes(before, after, kind):
    """Missing is a state of its own."""
    cases = (a_case(0, 0, a_score(before)), a_case(0, 1, a_score(after, reason="Broken JSON.")))
    found = suite(parsed(a_report(*cases, verdicts=[a_verdict()])), "v2: similarity")

    assert [kind] == kinds(found)


def test_a_case_without_an_answer_says_what_happened():
    """The provider's error, the judge's error, and an evaluator nobody asked."""
    cases = (
        a_case(0, 1),
        a_case(1, 1, a_score(None, reason="Broken JSON.")),
        a_case(2, 1, a_score(1.0, evaluator="other"), state=CaseState.scored),
    )
    found = suite(parsed(a_report(*cases, verdicts=[a_verdict()])), "v2: similarity")

    assert [
        "provider_error: The provider is away.",
        "judge_error: Broken JSON.",
        "scored: this evaluator gave no score",
    ] == [error.get("message") for error in found.iter("error")]


def test_an_evaluator_that_does_not_apply_is_skipped():
    """An example without context is no failure of a grounding judge."""
    cases = (a_case(0, 0, a_score()), a_case(0, 1, a_score(None, state="not_applicable")))

    assert ["skipped"] == kinds(
        suite(parsed(a_report(*cases, verdicts=[a_verdict()])), "v2: similarity")
    )


def test_repeats_are_averaged_and_the_worst_is_shown():
    """One test for an example; the patch is of the repeat in which the candidate did worst."""
    cases = (
        a_case(0, 0, a_score(0.9), output="good\n"),
        a_case(0, 1, a_score(0.6), output="fair\n"),
        a_case(0, 0, a_score(0.7), repeat=1, output="good again\n"),
        a_case(0, 1, a_score(0.2, reason="Bad."), repeat=1, output="bad\n"),
    )
    (test,) = suite(parsed(a_report(*cases, verdicts=[a_verdict()])), "v2: similarity").iter(
        "testcase"
    )

    assert "similarity 0.40 < 0.80: Bad." == test.find("failure").get("message")
    assert "-good again\n+bad\n" in test.findtext("system-out")


def test_where_less_is_better_more_fails():
    """The policy says which way is better, and the test obeys it."""
    policy = Policy(metrics=[MetricRule(metric="similarity", direction="lower")])
    cases = (a_case(0, 0, a_score(0.2)), a_case(0, 1, a_score(0.9)))
    found = suite(parsed(a_report(*cases, verdicts=[a_verdict(policy=policy)])), "v2: similarity")

    assert "similarity 0.90 > 0.20" == found.find("testcase/failure").get("message")


@pytest.mark.parametrize(
    ("ruling", "strict", "kind"),
    [
        (Ruling.passed, False, None),
        (Ruling.passed, True, None),
        (Ruling.regression, False, "failure"),
        (Ruling.inconclusive, False, "skipped"),
        (Ruling.inconclusive, True, "error"),
        (Ruling.not_comparable, False, "error"),
        (Ruling.invalid, False, "error"),
        (Ruling.budget_exhausted, False, "error"),
    ],
)
def test_the_verdict_is_a_test_of_its_own(ruling, strict, kind):
    """Only a pass passes."""
    found = suite(parsed(a_report(verdicts=[a_verdict(ruling, strict=strict)])), "v2: verdict")

    assert ["verdict"] == [test.get("name") for test in found.iter("testcase")]
    assert [kind] == kinds(found)


@pytest.mark.parametrize(
    ("header", "kind"),
    [({"ended": False}, "error"), ({}, "error"), ({"baseline_arm": None}, "skipped")],
)
def test_no_verdict_never_passes(header, kind):
    """An experiment that runs is an error; one version alone has nothing to be judged by."""
    report = a_report(a_case(0, 0, a_score(0.1), arms=1), **header)
    alone = report._replace(arms=[an_arm(0)]) if "baseline_arm" in header else report
    root = parsed(alone)

    assert [kind] == kinds(root[0])
    assert "No verdict" in root.find("testsuite/testcase/*").get("message")
    assert counts(root) == tuple(map(sum, zip(*(counts(found) for found in root), strict=True)))


def test_only_the_first_failures_carry_their_texts(monkeypatch):
    """100,000 failures are a file CI can read: each has its message, some their patch."""
    monkeypatch.setattr(junit, "MOST_TEXTS", 2)
    cases = [
        case
        for position in range(5)
        for case in (
            a_case(position, 0, a_score(0.8), output="a\n"),
            a_case(position, 1, a_score(0.4), output="b\n"),
        )
    ]
    found = suite(parsed(a_report(*cases, verdicts=[a_verdict()])), "v2: similarity")

    assert 5 == len(list(found.iter("failure")))
    assert 2 == len(list(found.iter("system-out")))


def test_hostile_text_is_text():
    """The document parses, has our elements alone, and no character that XML forbids."""
    text = "".join(render(hostile_report()))
    root = ET.fromstring(text)

    assert {
        "testsuites",
        "testsuite",
        "testcase",
        "properties",
        "property",
        "failure",
        "error",
        "skipped",
        "system-out",
    } >= {element.tag for element in root.iter()}
    assert "]]>" not in text
    assert [] == [c for c in text if (c < " " and c not in "\t\n") or "\x7f" <= c <= "\x9f"]
    assert 2 * (1 + len(HOSTILE)) == len(root)
