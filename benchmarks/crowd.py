"""A workspace with much in it, put into the database past the engine.

1,000 prompts of two versions and five golden examples each, 10,000 runs over a month, and one
experiment of 5,000 examples under two versions, a third of which changed.
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from app.accounts import service as accounts
from app.accounts.subject import Subject
from app.core.clock import new_id, now
from app.core.database import Role, engine, unit_of_work
from app.experiments import service as experiments
from app.experiments.plan import Request
from app.llm.local import NAME
from app.llm.registry import LOCAL
from app.models import (
    Base,
    Experiment,
    ExperimentStatus,
    GoldenExample,
    LabelMove,
    Prompt,
    PromptLabel,
    PromptVersion,
    Run,
    Shard,
)
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt
from tests.support.results import Answer, put_results, put_verdict

PROMPTS = 1_000
EXAMPLES = 5
RUNS = 10_000
CASES = 5_000
DAYS = 30
TEXT = "You answer customers of a shop for {topic}.\n\nQuestion: {{{{ question }}}}\n"
TOPICS = ("kettles", "bicycles", "gardens", "parcels", "lamps", "boats", "tickets", "tea")
MODEL = f"{LOCAL}:{NAME}"


class Crowd:
    def __init__(self) -> None:
        self._subject: Subject = accounts.operator()
        self._random = Random(7)  # noqa: S311 - the same crowd every time, and no secret

    def fill(self) -> UUID:
        """Everything; the id of the experiment with 5,000 examples."""
        made = list(self._prompts())
        self._insert(Run, list(self._runs(made)))
        found = self._experiment()
        with (
            engine(Role.owner)
            .connect()
            .execution_options(isolation_level="AUTOCOMMIT") as connection
        ):
            connection.execute(text("ANALYZE"))  # as the database does by itself within a minute
        return found

    def _insert(self, table: type[Base], rows: list[dict[str, Any]]) -> None:
        with unit_of_work(self._subject.workspace_id) as session:
            session.execute(insert(table), rows)

    def _prompts(self) -> Iterator[tuple[UUID, UUID, str]]:
        """Prompt, version in production and name of each, once all are stored."""
        prompts, versions, labels, moves, examples, made = [], [], [], [], [], []
        by = {"created_by": "bench"}
        for number in range(PROMPTS):
            topic = TOPICS[number % len(TOPICS)]
            of = {"prompt_id": new_id()}
            name = f"{topic}/team-{number % 40}/answer-{number}"
            prompts.append({"id": of["prompt_id"], "name": name, "latest_number": 2, **by})
            told = TEXT.format(topic=topic)
            own = [_version(of["prompt_id"], n, f"{told}Be brief. {number}-{n}") for n in (1, 2)]
            versions += own
            first = own[0]["id"]
            labels.append({**of, "id": new_id(), "name": "production", "version_id": first})
            moves.append(
                {**of, "id": new_id(), "label": "production", "to_number": 1, "version_id": first}
                | {"moved_by": "bench"}
            )
            examples += [
                {**of, "id": new_id(), "input_data": {"question": f"What of {topic}? {n}"}, **by}
                for n in range(EXAMPLES)
            ]
            made.append((of["prompt_id"], first, name))
        for table, rows in (
            (Prompt, prompts),
            (PromptVersion, versions),
            (PromptLabel, labels),
            (LabelMove, moves),
            (GoldenExample, examples),
        ):
            self._insert(table, rows)
        yield from made

    def _runs(self, prompts: list[tuple[UUID, UUID, str]]) -> Iterator[dict[str, Any]]:
        began = now() - timedelta(days=DAYS)
        for number in range(RUNS):
            prompt_id, version_id, name = prompts[min(int(self._random.expovariate(0.02)), 999)]
            at = began + timedelta(days=DAYS) * (number / RUNS)
            yield {
                "id": new_id(),
                "prompt_id": prompt_id,
                "version_id": version_id,
                "version_number": 1,
                "prompt_name": name,
                "source": "run",
                "template": {"template_format": "jinja2", "template": TEXT},
                "variables": {"question": f"What of it? {number}"},
                "model": MODEL,
                "parameters": {},
                "state": "completed" if number % 50 else "failed",
                "error_code": None if number % 50 else "timeout",
                "output": "It takes four days, and costs three euros. " * 4,
                "scores": [{"evaluator": "similarity", "value": self._random.random()}],
                "latency_ms": self._random.lognormvariate(6, 0.5),
                "tokens_in": 120,
                "tokens_out": 40,
                "cost_usd": "0.0002",
                "cost_estimated": "0.0002",
                "created_by": "bench",
                "created_at": at,
                "finished_at": at,
            }

    def _experiment(self) -> UUID:
        """Started and ended in one transaction: no worker ever sees it open."""
        made = make_prompt(self._subject, templates=(UNGROUNDED, GROUNDED), examples=CASES)
        request = Request(
            prompt=made.prompt_id,
            name="5,000 cases",
            models=[MODEL],
            evaluators=[{"name": "similarity"}],
            baseline=1,
        )
        with unit_of_work(self._subject.workspace_id) as session:
            started, _ = experiments.start(session, self._subject, request)
            ended: UUID = started.id
            session.execute(
                update(Shard)
                .where(Shard.experiment_id == ended)
                .values(state="done", next_send=None)
            )
            session.execute(
                update(Experiment)
                .where(Experiment.id == ended)
                .values(status=ExperimentStatus.completed, finished_at=now())
            )
            session.info.pop("jobs", None)
        put_results(self._subject, ended, self._answer)
        put_verdict(self._subject, ended)
        return ended

    def _answer(self, arm: int, position: int, _repeat: int) -> Answer:
        before = (position * 7919 % 101) / 100
        changes = (-0.3, 0.2, 0.0, 0.0, 0.0, 0.0)
        score = min(1.0, max(0.0, before + arm * changes[position % len(changes)]))
        said = f"It holds 1.7 litres, as case {position} says. " * 4
        return Answer(round(score, 4), said)


def _version(prompt_id: UUID, number: int, template: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "prompt_id": prompt_id,
        "number": number,
        "template_format": "jinja2",
        "template": template,
        "variables": [{"name": "question", "required": True}],
        "content_hash": f"{prompt_id}{number}",
        "message": f"version {number}",
        "created_by": "bench",
    }
