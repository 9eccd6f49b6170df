"""Cases side by side, as the dashboard asks for them."""

from typing import Any
from uuid import UUID

import pytest

from app.core.database import unit_of_work
from app.models import CaseState, ExperimentStatus
from tests.comparison.asking import (
    CASES,
    COMPARE,
    TWO,
    asked,
    made_experiment,
    rows_of,
    scattered,
    sides_of,
)
from tests.support.prompts import make_prompt
from tests.support.results import Answer


def counted(table: dict[str, Any]) -> tuple[int, int, int]:
    return tuple(table["counts"][name] for name in ("improved", "same", "regressed"))


def outcomes(verdict: dict[str, Any], metric: str) -> tuple[int, int, int]:
    row = next(row for row in verdict["metrics"] if row["metric"] == metric)
    return row["wins"], row["ties"], row["losses"]


@pytest.mark.parametrize("metric", ["score", "failure", "hallucination_rate", "exact"])
@pytest.mark.parametrize("repeats", [1, 3])
def test_groups_are_what_the_verdict_counts(client, subject, metric, repeats):
    """Improved, same and regressed are its wins, ties and losses, in every metric."""
    made = make_prompt(subject, templates=TWO, examples=60)
    experiment = made_experiment(subject, made, repeats=repeats)
    verdict = asked(client, COMPARE, baseline=experiment, candidate=experiment)
    table = asked(client, CASES, **sides_of(experiment), metric=metric)
    unjudged = next(row["unjudged"] for row in verdict["metrics"] if row["metric"] == metric)
    means = [side["mean"]["n"] for side in table["sides"]]

    assert outcomes(verdict, metric) == counted(table)
    assert unjudged == table["counts"]["error"]
    assert 0 == table["counts"]["only_one"]
    assert 60 == len(table["rows"]) == sum(table["counts"].values())
    assert min(means) >= 60 - unjudged


def test_the_groups_of_two_runs_are_the_verdicts_too(client, subject):
    """Paired by their ids; what only one of them was asked is a group of its own."""
    made = make_prompt(subject, templates=TWO, examples=30)
    old, new = made.version_ids
    before = made_experiment(
        subject, made, versions=[old], baseline_arm=None, example_ids=made.example_ids[:25]
    )
    after = made_experiment(
        subject,
        made,
        lambda _arm, *rest: scattered(1, *rest),
        versions=[new],
        baseline_arm=None,
        example_ids=made.example_ids[5:],
    )
    verdict = asked(client, COMPARE, baseline=before, candidate=after)
    table = asked(client, CASES, baseline=before, candidate=after)
    rows = rows_of(table)

    changes = verdict["changes"]
    assert 10 == table["counts"]["only_one"]
    assert 20 == sum(counted(table)) + table["counts"]["error"]
    assert changes["newly_failing_count"] == sum(
        row["group"] == "regressed" and row["sides"][1][0] < 0.5 <= row["sides"][0][0]
        for row in rows
    )
    assert [str(example) for example in made.example_ids[5:] + made.example_ids[:5]] == [
        row["example_id"] for row in rows
    ]
    assert [None] * 6 == rows[-1]["sides"][1]


def test_versions_and_experiments_are_named_as_for_a_verdict(client, subject):
    """Ids of versions, of an experiment and its arms mean the same rows."""
    made = make_prompt(subject, templates=TWO, examples=8)
    experiment = made_experiment(subject, made)
    old, new = map(str, made.version_ids)
    tables = [
        asked(client, CASES, baseline=baseline, candidate=candidate)
        for baseline, candidate in [
            (old, new),
            (experiment, experiment),
            (f"{experiment}:0", new),
            tuple(sides_of(experiment).values()),
        ]
    ]

    assert all(tables[0] == table for table in tables)
    assert [(old, 1), (new, 2)] == [
        (side["version_id"], side["version_number"]) for side in tables[0]["sides"]
    ]


def test_three_candidates_stand_beside_the_baseline(client, subject):
    """Each has its cells; the groups are the first one's."""
    made = make_prompt(subject, templates=(*TWO, "{{ question }}", "Say {{ question }}"))
    experiment = made_experiment(subject, made)
    arms = [f"{experiment}:{arm}" for arm in range(4)]
    table = asked(client, CASES, baseline=arms[0], candidate=arms[1:])
    pair = asked(client, CASES, baseline=arms[0], candidate=arms[1])

    assert [0, 1, 2, 3] == [side["arm"] for side in table["sides"]]
    assert {4} == {len(row["sides"]) for row in rows_of(table)}
    assert pair["counts"] == table["counts"]


