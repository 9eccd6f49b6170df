"""Labels over HTTP: moved, moved back, remembered."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.core.database import unit_of_work
from app.models import AuditEvent, PromptLabel
from tests.prompts.conftest import PROMPTS


@pytest.fixture
def versions(client, prompt, add_version):
    """Ids of versions 1 to 3."""
    return [prompt["latest_version"]["id"], *(add_version(f"T{n}")["id"] for n in (2, 3))]


@pytest.fixture
def activate(client, prompt):
    def move(version_id, **body):
        return client.post(
            f"{PROMPTS}/{prompt['id']}/versions/{version_id}/activate", json=body or None
        )

    return move


def test_a_label_moves_and_moves_back(client, prompt, versions, activate, subject):
    """Without a body it is `production`; the history tells every move, the audit log too."""
    history = f"{PROMPTS}/{prompt['id']}/labels/production/history"
    first, second = activate(versions[0]), activate(versions[1], reason="Better on refunds")
    back = activate(versions[0], reason="Undo", override=True)

    assert [200] * 3 == [answer.status_code for answer in (first, second, back)]
    told = [
        (move["from_number"], move["to_number"], move["reason"], move["override"])
        for move in client.get(history).json()["items"]
    ]
    assert [
        (2, 1, "Undo", False),  # nothing stood in the way
        (1, 2, "Better on refunds", False),
        (None, 1, "", False),
    ] == told
    assert (back.json(), "key:test") == (
        client.get(history).json()["items"][0],
        back.json()["moved_by"],
    )
    served = client.get(f"{PROMPTS}/by-name/support/answer@production").json()
    assert versions[0] == served["id"]
    with unit_of_work(subject.workspace_id) as session:
        events = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.tag == "prompt:label:move")
            .order_by(AuditEvent.number)
        ).all()
        assert 3 == len(events)
        assert {"label": "production", "number": 2} == events[2].before


def test_moving_to_where_it_stands_is_no_move(client, prompt, versions, activate):
    """A repeated request changes nothing and answers with the move that was made."""
    first, again = activate(versions[0]), activate(versions[0], reason="again")

    assert first.json() == again.json()
    history = client.get(f"{PROMPTS}/{prompt['id']}/labels/production/history").json()
    assert 1 == history["total"]


def test_each_label_stands_for_itself(client, prompt, versions, activate):
    """The list says where each stands and by which move; one version may hold several."""
    activate(versions[0])
    activate(versions[2], label="staging")
    activate(versions[2])
    standing = client.get(f"{PROMPTS}/{prompt['id']}/labels").json()

    assert 2 == standing["total"]
    assert [("production", 1, 3), ("staging", None, 3)] == [
        (move["label"], move["from_number"], move["to_number"]) for move in standing["items"]
    ]
    latest = client.get(f"{PROMPTS}/{prompt['id']}/versions/{versions[2]}").json()
    assert (["production", "staging"], True) == (latest["labels"], latest["is_active"])


@pytest.mark.parametrize("label", ["latest", "", "Production", "1st", "a b", "a" * 65, "a\0", 5])
def test_names_that_are_no_labels(versions, activate, label):
    """`latest` is computed, and a label is a short lower-case word."""
    refused = activate(versions[0], label=label)

    assert 422 == refused.status_code
    assert "#/label" == refused.json()["errors"][0]["pointer"]


def test_a_history_comes_in_pages(client, prompt, versions, activate):
    """Newest first, without overlap; a label that never stood anywhere has none."""
    for version in versions:
        activate(version)
    url = f"{PROMPTS}/{prompt['id']}/labels"
    page = client.get(f"{url}/production/history", params={"limit": 2})
    rest = client.get(page.links["next"]["url"])

    assert [3, 2, 1] == [
        move["to_number"] for answer in (page, rest) for move in answer.json()["items"]
    ]
    assert (3, None) == (rest.json()["total"], rest.json()["next_cursor"])
    assert 0 == client.get(f"{url}/staging/history").json()["total"]
    assert 422 == client.get(f"{url}/Staging/history").status_code


def test_racing_moves_leave_one_chain(client, prompt, versions, activate, subject):
    """However moves race, each one starts where the one before it ended."""
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(activate, versions * 4))
    history = client.get(
        f"{PROMPTS}/{prompt['id']}/labels/production/history", params={"limit": 200}
    ).json()["items"]

    assert {200} == {answer.status_code for answer in answers}
    chain = [(move["from_number"], move["to_number"]) for move in history]
    assert [before for before, _ in chain[:-1]] == [after for _, after in chain[1:]]
    assert chain[-1][0] is None
    with unit_of_work(subject.workspace_id) as session:
        assert history[0]["version_id"] == str(
            session.scalars(select(PromptLabel.version_id)).one()
        )
