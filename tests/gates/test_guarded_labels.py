"""A label that a gate protects moves by verdict, by moving back, or by an admin on record."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.clock import new_id
from app.core.database import unit_of_work
from app.models import AuditEvent, PromptLabel, Ruling
from tests.gates.conftest import GATES, STRICT
from tests.support.verdicts import SETTLE

WHY = "The launch does not wait"


def standing(subject) -> list[UUID]:
    with unit_of_work(subject.workspace_id) as session:
        return list(session.scalars(select(PromptLabel.version_id)))


def last_move(subject) -> dict:
    """What the audit log says of it."""
    with unit_of_work(subject.workspace_id) as session:
        rows = select(AuditEvent).where(AuditEvent.tag == "prompt:label:move")
        return session.scalars(rows.order_by(AuditEvent.number.desc())).first().after


def test_a_first_version_is_never_approved_by_default(client, subject, add_gate, activate):
    """Nothing to compare with is no pass; an admin says so once, and the history keeps it."""
    gate = add_gate(label="production")
    refused = activate(client, 1, reason="first")

    assert (409, "gate_first_version") == (refused.status_code, refused.json()["code"])
    assert gate["id"] == refused.json()["gate_id"]
    assert "on record" in refused.json()["detail"]
    assert [] == standing(subject)
    moved = activate(client, 1, override=True, reason=WHY).json()
    assert (True, WHY, None) == (moved["override"], moved["reason"], moved["verdict"]["ruling"])
    assert "Version 1 is the first" in moved["verdict"]["sentence"]


def test_a_pass_opens_the_label(client, editor, subject, made, judged, activate):
    """The move keeps the verdict it obeyed; who may write needs nothing more."""
    verdict_id = judged(2)
    moved = activate(editor, 2)

    assert 200 == moved.status_code, moved.text
    answer = moved.json()["verdict"]
    assert ("pass", str(verdict_id), "release", 1) == (
        answer["ruling"],
        answer["verdict_id"],
        answer["gate"],
        answer["gate_number"],
    )
    assert (False, False, False) == (
        moved.json()["override"],
        answer["overridden"],
        answer["moved_back"],
    )
    assert [made.version_ids[1]] == standing(subject)
    history = f"/api/v1/prompts/{made.prompt_id}/labels/production/history"
    assert moved.json() == client.get(history).json()["items"][0]
    assert answer == last_move(subject)["verdict"]


@pytest.mark.parametrize("ruling", [ruling for ruling in Ruling if ruling is not Ruling.passed])
def test_nothing_but_a_pass_passes(client, subject, made, judged, activate, ruling):
    """Every other ruling refuses, with the verdict and what would settle it."""
    judged(2)
    verdict_id = judged(2, ruling)
    refused = activate(client, 2).json()

    assert (409, "gate_refused") == (refused["status"], refused["code"])
    assert (ruling, str(verdict_id)) == (refused["verdict"]["verdict"], refused["verdict_id"])
    assert refused["verdict"]["sentence"] in refused["detail"]
    settle, advice = {
        Ruling.inconclusive: (SETTLE, SETTLE["sentence"]),
        Ruling.regression: (None, "Repair it in a new version"),
    }.get(ruling, (None, "Run an experiment with both versions under gate 'release'."))
    assert settle == refused["settle"]
    assert advice in refused["detail"]
    assert [made.version_ids[0]] == standing(subject)


def test_the_newest_verdict_counts(client, judged, activate):
    """A pass after a regression opens the label; the other way round it is closed."""
    judged(2, Ruling.regression)
    judged(2)

    assert 200 == activate(client, 2).status_code


def test_without_a_verdict_the_refusal_says_what_to_do(client, judged, activate):
    """Null is null: no verdict is not a verdict that says nothing."""
    refused = activate(client, 2).json()

    assert (None, None, None) == (refused["verdict"], refused["verdict_id"], refused["settle"])
    assert (
        "The gate 'release' protects production: No verdict under policy number 1 compares version "
        "2 with version 1. Run an experiment with both versions under gate 'release'."
    ) == refused["detail"]


def test_a_verdict_on_something_else_opens_nothing(client, subject, made, judged, activate, gate):
    """Another pair, another gate, no gate, another number, or a text that only was tried."""
    judged(3)
    judged(2, baseline=3)
    judged(1, baseline=2)
    judged(2, gate_id=None, gate_number=None)
    judged(2, gate_id=new_id())
    judged(2, gate_number=2)
    judged(2, name="version 2 without its first hunk")

    assert "gate_refused" == activate(client, 2).json()["code"]
    assert [made.version_ids[0]] == standing(subject)


def test_another_policy_asks_for_another_verdict(client, judged, activate, gate):
    """A pass under the number before proves nothing of the policy in force."""
    judged(2)
    client.patch(f"{GATES}/{gate['id']}", json={"policy": STRICT})
    refused = activate(client, 2)
    judged(2, gate_number=2)

    assert "under policy number 2" in refused.json()["detail"]
    assert 200 == activate(client, 2).status_code


def test_an_archived_gate_protects_nothing(client, activate, gate):
    """Nor does one that has given its label up, nor one of another label."""
    assert 200 == activate(client, 2, label="staging").status_code
    assert 409 == activate(client, 2).status_code
    client.delete(f"{GATES}/{gate['id']}")
    moved = activate(client, 2)

    assert (200, None) == (moved.status_code, moved.json()["verdict"])


def test_an_admin_overrides_on_record(client, subject, judged, activate):
    """The move and the audit log keep what was overridden."""
    verdict_id = judged(2, Ruling.regression)
    moved = activate(client, 2, override=True, reason=WHY).json()

    assert moved["override"]
    assert ("regression", str(verdict_id), True) == (
        moved["verdict"]["ruling"],
        moved["verdict"]["verdict_id"],
        moved["verdict"]["overridden"],
    )
    kept = last_move(subject)
    assert (True, WHY, "regression") == (
        kept["override"],
        kept["reason"],
        kept["verdict"]["ruling"],
    )


def test_what_needs_no_overriding_is_not_overridden(client, judged, activate):
    """Asked for beside a pass, it is a move that obeyed."""
    judged(2)
    moved = activate(client, 2, override=True, reason=WHY).json()

    assert (False, "pass") == (moved["override"], moved["verdict"]["ruling"])


@pytest.mark.parametrize("reason", ["", " \n"])
def test_overriding_needs_a_reason(client, judged, activate, reason):
    """An empty one is none, whatever the gate says."""
    judged(2)
    refused = activate(client, 2, override=True, reason=reason)

    assert (422, "#/reason") == (refused.status_code, refused.json()["errors"][0]["pointer"])


def test_overriding_is_for_admins(editor, subject, made, judged, activate):
    """Who may write may not, with whatever reason."""
    refused = activate(editor, 2, override=True, reason=WHY)

    assert (403, "forbidden") == (refused.status_code, refused.json()["code"])
    assert [made.version_ids[0]] == standing(subject)


def test_moving_back_is_fast(client, editor, subject, made, judged, activate):
    """Version 1 held the label before: a reason is enough, and the history tells it apart."""
    judged(2)
    activate(editor, 2)
    refused = activate(editor, 1).json()
    back = activate(editor, 1, reason="Refunds are wrong")

    assert "gate_refused" == refused["code"]
    assert "It held production before: to move back, give a reason." in refused["detail"]
    assert 200 == back.status_code, back.text
    assert (True, False, None) == (
        back.json()["verdict"]["moved_back"],
        back.json()["override"],
        back.json()["verdict"]["ruling"],
    )
    assert last_move(subject)["verdict"]["moved_back"]
    assert [made.version_ids[0]] == standing(subject)


def test_moving_back_is_not_undone_by_moving_back(client, editor, judged, activate):
    """What an admin once overrode does not come again through the undo of its undo."""
    activate(client, 2, override=True, reason=WHY)
    activate(editor, 1, reason="It broke")

    assert "gate_refused" == activate(editor, 2, reason="Once more").json()["code"]


def test_only_the_version_before_may_come_back(client, editor, judged, activate):
    """Further back it is a move like any other."""
    judged(2)
    judged(3, baseline=2)
    activate(client, 2)
    activate(client, 3)

    assert "gate_refused" == activate(editor, 1, reason="The good old one").json()["code"]
    assert 200 == activate(editor, 2, reason="Undo").status_code


def test_an_archived_prompt_keeps_its_labels_where_they_are(client, subject, made, activate):
    """Protected or not; restored, they move again."""
    activate(client, 1)
    client.patch(f"/api/v1/prompts/{made.prompt_id}", json={"archived": True})
    refused = activate(client, 2)
    client.patch(f"/api/v1/prompts/{made.prompt_id}", json={"archived": False})

    assert (409, "prompt_archived") == (refused.status_code, refused.json()["code"])
    assert "restore it before you move a label" in refused.json()["detail"]
    assert 200 == activate(client, 2).status_code


def test_a_label_moved_meanwhile_is_not_moved_blindly(client, made, activate):
    """Where the caller says on which version he believes it stands; null is nowhere."""
    first, second = (str(made.version_ids[n]) for n in (0, 1))
    early = activate(client, 1, from_version_id=second)
    made_first = activate(client, 1, from_version_id=None)
    late = activate(client, 2, from_version_id=None)
    on_time = activate(client, 2, from_version_id=first)
    again = activate(client, 2, from_version_id=first)

    assert [412, 200, 412, 200, 200] == [
        answer.status_code for answer in (early, made_first, late, on_time, again)
    ]
    assert early.json()["version_id"] is None
    assert "production stands nowhere now" in early.json()["detail"]
    assert (first, 1) == (late.json()["version_id"], late.json()["number"])
    assert "stands on version 1 now" in late.json()["detail"]
    assert on_time.json() == again.json()