def test_a_cell_has_the_repeats_together(client, subject):
    """Mean, spread, summed cost; one failed repeat shows in the state; long texts are cut."""

    def answers(arm: int, position: int, repeat: int) -> Answer:
        if (arm, position, repeat) == (1, 1, 0):
            return Answer(None)
        return Answer([0.0, 0.5, 1.0][repeat], output="x" * 500 if arm else "short")

    made = make_prompt(subject, templates=TWO, examples=2)
    experiment = made_experiment(subject, made, answers, repeats=3)
    table = asked(client, CASES, **sides_of(experiment))
    first, second = rows_of(table)
    whole = [0.5, "scored", "short", 0.5, "0.00036", 120]

    assert [whole, [*whole[:2], "x" * 120, *whole[3:]]] == first["sides"]
    assert ("same", "improved") == (first["group"], second["group"])
    assert [0.75, "provider_error", "x" * 120, 0.353553, "0.00024", 120] == second["sides"][1]


def test_the_question_is_what_tells_cases_apart(client, subject):
    """Neither the context that all share, nor a constant instruction, nor a short code."""
    instruction = "Answer like a patient member of the support team would do it."
    made = make_prompt(subject, templates=TWO, inputs={"tone": instruction, "code": "k"})
    table = asked(client, CASES, **sides_of(made_experiment(subject, made)))

    assert "How much water does the kettle hold?" == rows_of(table)[0]["question"]


@pytest.mark.parametrize(
    ("inputs", "question"),
    [
        (
            {"question": None, "chat": [{"role": "user", "content": "Hi?"}, {"role": "assistant"}]},
            "Hi?",
        ),
        ({"question": 7, "number": 0}, '{"number": 0, "context": "The Fernbrook'),
    ],
    ids=["messages", "numbers"],
)
def test_a_question_may_be_a_message_or_the_whole_input(client, subject, inputs, question):
    """The last message of the user; without any text of its own, the input as it is."""
    made = make_prompt(subject, templates=TWO, examples=1, inputs=inputs)
    table = asked(client, CASES, **sides_of(made_experiment(subject, made)))

    assert rows_of(table)[0]["question"].startswith(question)


def test_a_running_experiment_has_all_its_rows(client, subject):
    """In their order from the first second; what has not run is null and in no group."""
    made = make_prompt(subject, templates=TWO, examples=6)

    def first_ones(arm: int, position: int, _repeat: int) -> Answer | None:
        return Answer(1.0) if 2 * position + arm < 5 else None

    running = {"status": ExperimentStatus.running, "results": None, "judged": False}
    experiment = made_experiment(subject, made, first_ones, **running)
    table = asked(client, CASES, **sides_of(experiment))
    same = asked(client, f"/api/v1/experiments/{experiment}/cases")
    waiting = asked(client, f"/api/v1/experiments/{experiment}/cases", state="waiting")
    rows = rows_of(table)

    assert table == same
    assert [0, 1, 2, 3, 4, 5] == [row["position"] for row in rows]
    assert ["same", "same", None, None, None, None] == [row["group"] for row in rows]
    assert ["scored", None] == [side[1] for side in rows[2]["sides"]]
    assert 2 == sum(table["counts"].values())
    assert [2, 3, 4, 5] == [row["position"] for row in rows_of(waiting)]


def test_an_adaptive_experiment_counts_what_its_verdict_counts(client, subject):
    """Rows behind the end of it are there and in no group."""
    made = make_prompt(subject, templates=TWO, examples=20)
    look = {"examples": 20, "worse": 0.01, "within": 0.01}
    options = {
        "adaptive": {"looks": [look], "bets": 0.01},
        "stopped": {"look": None, "visited": 12, "saved_calls": 16, "by": "betting"},
    }
    experiment = made_experiment(subject, made, options=options)
    verdict = asked(client, COMPARE, baseline=experiment, candidate=experiment)
    table = asked(client, CASES, **sides_of(experiment))

    assert outcomes(verdict, "score") == counted(table)
    assert 12 == sum(table["counts"].values())
    assert {None} == {row["group"] for row in rows_of(table)[12:]}


