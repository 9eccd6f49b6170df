"""How long a plan says it takes."""

from decimal import Decimal
from typing import Any

import pytest

from app.core.database import unit_of_work
from app.models import CostEntry
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt

MODEL = "local:extractive-baseline"


def asked_before(subject, *latencies: float, kind: str = "completion", **more: Any) -> None:
    with unit_of_work(subject.workspace_id) as session:
        for latency_ms in latencies:
            session.add(
                CostEntry(
                    kind=kind,
                    source="run",
                    model=MODEL,
                    tokens_in=1,
                    tokens_out=1,
                    tokens_estimated=False,
                    cost_usd=Decimal(0),
                    cost_estimated=Decimal(0),
                    latency_ms=latency_ms,
                    **more,
                )
            )


@pytest.fixture
def eta(client, subject):
    """`eta(…)`: what the plan of two versions on eight examples says."""
    made = make_prompt(subject, templates=[UNGROUNDED, GROUNDED], examples=8)

    def ask(**more: Any) -> int | None:
        body = {"prompt": made.name, "experiment_name": "test", "models": [MODEL], **more}
        answer = client.post("/api/v1/experiments/plan", json=body)
        assert 200 == answer.status_code, answer.text
        return answer.json()["eta_s"]

    return ask


def test_a_model_never_asked_has_no_pace(eta, subject):
    """Unknown is null; an answer from the cache and a judge's reply say nothing of an answer."""
    asked_before(subject, 5.0, cached=True)
    asked_before(subject, 7.0, kind="judge")

    assert eta(evaluators=["similarity"]) is None


def test_the_time_is_the_median_call_times_the_calls(eta, subject):
    """16 calls of 2 s, so many at once; one slow call of three changes nothing."""
    asked_before(subject, 1_500.0, 2_000.0, 90_000.0)

    assert 8 == eta(evaluators=["similarity"], concurrency=4)
    assert 32 == eta(evaluators=["similarity"], concurrency=1)
    assert 2 == eta(evaluators=["similarity"])
    assert 2 == eta(evaluators=["similarity"], concurrency=500)  # no more at once than cases


def test_judging_takes_its_time_too(eta, subject):
    """Each case asks the judge once more, at the judge's own pace."""
    asked_before(subject, 2_000.0)
    assert eta(evaluators=["hallucination"], concurrency=4) is None
    asked_before(subject, 1_000.0, kind="judge")

    assert 12 == eta(evaluators=["hallucination"], concurrency=4)
