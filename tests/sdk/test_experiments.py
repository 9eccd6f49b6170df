"""Experiments and runs from Python, on real workers."""

import asyncio
import sys

import pytest
from llmops import ApiError, AsyncClient, Client
from llmops.errors import MissingPackage, StillRunning

from tests.sdk.conftest import in_production
from tests.support.experiments import MOCK
from tests.support.prompts import make_prompt


@pytest.fixture(scope="module")
def prompt(owner, address, key, worker):
    texts = ["Case {{ number }}: {{ question }}", "Answer {{ number }}: {{ question }}"]
    made = make_prompt(owner, templates=texts, examples=3, model=MOCK)
    in_production(address, key, made)
    return made


@pytest.fixture(scope="module")
def client(address, key):
    with Client(address, key, keep_copies=False) as made:
        yield made


@pytest.fixture(scope="module")
def experiment(client, prompt):
    return client.experiments.run(
        prompt.name,
        versions=["production", 2],
        evaluators=["similarity"],
        name="from Python",
        max_cost_usd=1,
        tags=["sdk"],
    ).wait(60)


def test_an_experiment_is_run_and_waited_for(client, experiment, prompt):
    """Its verdict, its page, a line for each version, and the same when it is read again."""
    again = client.experiments.get(experiment.id).refresh()

    assert "completed" == experiment.status.status
    assert experiment.url.endswith(f"/experiments/{experiment.id}")
    assert experiment.verdict.verdict in {"pass", "regression", "inconclusive"}
    assert [(1, 3), (2, 3)] == [(arm.version_number, arm.n) for arm in experiment.arms]
    assert (experiment.verdict, "from Python") == (again.verdict, again.status.name)
    assert str(experiment.id) in repr(experiment)


def test_its_cases_as_rows_and_as_a_table(experiment, monkeypatch):
    """One for each case and evaluator; without pandas the sentence says what to install."""
    rows, table = experiment.results(), experiment.to_pandas()

    assert 6 == len(rows) == len(table)
    assert [row.score for row in rows] == list(table["score"])
    assert [] == experiment.results(only="errors")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingPackage, match=r"llmops-client\[pandas\]"):
        experiment.to_pandas()


def test_patience_ends_and_the_experiment_goes_on(client, owner, worker, provider):
    """Nothing is cancelled; one may wait again."""
    provider.configure(latency=1.0)
    slow = make_prompt(owner, templates=["Slowly: {{ question }}"], examples=3, model=MOCK)
    started = client.experiments.run(slow.name, versions=[1], evaluators=["similarity"])
    with pytest.raises(StillRunning, match="goes on"):
        started.wait(timeout=0)

    assert "completed" == started.wait(60).status.status
    assert started.verdict is None


def test_a_set_is_a_tag(client, prompt):
    """One that no golden example has is refused before anything is paid."""
    with pytest.raises(ApiError, match="No golden example") as refused:
        client.experiments.run(prompt.name, set="smoke", versions=[1])

    assert 422 == refused.value.status


def test_a_run_answers(client, prompt):
    """One call of a model with the prompt, waited for, with its score."""
    run = client.runs.create(
        prompt.name, {"number": 1, "question": "Why?"}, evaluators=["similarity"]
    )
    ended = client.runs.wait(run, 60)

    assert ("completed", 1) == (ended.status, ended.version_number)
    assert ended.output
    assert ended == client.runs.get(run.id)
    assert ["similarity"] == [score.evaluator for score in ended.scores]


def test_the_async_client_is_its_twin(address, key, prompt):
    """An experiment and a run, started and awaited side by side."""

    async def use() -> tuple[object, ...]:
        async with AsyncClient(address, key, keep_copies=False) as client:
            experiment, run = await asyncio.gather(
                client.experiments.run(prompt.name, versions=[1], evaluators=["similarity"]),
                client.runs.create(prompt.name, {"number": 1, "question": "Why?"}),
            )
            await experiment.wait(60)
            ended = await client.runs.wait(run.id, 60)
            again = await client.experiments.get(experiment.id)
            await again.refresh()
            rows, table = await again.results(), await again.to_pandas()
            assert ended == await client.runs.get(run.id)
            return again.status.status, ended.status, len(rows), len(table), len(again.arms)

    assert ("completed", "completed", 3, 3, 1) == asyncio.run(use())
