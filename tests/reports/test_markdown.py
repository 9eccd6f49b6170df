"""The report for pull requests, read the way a site would show it."""

import re

import pytest
from markdown_it import MarkdownIt

from app.models import Ruling
from app.reports.markdown import LIMIT_BYTES, fenced, inline, render
from tests.reports.built import (
    EXAMPLES,
    a_case,
    a_change,
    a_metric,
    a_report,
    a_score,
    a_side,
    a_verdict,
    an_arm,
)
from tests.reports.hostile import HOSTILE, hostile_report

PARSER = MarkdownIt("commonmark").enable("table")
OURS = re.compile(
    r"<details><summary>(?:<code>[^<>]*</code>|[^<>])*</summary>|</details>|<http://127[^<>]*>"
)


def text_of(report) -> str:
    return "".join(render(report))


def tokens(text: str) -> list:
    found = []
    for token in PARSER.parse(text):
        found += [token, *(token.children or ())]
    return found


def one_pair(**changed) -> tuple:
    return (
        a_case(0, 0, a_score(0.8), output="Three years."),
        a_case(0, 1, a_score(0.4, reason="It says two."), output="Two years.", **changed),
    )


def test_the_verdict_comes_first_and_the_proof_follows():
    """Word and sentence, the table with the interval, what it cost, how to get it again."""
    verdict = a_verdict(newly_failing=[a_change(0)])
    text = text_of(a_report(*one_pair(), verdicts=[verdict]))

    assert text.startswith("**REGRESSION**: v2 is worse than v1: score 0.80 against 0.87.")
    assert "| score, n=40 | 0.87 | 0.80 | −0.07 [−0.12 … −0.01] | 0.006 | 0.05 | worse |" in text
    assert "| v1 | local:model | 0.75 [0.50 … 0.90], n=4 | · | 1 of 4 | 0.0004 USD |" in text
    assert "unknown, estimated at 0.0004 USD" in text
    assert "Cost: 0.0008 USD for 8 calls" in text
    assert text.endswith("by the default policy.\n")
    assert "seed 42" in text


def test_a_newly_failing_example_is_folded_with_its_texts():
    """The line says which and how far; the fold holds input, expectation, answers and reason."""
    verdict = a_verdict(newly_failing=[a_change(0, critical=True, tags=["refunds"])])
    text = text_of(a_report(*one_pair(), verdicts=[verdict]))

    assert "### 1 example newly failing under v2\n" in text
    assert f"<code>{EXAMPLES[0]}</code> 0.80 → 0.40, critical <code>refunds</code>" in text
    found = [token.content for token in tokens(text) if token.type == "fence"]
    assert ["Three years.\n", "Three years.\n", "Two years.\n", "It says two.\n"] == found[1:]
    assert '"question": "How long?"' in found[0]


def test_twenty_of_many_are_listed_and_the_rest_is_counted():
    """The worst first, as the verdict has them."""
    changes = [a_change(position) for position in range(30)]
    cases = [case for position in range(30) for case in (a_case(position, 1, a_score(0.4)),)]
    text = text_of(a_report(*cases, verdicts=[a_verdict(newly_failing=changes)]))

    assert "### 30 examples newly failing under v2, the worst 20" in text
    assert 20 == text.count("<details>")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"baseline_arm": None}, "**No verdict: one version alone"),
        ({"ended": False}, "**No verdict yet: the experiment is completed."),
        ({}, "**No verdict is stored for this experiment"),
    ],
)
def test_no_verdict_says_why(header, expected):
    """Never a pass by silence."""
    assert text_of(a_report(**header)).startswith(expected)


def test_the_gravest_verdict_stands_first():
    """Whatever the order of the versions."""
    verdicts = [a_verdict(Ruling.passed, candidate=1), a_verdict(candidate=2)]
    text = text_of(a_report(verdicts=verdicts, arms=3))

    assert text.index("**REGRESSION**") < text.index("**PASS**")
    assert "No example fails newly under v3" in text


def test_a_side_of_another_experiment_is_called_by_its_version():
    """Its arm's number means nothing here."""
    verdict = a_verdict(baseline=a_side(5, experiment_id=EXAMPLES[0], version_number=9))

    assert "### v2 against v9" in text_of(a_report(verdicts=[verdict]))


