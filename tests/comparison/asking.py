"""Experiments with made-up results, and the comparison's answers about them."""

import random
from typing import Any

from tests.support.prompts import GROUNDED, UNGROUNDED
from tests.support.results import Answer, put_results, put_verdict
from tests.support.verdicts import make_experiment

COMPARE = "/api/v1/compare"
CASES = "/api/v1/compare/cases"
TWO = (GROUNDED, UNGROUNDED)


def scattered(arm: int, position: int, repeat: int) -> Answer | None:
    """Scores of few values, so that there are ties; some cases fail."""
    rnd = random.Random(f"{arm} {position} {repeat}")
    if rnd.random() < 0.1:
        return Answer(None)
    score = rnd.choice([0.0, 1 / 3, 0.5, 1.0])
    return Answer(score, rate=1 - score, others={"exact": rnd.choice([0.0, 1.0, None])})


def made_experiment(subject, made, answers=scattered, *, judged: bool = True, **values: Any) -> str:
    columns = {"baseline_arm": 0, "evaluators": ("similarity", "exact"), **values}
    versions = columns.pop("versions", made.version_ids)
    experiment_id = make_experiment(subject, made.prompt_id, versions, **columns)
    put_results(subject, experiment_id, answers)
    if judged:
        put_verdict(subject, experiment_id)
    return str(experiment_id)


def asked(client, path: str, **query: Any) -> dict[str, Any]:
    answer = client.get(path, params=query)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def sides_of(experiment: str) -> dict[str, str]:
    return {"baseline": f"{experiment}:0", "candidate": f"{experiment}:1"}


def rows_of(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
