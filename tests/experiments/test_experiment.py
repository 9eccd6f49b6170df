"""An experiment from the API call to the rolled-up result, through real workers."""

from tests.support.experiments import finished
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt


def test_two_versions_run_through_the_queue_and_are_compared(client, subject, worker):
    """Every planned case is scored, and the version that uses the context wins."""
    made = make_prompt(subject, templates=[UNGROUNDED, GROUNDED], examples=12)

    accepted = client.post(
        "/api/v1/experiments/run",
        json={
            "prompt_id": str(made.prompt_id),
            "experiment_name": "context",
            "evaluators": ["similarity", "hallucination"],
        },
    )
    status = finished(client, accepted.json()["experiment_id"])

    assert 202 == accepted.status_code
    assert {"planned": 24, "scored": 24} == {
        state: number for state, number in status["progress"].items() if number
    }
    without, with_context = status["results"]
    assert with_context["avg_score"] > without["avg_score"]
    assert with_context["avg_hallucination_rate"] < without["avg_hallucination_rate"]
    assert 12 == with_context["n"]
    (comparison,) = status["comparisons"]
    assert (1, 2, 12) == (comparison["baseline"], comparison["candidate"], comparison["n_pairs"])
    assert comparison["interval"][0] <= comparison["difference"] <= comparison["interval"][1]
