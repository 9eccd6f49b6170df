"""Answers that are paid for once: shared within a workspace, by nobody else, and by no repeat."""

import asyncio
from decimal import Decimal
from uuid import UUID

import psycopg2
import pytest

from app.core.database import unit_of_work
from app.evaluators.base import Case, Score, ScoreState
from app.llm.client import Message, Options
from app.runs import cache
from app.runs.cache import Answers
from app.runs.case import Brief, Performer
from tests.runs.test_case import FLAT, Judge, brief
from tests.support.fixtures import make_workspace
from tests.support.models import FakeModel, unavailable
from tests.support.prompts import make_prompt


class StrictJudge(Judge):
    """Asks twice the same at temperature 0."""

    async def score(self, case: Case, ask) -> Score:
        for _ in range(2):
            await ask(
                [Message(role="user", content=f"Judge {case.output}")], Options(temperature=0)
            )
        return Score(evaluator="strict", evaluator_version="1", state=ScoreState.scored, value=0.5)


def performed(model, workspace_id: UUID, briefs: list[Brief], *evaluators):
    """The outcomes of cases that one loop works off at once, and then stores."""

    async def run():
        answers = Answers(workspace_id, None)
        performer = Performer(
            model,
            evaluators=evaluators,
            judge_model="openai:judge",
            flat_rate=FLAT,
            answers=answers,
        )
        prepared = await performer.prepare(briefs)
        outcomes = await asyncio.gather(*map(performer.perform, prepared))
        await answers.store()
        return outcomes

    return asyncio.run(run())


def said(**changes) -> Brief:
    return brief(**changes)


def test_what_was_asked_before_costs_nothing(apart):
    """The answer of another loop, a day or a worker ago, with its tokens and without its price."""
    workspace_id, model = make_workspace(), FakeModel()
    (first,) = performed(model, workspace_id, [said()])
    (second,) = performed(model, workspace_id, [said()])

    assert 1 == len(model.asked)
    assert (False, True) == (first.cached, second.cached)
    assert first.output == second.output
    assert (Decimal("0.00100"), Decimal(0)) == (first.spent, second.spent)
    assert (Decimal(0), (90, 10)) == (second.cost_usd, second.tokens())


@pytest.mark.parametrize(
    "other",
    [
        {"inputs": {"what": "no"}},
        {"model": "openai:other"},
        {"parameters": {"temperature": 1.0}},
        {"parameters": {"seed": 7}},
        {"repeat": 1},
        {"template": {"template_format": "jinja2", "template": "Say {{ what }}.", "messages": None,
                      "response_schema": {"type": "object"}}},
    ],
)  # fmt: skip
def test_anything_that_decides_an_answer_is_in_its_key(apart, other):
    """Other inputs, model, parameters, schema: other questions; and a repeat is another draw."""
    workspace_id, model = make_workspace(), FakeModel()
    performed(model, workspace_id, [said()])
    (outcome,) = performed(model, workspace_id, [said(**other)])

    assert 2 == len(model.asked)
    assert not outcome.cached


def test_nobody_gets_another_workspaces_answer(apart):
    """Not even to the same question."""
    model = FakeModel()
    performed(model, make_workspace(), [said()])
    performed(model, make_workspace(), [said()])

    assert 2 == len(model.asked)


def test_the_same_at_once_is_one_call(apart):
    """Of eight in flight one is made; another repeat is made beside it."""
    workspace_id, model = make_workspace(), FakeModel()
    outcomes = performed(model, workspace_id, [*[said()] * 8, said(repeat=1)])

    assert 2 == len(model.asked)
    assert 7 == sum(outcome.cached for outcome in outcomes)


def test_a_failed_call_is_nobodys_answer(apart):
    """Those that waited for it try for themselves, and nothing is kept of it."""
    workspace_id = make_workspace()
    replies = iter([unavailable(), unavailable(), "yes"])
    model = FakeModel(lambda _prompt: next(replies))
    outcomes = performed(model, workspace_id, [said()] * 4)

    assert 3 == len(model.asked)
    assert ["unavailable"] * 2 == [found.error_code for found in outcomes if found.error_code]
    assert 2 == sum(outcome.output == "yes" for outcome in outcomes)


def test_a_strict_judge_is_asked_once_and_a_sampling_one_each_time(apart):
    """Temperature 0 is cached, question by question; at any other it is asked to see it vary."""
    workspace_id, model = make_workspace(), FakeModel()
    performed(model, workspace_id, [said()], StrictJudge(), Judge())
    asked = len(model.asked)
    (again,) = performed(model, workspace_id, [said()], StrictJudge(), Judge())

    assert 4 == asked
    assert ["Judge SAY YES."] == model.asked[asked:]
    assert [True, True, True, False] == [call.cached for call in again.calls]


