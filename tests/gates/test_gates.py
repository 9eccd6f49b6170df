"""Gates over HTTP: made, changed by number, archived; who may, and what is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.models import AuditEvent, GatePolicy, Judge
from app.verdicts.policy import DEFAULT
from tests.gates.conftest import GATES, STRICT
from tests.support.prompts import make_prompt


def tags_of(subject) -> list[str]:
    with unit_of_work(subject.workspace_id) as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
        return [row.tag for row in rows if row.tag.startswith("gate:")]


def test_a_gate_begins_with_policy_number_one(client, made, add_gate, subject):
    """Without a policy it is the default; the answer says where it is and what its ETag is."""
    gate = add_gate(label="production", message="Nothing worse goes live")
    answer = client.get(f"{GATES}/{gate['id']}")

    assert gate == answer.json()
    assert '"1"' == answer.headers["etag"]
    assert ("release", "production", 1, None) == (
        gate["name"],
        gate["label"],
        gate["number"],
        gate["archived_at"],
    )
    assert DEFAULT.model_dump(mode="json") == gate["policy"]
    assert [(1, "Nothing worse goes live", "key:test")] == [
        (row["number"], row["message"], row["created_by"]) for row in gate["history"]
    ]
    assert ["gate:gate:create"] == tags_of(subject)


def test_another_policy_is_the_next_number(client, add_gate, subject):
    """The old one stays as it was; a policy that says the same is no change."""
    gate = add_gate()
    url = f"{GATES}/{gate['id']}"
    changed = client.patch(
        url, json={"policy": STRICT, "message": "Tighter"}, headers={"If-Match": '"1"'}
    )
    again = client.patch(url, json={"policy": STRICT, "message": "Tighter"})

    assert changed.json() == again.json()
    assert '"2"' == changed.headers["etag"]
    assert [(2, "Tighter", 50), (1, "", 20)] == [
        (row["number"], row["message"], row["policy"]["minimum_pairs"])
        for row in again.json()["history"]
    ]
    assert again.json()["policy"] == again.json()["history"][0]["policy"]
    assert ["gate:gate:create", "gate:gate:change"] == tags_of(subject)


def test_a_name_or_a_label_is_no_policy(client, add_gate):
    """Renaming and protecting keep the number, so that verdicts under it still count."""
    gate = add_gate(label="staging")
    renamed = client.patch(f"{GATES}/{gate['id']}", json={"name": "ship", "label": None}).json()

    assert ("ship", None, 1) == (renamed["name"], renamed["label"], renamed["number"])
    assert gate["updated_at"] < renamed["updated_at"]


def test_a_change_of_what_was_not_read_is_refused(client, add_gate):
    """An ETag of a number that is not in force any more changes nothing."""
    gate = add_gate()
    url = f"{GATES}/{gate['id']}"
    client.patch(url, json={"policy": STRICT})
    refused = client.patch(url, json={"policy": {}}, headers={"If-Match": '"1"'})

    assert (412, "out_of_date") == (refused.status_code, refused.json()["code"])
    assert "policy 2" in refused.json()["detail"]
    assert 2 == client.get(url).json()["number"]


def test_racing_policies_get_their_own_numbers(client, add_gate):
    """However changes race, numbers have no gaps and no two policies share one."""
    gate = add_gate()
    policies = [{"minimum_pairs": pairs} for pairs in range(21, 29)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda p: client.patch(f"{GATES}/{gate['id']}", json={"policy": p}), policies)
        )
    history = client.get(f"{GATES}/{gate['id']}").json()["history"]

    assert {200} == {answer.status_code for answer in answers}
    assert list(range(9, 0, -1)) == [row["number"] for row in history]
    assert {20, *range(21, 29)} == {row["policy"]["minimum_pairs"] for row in history}


def test_a_label_has_one_gate(client, made, add_gate):
    """A second one is refused and told the first; archived, it makes room for it."""
    first = add_gate(label="production")
    body = {"prompt_id": str(made.prompt_id), "name": "second", "label": "production"}
    refused = client.post(GATES, json=body)

    assert (409, "label_protected") == (refused.status_code, refused.json()["code"])
    assert first["id"] == refused.json()["gate_id"]
    assert "'release' protects production" in refused.json()["detail"]
    assert 204 == client.delete(f"{GATES}/{first['id']}").status_code
    assert 201 == client.post(GATES, json=body).status_code


def test_a_gate_may_not_take_a_protected_label_over(client, made, add_gate):
    """Nor its name; of another prompt both are free."""
    add_gate(label="production")
    other = add_gate(name="other")
    url = f"{GATES}/{other['id']}"

    assert "label_protected" == client.patch(url, json={"label": "production"}).json()["code"]
    assert "name_taken" == client.patch(url, json={"name": "release"}).json()["code"]
    assert 200 == client.patch(url, json={"name": "other"}).status_code


def test_prompts_have_gates_of_their_own(client, subject, made, add_gate):
    """The same name and label in another prompt; the list can be narrowed to one prompt."""
    other = make_prompt(subject, examples=0)
    first, second = add_gate(label="live"), add_gate(other.prompt_id, label="live")
    both = client.get(GATES).json()
    one = client.get(GATES, params={"prompt": str(made.prompt_id)}).json()

    assert [second["id"], first["id"]] == [gate["id"] for gate in both["items"]]
    assert ([first["id"]], 1) == ([gate["id"] for gate in one["items"]], one["total"])
    assert first["policy"] == one["items"][0]["policy"]


def test_the_list_comes_in_pages(client, add_gate):
    """Newest first, without overlap."""
    names = [add_gate(name=f"g{number}")["name"] for number in range(3)]
    page = client.get(GATES, params={"limit": 2})
    rest = client.get(page.links["next"]["url"])

    assert names[::-1] == [
        gate["name"] for answer in (page, rest) for gate in answer.json()["items"]
    ]
    assert (3, None) == (rest.json()["total"], rest.json()["next_cursor"])


def test_an_archived_gate_can_be_read_and_not_changed(client, add_gate, subject):
    """Archiving twice is archiving once; the list has it no more."""
    gate = add_gate()
    url = f"{GATES}/{gate['id']}"
    gone = [client.delete(url).status_code for _ in range(2)]
    refused = client.patch(url, json={"name": "back"})

    assert [204, 204] == gone
    assert client.get(url).json()["archived_at"]
    assert 409 == refused.status_code
    assert "archived" in refused.json()["detail"]
    assert 0 == client.get(GATES).json()["total"]
    assert ["gate:gate:create", "gate:gate:archive"] == tags_of(subject)


def test_only_admins_touch_a_gate_that_protects(client, editor, made, add_gate):
    """Who may write could take the fence away otherwise; gates without a label are theirs."""
    guarding, free = add_gate(label="production"), add_gate(name="free")
    body = {"prompt_id": str(made.prompt_id), "name": "mine"}
    refused = [
        editor.post(GATES, json={**body, "label": "staging"}),
        editor.patch(f"{GATES}/{guarding['id']}", json={"policy": STRICT}),
        editor.patch(f"{GATES}/{guarding['id']}", json={"label": None}),
        editor.patch(f"{GATES}/{guarding['id']}", json={"name": "mine"}),
        editor.delete(f"{GATES}/{guarding['id']}"),
        editor.patch(f"{GATES}/{free['id']}", json={"label": "staging"}),
    ]

    assert {403} == {answer.status_code for answer in refused}
    assert "production is changed with the scope 'admin'" in refused[1].json()["detail"]
    assert 201 == editor.post(GATES, json=body).status_code
    assert 200 == editor.patch(f"{GATES}/{free['id']}", json={"policy": STRICT}).status_code
    assert 204 == editor.delete(f"{GATES}/{free['id']}").status_code
    assert guarding == client.get(f"{GATES}/{guarding['id']}").json()


def test_an_unknown_metric_is_answered_with_the_nearest_name(client, made, add_gate):
    """A typing error would be a gate that nothing passes; the place of it is named."""
    metrics = [{"metric": "score"}, {"metric": "simlarity"}]
    body = {"prompt_id": str(made.prompt_id), "name": "x", "policy": {"metrics": metrics}}
    refused = client.post(GATES, json=body)
    patched = client.patch(f"{GATES}/{add_gate()['id']}", json={"policy": body["policy"]})

    for answer in (refused, patched):
        (error,) = answer.json()["errors"]
        assert (422, "unknown_metric") == (answer.status_code, error["code"])
        assert "#/policy/metrics/1/metric" == error["pointer"]
        assert "did you mean 'similarity'?" in error["detail"]


def test_evaluators_and_judges_are_metrics(client, subject, made, add_gate):
    """Registered evaluators by name, and the workspace's judges that are not archived."""
    with unit_of_work(subject.workspace_id) as session:
        session.add(Judge(name="tone", created_by="test"))
        session.add(Judge(name="old", created_by="test", archived_at=now()))
    add_gate(policy={"metrics": [{"metric": "judge:tone"}, {"metric": "similarity"}]})
    body = {"prompt_id": str(made.prompt_id), "name": "x"}
    policy = {"metrics": [{"metric": "judge:old"}]}

    assert 422 == client.post(GATES, json={**body, "policy": policy}).status_code


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "latest"},
        {"label": "Production"},
        {"name": "Two Words"},
        {"name": ""},
        {"policy": {"metrics": []}},
        {"policy": {"metrics": [{"metric": "score"}, {"metric": "score"}]}},
        {"policy": {"alpha": 0.5}},
        {"policy": {"minimum_pair": 5}},
        {"policy": None},
        {"message": "Why?"},
    ],
    ids=str,
)
def test_what_is_no_gate_is_refused(client, made, add_gate, wrong):
    """`latest` is computed, a policy has bounds, and a message alone says why of nothing."""
    gate = add_gate()
    url = f"{GATES}/{gate['id']}"
    patched = client.patch(url, json=wrong)
    posted = client.post(
        GATES, json={"prompt_id": str(made.prompt_id), "name": "x", "policy": None, **wrong}
    )

    assert [422, 422] == [patched.status_code, posted.status_code]
    assert gate == client.get(url).json()


def test_strangers_and_unknown_ids_are_told_the_same(client, stranger, made, add_gate):
    """Another workspace's gate is nobody's, and so is its prompt."""
    gate = add_gate()
    for who, gate_id in ((stranger, gate["id"]), (client, new_id())):
        url = f"{GATES}/{gate_id}"
        answers = [who.get(url), who.patch(url, json={"name": "x"}), who.delete(url)]

        assert {(404, "not_found")} == {(a.status_code, a.json()["code"]) for a in answers}
    body = {"prompt_id": str(made.prompt_id), "name": "x"}
    assert 404 == stranger.post(GATES, json=body).status_code


def test_a_policy_cannot_be_rewritten(subject, add_gate):
    """Immutable in the database too: the application's role may not."""
    add_gate()
    with unit_of_work(subject.workspace_id) as session:
        rewrite = update(GatePolicy).values(message="rewritten")
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(rewrite)
