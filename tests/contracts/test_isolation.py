"""What another workspace has, and what nobody has, get the same answer.

Each case is sent twice, once with the other workspace's id and once with an unknown one, behind
both fences (the services' own scoping and row-level security) and behind the services' alone.
"""

from itertools import combinations
from typing import NamedTuple

import pytest
from sqlalchemy import select, text

from app.core.clock import new_id
from app.core.database import system_unit_of_work, unit_of_work
from app.models import Base, Prompt
from tests.contracts.furnished import Furnished
from tests.contracts.operations import Operation, in_api
from tests.contracts.same_answer import nobodys, told
from tests.contracts.valid_requests import VALID, send

NO_IDS = {"label", "provider", "selector"}  # words that name nothing of a workspace alone


class Position(NamedTuple):
    """An operation, and which parameters of its path name something of the other workspace."""

    operation: Operation
    foreign: tuple[str, ...]


def positions() -> list[Position]:
    return [
        Position(operation, foreign)
        for operation in in_api()
        for count in range(1, len(operation.parameters) + 1)
        for foreign in combinations(sorted(set(operation.parameters) - NO_IDS), count)
    ]


def name_of(case: Operation | Position) -> str:
    if isinstance(case, Operation):
        return case.name
    return f"{case.operation.name} {' '.join(case.foreign)}"


def test_the_fence_that_is_taken_away_is_away(fence, ours, theirs):
    """The matrix proves what it says: with one fence, the database itself hides nothing."""
    with unit_of_work(ours.workspace_id) as session:
        found = set(session.scalars(select(Prompt.workspace_id)))

    assert ours.workspace_id in found
    assert (fence == "the services alone") == (theirs.workspace_id in found)


@pytest.mark.parametrize("position", sorted(positions(), key=name_of), ids=name_of)
def test_a_foreign_id_in_a_path_is_an_unknown_one(fence, position, us, ours, theirs):
    """The same 404, word for word, in every place of every path."""
    valid = VALID[position.operation.name](ours.ids)
    foreign = {name: theirs.ids[name] for name in position.foreign}
    unknown = {name: nobodys(name) for name in position.foreign}
    refused, expected = (
        told(send(us, position.operation, ours.ids | ids, valid), *ids.values())
        for ids in (foreign, unknown)
    )

    assert 404 == refused.status, refused.body
    assert expected == refused


@pytest.mark.parametrize(
    "operation", [item for item in in_api() if "task_id" in item.parameters], ids=name_of
)
def test_a_foreign_experiment_is_no_task_either(fence, operation, us, theirs):
    """A task id may be an experiment's as well as a run's."""
    foreign, unknown = theirs.ids["experiment_id"], str(new_id())
    refused, expected = (
        told(send(us, operation, {"task_id": value}), value) for value in (foreign, unknown)
    )

    assert 404 == refused.status, refused.body
    assert expected == refused


@pytest.mark.parametrize(
    "operation", [item for item in in_api() if item.method == "GET"], ids=name_of
)
def test_no_answer_to_us_names_anything_of_theirs(fence, operation, us, ours, theirs):
    """Lists, exports and events of our own hold not one id or name of the other workspace."""
    answer = send(us, operation, ours.ids)

    assert answer.is_success
    assert [] == [value for value in theirs.own_words() if value in answer.text]


def test_nothing_of_theirs_changes(fence, us, ours, theirs):
    """After every write was tried with their ids, every row of theirs is as it was."""
    before = rows_of(theirs)
    writes = [item for item in in_api() if item.method != "GET" and set(item.parameters) - NO_IDS]
    statuses = {
        send(us, item, theirs.ids, VALID[item.name](ours.ids)).status_code for item in writes
    }

    assert {404} == statuses
    assert before == rows_of(theirs)


def rows_of(owner: Furnished) -> dict[str, tuple[int, str]]:
    """A count and a digest of all rows of a workspace, by table."""
    found = {}
    with system_unit_of_work() as session:
        for table in Base.metadata.sorted_tables:
            if "workspace_id" in table.columns:
                query = (
                    "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text))"
                    f" FROM {table.name} t WHERE workspace_id = :owner"
                )
                row = session.execute(text(query), {"owner": owner.workspace_id}).one()
                found[table.name] = (row[0], row[1])
    return found