def test_the_arms_of_an_experiment_are_filtered_and_sorted(client, subject):
    """By the first arm that is no baseline; cases without a score come last."""
    made = make_prompt(subject, templates=TWO, examples=4)
    scores = [[1.0, 1.0, 1.0, 1.0], [0.2, None, 0.9, 0.5]]

    def answers(arm: int, position: int, _repeat: int) -> Answer:
        return Answer(scores[arm][position])

    experiment = made_experiment(subject, made, answers)
    path = f"/api/v1/experiments/{experiment}/cases"
    by_score, down, by_latency, failed, alone = (
        asked(client, path, **query)
        for query in (
            {"sort": "score"},
            {"sort": "-score"},
            {"sort": "-latency"},
            {"state": "provider_error"},
            {"arm": 1},
        )
    )

    places = [[row["position"] for row in rows_of(t)] for t in (by_score, down, by_latency, failed)]
    assert [[0, 3, 2, 1], [2, 3, 0, 1], [0, 2, 3, 1], [1]] == places
    assert by_score["counts"] == failed["counts"]
    assert [(1, 1)] == [(side["arm"], side["failures"]) for side in alone["sides"]]
    assert {None} == {row["group"] for row in rows_of(alone)}


def test_a_side_says_what_it_cost_and_how_slow_it_was(client, subject):
    """As its experiment's end summed it up; a price that is unknown stays unknown."""
    made = make_prompt(subject, templates=TWO, examples=4)
    experiment = made_experiment(subject, made)
    sides = asked(client, CASES, **sides_of(experiment))["sides"]
    status = asked(client, f"/api/v1/experiments/{experiment}/status")
    told = [(row["cost_usd"], row["latency_ms"]["p95"]) for row in status["results"]]

    assert 2 == len(told)
    assert told[0][1] > 0
    assert told == [(side["cost_usd"], side["latency_p95_ms"]) for side in sides]


def test_more_cases_are_no_more_statements(client, subject, queries):
    """A table of forty rows asks the database as often as one of four."""
    counts = []
    for examples in (4, 40):
        made = make_prompt(subject, templates=TWO, examples=examples)
        experiment = made_experiment(subject, made)
        with queries.counted() as statements:
            asked(client, CASES, **sides_of(experiment))
            counts.append(len(statements))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"metric": "beauty"}, 422, "similarity"),
        ({"baseline": "v1"}, 422, "baseline"),
        ({"candidate": ["v1"]}, 422, "candidate"),
        ({"candidate": []}, 422, "candidate"),
        ({"baseline": str(UUID(int=7))}, 404, "no finished experiment"),
        ({"baseline": f"{UUID(int=7)}:0"}, 404, "no experiment"),
        ({"candidate": "{experiment}:2"}, 404, "0 to 1"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_compared_is_said(client, subject, change, status, word):
    """A sentence that names what there is."""
    made = make_prompt(subject, templates=TWO)
    experiment = made_experiment(subject, made)
    filled = {
        name: value.format(experiment=experiment) if isinstance(value, str) else value
        for name, value in change.items()
    }
    answer = client.get(CASES, params={**sides_of(experiment), **filled})

    assert status == answer.status_code, answer.text
    assert word in answer.text


def test_too_many_cells_are_refused(client, subject, monkeypatch):
    """An answer has a size; the sentence says what to do."""
    monkeypatch.setattr("app.comparison.rows.MOST_CELLS", 7)
    made = make_prompt(subject, templates=TWO)
    answer = client.get(CASES, params=sides_of(made_experiment(subject, made)))

    assert (422, "too_many_cases") == (answer.status_code, answer.json()["code"])
    assert "/experiments/{id}/results" in answer.json()["detail"]


def test_an_unknown_price_is_no_price(client, subject):
    """A sum with an unknown part is null, as in the results."""
    made = make_prompt(subject, templates=TWO, examples=1)
    experiment = made_experiment(subject, made, lambda *_: Answer(1.0))
    with unit_of_work(subject.workspace_id) as session:
        session.connection().exec_driver_sql(
            f"UPDATE results SET cost_usd = NULL WHERE experiment_id = '{experiment}' AND arm = 1"
        )
    (row,) = rows_of(asked(client, CASES, **sides_of(experiment)))

    assert ["0.00012", None] == [side[4] for side in row["sides"]]


def test_states_without_output_have_no_preview(client, subject):
    """A template that failed was never asked."""
    made = make_prompt(subject, templates=TWO, examples=1)
    broken = Answer(None, output=None, state=CaseState.template_error)
    experiment = made_experiment(subject, made, lambda *_: broken)
    (row,) = rows_of(asked(client, CASES, **sides_of(experiment)))

    assert "error" == row["group"]
    assert [None, "template_error", None, None, None, None] == row["sides"][0]
