"""Texts that some reader of a file would act on, and a report that is made of nothing else."""

from app.models import Ruling
from app.reports.report import Report
from tests.reports.built import a_case, a_change, a_metric, a_report, a_score, a_verdict, an_arm

BEL, ESC, CSI, RLO, TAG = chr(7), chr(0x1B), chr(0x9B), chr(0x202E), chr(0xE0041)
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>",
    "\"><svg onload=alert(1)> ' onmouseover=alert(1) {{ 7*7 }} {% raw %}",
    "</pre></details></textarea><iframe src=javascript:alert(1)></iframe><!-- --> <base href=x>",
    "# Heading\n[link](javascript:alert(1)) ![image](https://example.org/x.png)\n\n<b>bold</b>",
    "````\n```\n</details>\n````````\n<img src=x>\n~~~~",
    "@everyone #1 octo/repo#2 https://example.org www.example.org a|b `code` **bold** $x$",
    '=HYPERLINK("https://example.org","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r\n=1+1",
    f"{ESC}[31mred{ESC}]8;;https://example.org{BEL}link{ESC}]8;;{BEL} {CSI}2J",
    f"nul\x00 bell{BEL} form\x0c delete\x7f",
    f"user{RLO}gpj.exe\u2066 {TAG}",
    "]]> <![CDATA[ &amp; &#x3c; \ud7ff \ufffe \U0001f642 \u2028",
)


def hostile_report(*, ruling: Ruling = Ruling.regression) -> Report:
    """Every text of every case, name, reason, tag and claim is hostile."""
    cases, changes = [], []
    for position, text in enumerate(HOSTILE):
        claim = {
            "text": text,
            "verdict": "contradicted",
            "reason": text,
            "quote": text,
            "evidence": text,
            "start": 0,
            "end": min(3, len(text)),
        }
        score = a_score(0.4, reason=text, claims=[claim], evaluator=text)
        common = {
            "input_data": {text: text},
            "expected_output": text,
            "model": text,
            "error": text,
            "error_code": text,
        }
        cases += [
            a_case(position, 0, a_score(0.8, evaluator=text), output=text[::-1], **common),
            a_case(position, 1, score, output=text, **common),
            a_case(position, 2, arms=3, output=text, **common),
        ]
        changes.append(a_change(position, tags=[text]))
    everything = " ".join(HOSTILE)
    verdict = a_verdict(
        ruling,
        newly_failing=changes,
        sentence=everything,
        reasons=[everything, *HOSTILE],
        warnings=list(HOSTILE),
        metrics=[a_metric(text) for text in HOSTILE],
        slices=[
            {
                "tag": text,
                "n_pairs": 3,
                "difference": 0.1,
                "interval": [0.0, 0.2],
                "p_value": 0.5,
                "q_value": 0.5,
            }
            for text in HOSTILE
        ],
        differences=[
            {"what": text, "baseline": text, "candidate": text, "blocking": True}
            for text in HOSTILE
        ],
    )
    report = a_report(
        *cases,
        verdicts=[verdict],
        name=everything,
        prompt=everything,
        primary=HOSTILE[0],
        evaluators=dict.fromkeys(HOSTILE, everything),
        judge_model=everything,
    )
    return report._replace(
        arms=[an_arm(0, everything), an_arm(1, HOSTILE[0]), an_arm(2, HOSTILE[4])]
    )
