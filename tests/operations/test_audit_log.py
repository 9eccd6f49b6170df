"""The audit log as admins read it: pages, filters, and all of it as a file."""

import csv
import io
import json

import pytest

from app.audit import AuditTag
from app.core.database import unit_of_work
from app.models import AuditEvent, Role
from app.operations import audit_log
from tests.support.fixtures import make_key, make_subject

AUDIT = "/api/v1/audit"


@pytest.fixture
def named(client) -> list[str]:
    """Three prompts of these names; each left a row, and so did the key that made them."""
    names = ["audit/one", "audit/two", "audit/three"]
    for name in names:
        client.post("/api/v1/prompts", json={"name": name})
    return names


def asked(client, **query) -> list[dict]:
    answer = client.get(AUDIT, params=query)
    assert 200 == answer.status_code, answer.text
    return answer.json()["items"]


def names(rows: list[dict]) -> list[str]:
    return [row["after"]["name"] for row in rows if row["tag"] == AuditTag.prompt_created]


def test_newest_first_with_all_that_is_known(client, named):
    """Who, what, from where, and the request that leads to the log line."""
    rows = asked(client)

    assert named[::-1] == names(rows)
    assert [4, 3, 2, 1] == [row["number"] for row in rows]
    assert ("key:test", "testclient") == (rows[0]["actor"], rows[0]["address"])
    assert rows[0]["request_id"]
    assert rows[0]["before"] is None


def test_page_by_page(client, named):
    """A cursor leads on; the total is of all rows."""
    first = client.get(AUDIT, params={"limit": 3}).json()
    second = client.get(AUDIT, params={"limit": 3, "cursor": first["next_cursor"]}).json()

    assert [4, 3, 2, 1] == [row["number"] for row in first["items"] + second["items"]]
    assert (4, None) == (second["total"], second["next_cursor"])


@pytest.mark.parametrize(
    ("tag", "count"),
    [
        ("prompt:prompt:create", 3),
        ("prompt:prompt", 3),
        ("prompt", 3),
        ("account", 1),
        ("prom", 0),
        ("gate", 0),
    ],
)
def test_by_tag_or_what_is_above_it(client, named, tag, count):
    """A part of a tag finds what lies below it, and no other word that begins so."""
    assert count == len(asked(client, tag=tag))


def test_by_actor_object_and_time(client, subject, named):
    """A part of the actor's name; wildcards are letters; the end of a period is not in it."""
    last, before = asked(client)[:2]

    assert 3 == len(asked(client, actor="KEY:te"))
    assert 1 == len(asked(client, actor=subject.username))
    assert [] == asked(client, actor="key_test")
    assert [last] == asked(client, object_id=last["object_id"])
    assert [last] == asked(client, **{"from": last["created_at"]})
    assert before == asked(client, to=last["created_at"])[0]


def test_a_tag_of_no_form_is_refused(client):
    """What cannot be a tag is no empty answer."""
    assert 422 == client.get(AUDIT, params={"tag": "%"}).status_code


def test_every_tag_is_listed(client):
    """The filter offers what can be there."""
    assert sorted(AuditTag) == client.get(f"{AUDIT}/tags").json()["items"]


def test_who_is_no_admin_reads_none_of_it(client_of, workspace):
    """The log names people and addresses."""
    editor = client_of(make_key(make_subject(workspace, Role.editor)))

    assert {403} == {editor.get(f"{AUDIT}{path}").status_code for path in ("", "/tags", "/export")}


def test_an_export_holds_the_chain(client, named, monkeypatch):
    """JSONL, oldest first, every row with the digest of the one before it, batch after batch."""
    monkeypatch.setattr(audit_log, "BATCH", 2)
    answer = client.get(f"{AUDIT}/export")
    rows = [json.loads(line) for line in answer.text.splitlines()]

    assert "application/jsonl" == answer.headers["content-type"]
    assert 'attachment; filename="audit-log.jsonl"' == answer.headers["content-disposition"]
    assert [1, 2, 3, 4] == [row["number"] for row in rows]
    assert [row["digest"] for row in rows[:-1]] == [row["previous_digest"] for row in rows[1:]]
    assert named == names(rows)


def test_an_export_obeys_the_filters(client, named):
    """The same rows as the page."""
    answer = client.get(f"{AUDIT}/export", params={"tag": "account"})

    assert ["account:api_key:create"] == [
        json.loads(line)["tag"] for line in answer.text.splitlines()
    ]


def test_a_spreadsheet_runs_nothing_of_it(client, workspace):
    """An actor that begins like a formula is text; JSON stands in its cell as it is."""
    with unit_of_work(workspace) as session:
        row = {"tag": "t", "actor": "=1+1", "previous_digest": "", "digest": ""}
        session.add(AuditEvent(number=99, after={"a": "ü"}, **row))
    answer = client.get(f"{AUDIT}/export", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert "text/csv; charset=utf-8" == answer.headers["content-type"]
    assert ("99", "'=1+1", '{"a": "ü"}', "") == tuple(
        rows[-1][name] for name in ("number", "actor", "after", "before")
    )


def test_a_stranger_sees_ours_nowhere(stranger, named):
    """Pages and files end at the workspace's fence."""
    assert [] == names(asked(stranger))
    assert "audit/one" not in stranger.get(f"{AUDIT}/export").text
