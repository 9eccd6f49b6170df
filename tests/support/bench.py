"""An experiment in the database apart, worked off in this process by a model from a function."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.accounts.subject import Subject
from app.core.database import unit_of_work
from app.experiments import service, shard
from app.experiments.plan import Request
from tests.support.apart import Apart
from tests.support.models import FakeModel
from tests.support.prompts import make_prompt

CASE = "Case {{ number }}: {{ question }}"
MODEL = "openai:mock-gen"


class Bench:
    """One workspace of the database apart, and the model its experiments ask."""

    def __init__(self, apart: Apart, subject: Subject, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.apart = apart
        self.subject = subject
        self.model = self.answers(str.upper)

    def answers(self, answer: Callable[[str], Any]) -> FakeModel:
        """From here on the model answers like this, and its books are empty."""
        self.model = FakeModel(answer)
        self._patch.setattr(shard, "get_model", self.model)
        return self.model

    def start(
        self, examples: int = 4, *, templates: tuple[str, ...] = (CASE,), **asked: Any
    ) -> UUID:
        """Started, its first message sent, nothing worked off."""
        made = make_prompt(self.subject, templates=templates, examples=examples, model=MODEL)
        request: dict[str, Any] = {"evaluators": [{"name": "similarity"}], **asked}
        with unit_of_work(self.subject.workspace_id) as session:
            request = Request(prompt=made.prompt_id, name="bench", **request)
            return service.start(session, self.subject, request)[0].id

    def steer(self, act: str, experiment_id: UUID) -> None:
        """pause, resume, cancel or retry_failed."""
        with unit_of_work(self.subject.workspace_id) as session:
            getattr(service, act)(session, self.subject, experiment_id)

    def experiment(self, experiment_id: UUID) -> Any:
        return self.apart.sql("SELECT * FROM experiments WHERE id = :id", id=experiment_id)[0]

    def shards(self, experiment_id: UUID) -> list[Any]:
        query = "SELECT * FROM shards WHERE experiment_id = :id ORDER BY number"
        return self.apart.sql(query, id=experiment_id)

    def results(self, experiment_id: UUID) -> list[Any]:
        query = "SELECT * FROM results WHERE experiment_id = :id ORDER BY case_no"
        return self.apart.sql(query, id=experiment_id)

    def states(self, experiment_id: UUID) -> dict[str, int]:
        """How the cases ended, counted from the rows; the experiment's counters say the same."""
        counted: dict[str, int] = {}
        for row in self.results(experiment_id):
            counted[row.state] = counted.get(row.state, 0) + 1
        told = self.experiment(experiment_id).counts
        assert counted == {state: number for state, number in told.items() if number}
        return counted

    def logged(self, experiment_id: UUID) -> tuple[int, Decimal]:
        """Calls in the cost log and what they are estimated to have cost, in USD."""
        query = (
            "SELECT count(*), coalesce(sum(cost_estimated), 0) FROM cost_entries"
            " WHERE experiment_id = :id"
        )
        return tuple(self.apart.sql(query, id=experiment_id)[0])

    def expire(self, experiment_id: UUID) -> None:
        """The leases run out, and everything that waits is due."""
        ago = "clock_timestamp() - interval '1 hour'"
        self.apart.sql(
            f"UPDATE shards SET lease_until = {ago}"
            " WHERE experiment_id = :id AND state = 'running'",
            id=experiment_id,
        )
        self.apart.sql(
            f"UPDATE shards SET next_send = {ago}"
            " WHERE experiment_id = :id AND next_send IS NOT NULL",
            id=experiment_id,
        )