def test_a_cache_that_cannot_be_written_costs_no_case(apart, monkeypatch):
    """It only saves money."""
    monkeypatch.setattr(cache, "INSERT", "INSERT INTO nowhere VALUES %s")
    (outcome,) = performed(FakeModel(), make_workspace(), [said()])

    assert "SAY YES." == outcome.output


def test_what_is_paid_waits_for_the_database(apart, monkeypatch):
    """An outage while an answer is looked up buys nothing again, neither it nor its judging."""
    workspace_id, model = make_workspace(), FakeModel()
    performed(model, workspace_id, [said()], StrictJudge())
    asked = len(model.asked)
    select, outages = Answers._select, []

    def away_at_first(self: Answers, keys: list[str]):
        outages.append(keys)
        if len(outages) % 2:
            raise psycopg2.OperationalError
        return select(self, keys)

    monkeypatch.setattr(Answers, "_select", away_at_first)
    (again,) = performed(model, workspace_id, [said()], StrictJudge())

    assert len(outages) >= 4
    assert asked == len(model.asked)
    assert (ScoreState.scored, Decimal(0)) == (again.scores[0].state, again.spent)


def test_a_cache_that_cannot_be_read_costs_no_case(apart, monkeypatch):
    """What cannot be looked up is asked, and judged, as if nobody had asked before."""
    workspace_id, model = make_workspace(), FakeModel()
    performed(model, workspace_id, [said()], StrictJudge())
    asked = len(model.asked)

    def refused(*_: object):
        raise psycopg2.ProgrammingError

    monkeypatch.setattr(Answers, "_select", refused)
    (again,) = performed(model, workspace_id, [said()], StrictJudge())

    assert 2 * asked == len(model.asked)
    assert ScoreState.scored == again.scores[0].state


def test_a_judging_asks_though_the_cache_cannot_be_read(apart, monkeypatch):
    """An answer that is there is scored by asking its judge, and ends as no judge's error."""

    def refused(*_: object):
        raise psycopg2.ProgrammingError

    monkeypatch.setattr(Answers, "_select", refused)
    model = FakeModel()
    (outcome,) = performed(model, make_workspace(), [said(output="yes")], StrictJudge())

    assert ["Judge yes"] * 2 == model.asked
    assert ScoreState.scored == outcome.scores[0].state


def test_a_template_that_fails_is_told_by_its_case(apart):
    """Preparing leaves it to the case."""
    (outcome,) = performed(FakeModel(), make_workspace(), [said(inputs={})])

    assert "template_error" == outcome.state


def test_old_answers_are_forgotten(apart, monkeypatch):
    """After the days that the setting allows."""
    workspace_id, model = make_workspace(), FakeModel()
    performed(model, workspace_id, [said()])
    cache.sweep()
    kept = apart.sql("SELECT id FROM cached_answers WHERE workspace_id = :id", id=workspace_id)
    apart.sql(
        "UPDATE cached_answers SET created_at = created_at - interval '31 days'"
        " WHERE workspace_id = :id",
        id=workspace_id,
    )
    cache.sweep()

    assert 1 == len(kept)
    assert [] == apart.sql(
        "SELECT id FROM cached_answers WHERE workspace_id = :id", id=workspace_id
    )


def test_an_experiment_run_again_is_free_unless_it_asks_again(bench):
    """Counted where people look; repeats are asked each; `cache: false` and a rejudging ask."""
    made = make_prompt(bench.subject, templates=("Case {{ number }}",), model="openai:mock-gen")

    def run(**asked):
        from app.experiments import service  # noqa: PLC0415 - the rung above runs
        from app.experiments.plan import Request  # noqa: PLC0415 - same

        request = {"evaluators": [{"name": "similarity"}], "repeats": 2, **asked}
        with unit_of_work(bench.subject.workspace_id) as session:
            started = Request(prompt=made.prompt_id, name="again", **request)
            experiment_id = service.start(session, bench.subject, started)[0].id
        bench.apart.work_off()
        return bench.experiment(experiment_id)

    first, again, fresh = run(), run(), run(cache=False)

    assert (0, 8, 0) == (first.cached, again.cached, fresh.cached)
    assert (8, 0, 8) == (first.calls, again.calls, fresh.calls)
    assert (Decimal(0), Decimal(0)) == (again.cost_usd, again.cost_estimated)
    assert 16 == len(bench.model.asked)
    assert all(row.cached for row in bench.results(again.id))
