"""Experiments whose every third output fails its judge, and people who label them."""

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from app.accounts.subject import Subject
from tests.support.experiments import MOCK, finished, started
from tests.support.prompts import make_prompt

LABELS = "/api/v1/human-labels"
JUDGE = "contains"
CONTAINS = {"name": JUDGE, "options": {"phrases": ["verdigris"]}}  # no attack says so
REPLIES = "[[mock:reply={% if number % 3 == 0 %}plain{% else %}verdigris{% endif %} {{ number }}]]"


def judged(client: TestClient, subject: Subject, examples: int, **asked: Any) -> str:
    """The id of an ended experiment; case n failed if n is a multiple of three."""
    prompt = make_prompt(subject, templates=[REPLIES], examples=examples, model=MOCK)
    experiment_id = started(client, prompt, **{"evaluators": [CONTAINS], **asked})
    finished(client, experiment_id)
    return experiment_id


def body(experiment_id: str, case_no: int, evaluator: str = JUDGE, **said: Any) -> dict[str, Any]:
    return {
        "experiment_id": experiment_id,
        "case_no": case_no,
        "evaluator": evaluator,
        **(said or {"value": 1.0}),
    }


def label(client: TestClient, experiment_id: str, case_no: int, **said: Any) -> dict[str, Any]:
    answer = client.post(LABELS, json=body(experiment_id, case_no, **said))
    assert 200 == answer.status_code, answer.text
    return answer.json()


def label_all(
    client: TestClient,
    experiment_id: str,
    cases: range | list[int],
    value: Callable[[int], float] = lambda case_no: float(case_no % 3 != 0),
) -> None:
    """Labels of one person; by default he agrees with the judge."""
    for case_no in cases:
        label(client, experiment_id, case_no, value=value(case_no))


def drawn(client: TestClient, experiment_id: str, size: int, evaluator: str = JUDGE) -> str:
    """The id of a sample."""
    path = f"/api/v1/experiments/{experiment_id}/label-sample"
    answer = client.post(path, json={"evaluator": evaluator, "size": size})
    assert 201 == answer.status_code, answer.text
    return answer.json()["id"]


def sample_of(client: TestClient, sample_id: str) -> dict[str, Any]:
    return client.get(f"/api/v1/label-samples/{sample_id}").json()


def report_of(client: TestClient, experiment_id: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/experiments/{experiment_id}/judge-report", params=query)
    assert 200 == answer.status_code, answer.text
    return answer.json()
