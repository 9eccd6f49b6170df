"""The page for people: what it says, and that nothing in it acts."""

import base64
import hashlib
import re
from xml.etree import ElementTree as ET

import pytest

from app.models import Ruling
from app.reports.html_page import POLICY, render
from tests.reports.built import (
    a_case,
    a_change,
    a_metric,
    a_report,
    a_score,
    a_verdict,
    an_arm,
)
from tests.reports.hostile import HOSTILE, hostile_report
from tests.reports.reading import read_html, text_of

ELEMENTS = (
    "html head meta title style body main header footer section article h1 h2 h3 h4 h5 p b a ul ol"
    " li q br span ins del sup pre div details summary table caption thead tbody tr th td svg path"
    " circle line rect text g desc"
)
ATTRIBUTES = (
    "lang charset http-equiv content name class id aria-labelledby aria-label aria-hidden role rel"
    " href scope colspan dir open width height viewbox fill stroke stroke-width stroke-linecap"
    " stroke-dasharray d x y x1 x2 y1 y2 cx cy r dx text-anchor tabindex"
)
CLAIMS = (
    {
        "text": "two years",
        "verdict": "contradicted",
        "evidence": "three years",
        "start": 0,
        "end": 3,
    },
    {"text": "from today", "verdict": "not_found", "reason": "No source.", "start": 11, "end": 21},
    {"text": "hello", "verdict": "not_checkworthy", "start": 0, "end": 3},
    {"text": "far away", "verdict": "supported", "start": 5, "end": 4_000},
    {"not": "a claim"},
)


def with_all(claim: dict) -> dict:
    return {"reason": "", "quote": None, "evidence": None, **claim} if "text" in claim else claim


def page(report) -> ET.Element:
    return read_html("".join(render(report)))


def by_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [found for found in root.iter() if name in found.get("class", "").split()]


@pytest.fixture
def worse():
    """One example newly fails; the judge contradicts its claim."""
    claims = [with_all(claim) for claim in CLAIMS]
    cases = (
        a_case(0, 0, a_score(0.8), output="Three years. from today"),
        a_case(0, 1, a_score(0.4, reason="Wrong.", claims=claims), output="Two years. from today"),
    )
    slices = [
        {
            "tag": tag,
            "n_pairs": 12,
            "difference": -0.2,
            "interval": [-0.3, -0.1],
            "p_value": 0.001,
            "q_value": q,
        }
        for tag, q in (("refunds", 0.01), ("delivery", 0.2))
    ]
    verdict = a_verdict(
        newly_failing=[a_change(0, critical=True, tags=["refunds"])],
        metrics=[
            a_metric(),
            a_metric(
                "failure", direction="lower", difference=-0.1, interval=[-0.2, -0.05], worse=False
            ),
            a_metric("length", difference=None, interval=None, gating=False),
        ],
        slices=slices,
    )
    return page(a_report(*cases, verdicts=[verdict]))


def test_the_page_says_verdict_sentence_cost_and_how_to_get_it_again(worse):
    """In this order: what happened, how sure, per version, where, what it cost."""
    headings = [text_of(found) for found in worse.iter() if found.tag in {"h1", "h2"}]

    assert ["nightly", "REGRESSION", "Versions", "Where v2 does worse than v1"] == headings
    assert "v2 is worse than v1: score 0.80 against 0.87." == text_of(by_class(worse, "say")[0])
    assert "0.0008 USD for 8 calls" in text_of(worse.find(".//footer"))
    assert "seed 42" in text_of(worse.find(".//footer"))