def test_what_was_never_computed_is_left_out():
    """A verdict without metrics has no table, a version without results no numbers."""
    verdict = a_verdict(Ruling.not_comparable, metrics=[], warnings=["The judges differ."])
    report = a_report(verdicts=[verdict])._replace(arms=[an_arm(0), an_arm(1, result=False)])
    text = text_of(report)

    assert text.startswith("**NOT COMPARABLE**")
    assert "\n- The judges differ.\n" in text
    assert "against v1\n" not in text
    assert "| v2 | local:model | · | · | · | · |" in text


def test_a_reason_the_sentence_tells_is_not_told_twice():
    """Further reasons and warnings follow as a list."""
    verdict = a_verdict(reasons=["score 0.80 against 0.87.", "It costs 3 times as much."])

    text = text_of(a_report(verdicts=[verdict]))

    assert "\n- It costs 3 times as much.\n" in text
    assert 1 == text.count("score 0.80 against 0.87")


def test_what_is_missing_is_a_dot():
    """A metric nobody could judge has no number."""
    metric = a_metric(
        baseline=None,
        candidate=None,
        difference=None,
        interval=None,
        p_value=None,
        adjusted_p=None,
        margin=None,
        direction="lower",
    )
    text = text_of(a_report(verdicts=[a_verdict(metrics=[metric])]))

    assert "| score (lower is better), n=40 | · | · | · | · | · | not judged |" in text


def test_nothing_hostile_is_markdown_or_html():
    """Read back by a parser: no link, picture, code or tag but ours, and all text is text."""
    text = text_of(hostile_report())
    found = tokens(text)
    html = [token.content for token in found if token.type in {"html_block", "html_inline"}]
    links = [token.attrs["href"] for token in found if token.type == "link_open"]

    assert [] == [left for piece in html if (left := OURS.sub("", piece).strip())]
    assert ["http://127.0.0.1:8000/experiments/00000000-0000-0000-0000-000000000007"] == links
    assert set() == {token.type for token in found} & {"image", "code_inline", "code_block", "hr"}
    folds = "".join(html)
    assert len(HOSTILE) == folds.count("<details>") == folds.count("</details>")
    assert [] == [c for c in text if (c < " " and c not in "\t\n") or "\x7f" <= c <= "\x9f"]
    assert "\u202e" not in text


def test_nobody_is_called_and_nothing_is_linked():
    """Outside of fences no @name, no #number and no address that a site would act on."""
    shown = inline("@everyone #1 octo/repo#2 https://example.org www.example.org a|b $x$")

    assert not re.search(r"[@#]\w", shown)
    assert "https\\:" in shown
    assert "www\\." in shown
    assert "a\\|b" in shown


@pytest.mark.parametrize("text", ["`" * n for n in (1, 3, 4, 9)] + ["a\n```\nb\n````\n", "~~~"])
def test_no_text_closes_its_fence(text):
    """The fence is longer than any inside; the parser gives the text back whole."""
    fence, *rest = PARSER.parse(fenced(text))

    assert ("fence", []) == (fence.type, rest)
    assert text.rstrip("\n") == fence.content.rstrip("\n")


def test_the_report_never_exceeds_what_a_job_summary_takes():
    """Many verdicts with the longest texts: the end is still there, and what is missing is said."""
    long = "🙂" * 30_000
    metrics = [a_metric(f"{long}{number}") for number in range(20)]
    changes = [a_change(position, tags=[long] * 20) for position in range(20)]
    verdicts = [
        a_verdict(
            candidate=number,
            sentence=long,
            reasons=[long] * 20,
            warnings=[long] * 20,
            metrics=metrics,
            newly_failing=changes,
        )
        for number in range(1, 60)
    ]
    cases = [a_case(0, number, a_score(0.4, reason=long), output=long) for number in range(60)]
    report = a_report(*cases, verdicts=verdicts, arms=60, name=long, evaluators={long: "1"})
    text = text_of(report)

    assert LIMIT_BYTES >= len(text.encode())
    assert "left out for length" in text
    assert "Reproduce: experiment" in text
