"""A prompt whose text decides how it answers, in the database apart: every call is counted."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from app.core.celery_app import Task
from tests.support.apart import WORK
from tests.support.bench import MODEL, Bench
from tests.support.fixtures import make_key
from tests.support.models import FakeModel
from tests.support.prompts import QUESTIONS, Made, make_prompt

EXAMPLES = 60  # so many ties are within the margin of the default policy
ANSWERS = dict(QUESTIONS)
GOOD = "Answer from the context.\n{{ context }}\nQuestion: {{ question }}"
BAD = "Answer as you like.\nQuestion: {{ question }}"


def grounded(prompt: str) -> str:
    """The expected answer where the prompt has its context, else something else."""
    question = prompt.rpartition("Question: ")[2].splitlines()[0]
    return ANSWERS[question] if "Fernbrook" in prompt else "Nobody has ever asked this."


class Lab:
    def __init__(self, bench: Bench, client: TestClient) -> None:
        self.bench = bench
        self.client = client
        self.model: FakeModel = bench.answers(grounded)
        self.made: Made

    def prompt(self, templates: Sequence[str], examples: int = EXAMPLES, **asked: Any) -> Made:
        self.made = make_prompt(
            self.bench.subject, templates=templates, examples=examples, model=MODEL, **asked
        )
        return self.made

    def add(self, **content: Any) -> None:
        """One more version; on the mock's model, unless it says another."""
        path = f"/api/v1/prompts/{self.made.prompt_id}/versions"
        saved = self.client.post(path, json={"model": MODEL} | content)
        assert 201 == saved.status_code, saved.text
        self.made.version_ids.append(UUID(saved.json()["id"]))

    def answers(self, answer: Callable[[str], Any]) -> None:
        self.model = self.bench.answers(answer)

    def measured(self, *versions: int) -> str:
        """An experiment somebody ran before."""
        body = {
            "prompt_id": str(self.made.prompt_id),
            "experiment_name": "before",
            "versions": list(versions),
            "evaluators": ["similarity"],
        }
        accepted = self.client.post("/api/v1/experiments/run", json=body)
        assert 202 == accepted.status_code, accepted.text
        self.bench.apart.work_off()
        self.model.asked.clear()
        return accepted.json()["experiment_id"]

    def asked(self, kind: str, **body: Any) -> Any:
        """The answer to the question."""
        wanted = {"good": 1, "bad": len(self.made.version_ids), "evaluators": ["similarity"]}
        path = f"/api/v1/prompts/{self.made.prompt_id}/{kind}"
        return self.client.post(path, json=wanted | body)

    def started(self, kind: str, **body: Any) -> str:
        accepted = self.asked(kind, **body)
        assert 202 == accepted.status_code, accepted.text
        assert accepted.headers["location"] == accepted.json()["status_url"]
        return accepted.json()["analysis_id"]

    def read(self, analysis_id: str) -> dict[str, Any]:
        return self.client.get(f"/api/v1/analyses/{analysis_id}").json()

    def found(self, kind: str, **body: Any) -> dict[str, Any]:
        """The result of a question, once everything that was sent is worked off."""
        analysis_id = self.started(kind, **body)
        self.bench.apart.work_off()
        read = self.read(analysis_id)
        assert "completed" == read["status"], read
        assert read["steps"] == read["result"]["steps"]
        return read["result"]

    def children(self, analysis_id: str) -> list[Any]:
        query = "SELECT * FROM experiments WHERE follows = :id ORDER BY id"
        return self.bench.apart.sql(query, id=UUID(analysis_id))

    def next_job(self) -> str:
        """Performs the first job that was sent, and no other; its name."""
        task, ids = self.bench.apart.sent.pop(0)
        WORK[Task(task)](ids)
        return task


def make_lab(bench: Bench, client_of: Callable[..., TestClient]) -> Lab:
    return Lab(bench, client_of(make_key(bench.subject)))