def test_the_chart_has_a_title_a_description_and_a_table_beside_it(worse):
    """All its numbers can be read without seeing it."""
    (chart,) = worse.findall(".//*[@role='img']")
    labels = chart.get("aria-labelledby").split()
    title, description = (worse.find(f".//*[@id='{name}']") for name in labels)

    assert "Paired differences of v2 against v1; left is worse" == text_of(title)
    assert "score: −0.07 [−0.12 … −0.01]" in text_of(description)
    assert "share of failures, lower is better: −0.10 [−0.20 … −0.05]" in text_of(description)
    assert "length" not in text_of(description)
    row = worse.find(".//caption/../tbody/tr")
    assert "score 40 0.87 0.80 −0.07 [−0.12 … −0.01] 0.006 0.05 worse" == " ".join(
        text_of(cell) for cell in row
    )


def test_left_is_worse_for_every_metric_and_only_proof_has_a_colour(worse):
    """Less failure is drawn to the right; a tag that does not hold among all stays grey."""
    tones = [bar.get("class") for bar in worse.iter("g")]
    points = [float(found.get("cx")[:-1]) for found in worse.findall(".//g/circle")]
    zero = float(by_class(worse, "zero")[0].get("x1")[:-1])

    assert ["bar bar--regression bar--lead", "bar bar--pass"] == tones[:2]
    assert ["bar bar--regression", "bar bar--quiet"] == tones[2:]
    assert points[0] < zero < points[1]


def test_an_example_shows_what_changed_and_what_the_judge_marked(worse):
    """The words that differ, the contradicted claim with its number, and the source beside it."""
    baseline, candidate = worse.iter("article")

    assert ["Three"] == [text_of(gone) for gone in baseline.iter("del")]
    assert "Two" in text_of(candidate.find(".//ins"))
    assert "Two1 years. from today2" == text_of(candidate.find("p"))
    assert ["claim claim--contradicted", "claim claim--missing"] == [
        found.get("class") for found in by_class(candidate, "claim")
    ]
    listed = [text_of(item) for item in worse.findall(".//ol[@class='claims']/li")]
    assert ["1 ✕ contradictedtwo yearsthree years", "2 ? not foundfrom todayNo source."] == listed[
        :2
    ]
    assert 3 == len(listed)


def test_one_version_alone_has_no_verdict_and_no_chart():
    """It says so, and shows the version's results."""
    report = a_report(baseline_arm=None)._replace(arms=[an_arm(0)])
    found = page(report)

    assert "No verdict: one version alone" in text_of(found.find(".//section"))
    assert [] == found.findall(".//*[@role='img']")
    assert "0.75 [0.50 … 0.90], n=4" in text_of(found)


def test_a_version_without_results_is_not_zero():
    """An experiment that runs has nothing to show yet, and says it."""
    report = a_report(ended=False)._replace(arms=[an_arm(0, result=False), an_arm(1, result=False)])

    assert "not computed yet" in text_of(page(report))
    assert "No verdict yet" in text_of(page(report))


@pytest.mark.parametrize("ruling", list(Ruling))
def test_nothing_hostile_becomes_an_element_or_an_attribute(ruling):
    """Under every verdict only the template's elements stand in the page, with its attributes."""
    found = page(hostile_report(ruling=ruling))
    elements = list(found.iter())
    attributes = {name.lower() for element in elements for name in element.attrib}
    addresses = {element.get("href") for element in elements if element.get("href")}

    assert set() == {element.tag for element in elements} - {*ELEMENTS.split()}
    assert set() == attributes - {*ATTRIBUTES.split()}
    assert {"http://127.0.0.1:8000/experiments/00000000-0000-0000-0000-000000000007"} == addresses
    text = text_of(found)
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "<script>alert(1)</script>" in text
    assert len(HOSTILE) == len(list(found.iter("details")))


def test_the_policy_allows_its_own_style_alone():
    """The page says it itself: no script, no request, one style by its hash."""
    text = "".join(render(a_report()))
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert "script" not in POLICY
    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")
    assert digest in POLICY
    assert [POLICY] == [
        meta.get("content") for meta in read_html(text).iter("meta") if meta.get("http-equiv")
    ]
    assert "url(" not in style
    assert "</" not in style
