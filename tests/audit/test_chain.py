"""The audit log is a chain: whoever changes a row, moves it or takes it out is found."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.audit.service import count
from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.models import AuditEvent
from tests.support.fixtures import make_subject, make_workspace

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**30), max_value=10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


def record(subject: Subject, **values: object) -> None:
    with unit_of_work(subject.workspace_id) as session:
        audit.record(session, subject, AuditTag.prompt_changed, object_id=new_id(), **values)


def broken_at(workspace_id: UUID) -> int | None:
    with unit_of_work(workspace_id) as session:
        return audit.verify(session, workspace_id)


@pytest.fixture
def chain(subject) -> Subject:
    """Five rows of one workspace."""
    for number in range(5):
        record(subject, before={"number": number}, after={"number": number + 1})
    return subject


@pytest.fixture
def intruder(stack):
    """Statements of somebody with the database's own superuser."""
    connection = psycopg2.connect(stack.postgres.admin_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor.execute
    connection.close()


def test_a_chain_that_nobody_touched_fits(chain):
    """Numbered from one, each row with the digest of the one before."""
    with unit_of_work(chain.workspace_id) as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()

    assert [1, 2, 3, 4, 5] == [row.number for row in rows]
    assert [row.digest for row in rows[:-1]] == [row.previous_digest for row in rows[1:]]
    assert "0" * 64 == rows[0].previous_digest
    assert broken_at(chain.workspace_id) is None


def test_an_empty_log_fits():
    """Nothing was done, nothing was changed."""
    assert broken_at(make_workspace()) is None


@pytest.mark.parametrize(
    ("change", "found_at"),
    [
        ("actor = 'somebody else'", 3),
        ("actor_id = gen_random_uuid()", 3),
        ("tag = 'account:api_key:create'", 3),
        ("object_id = NULL", 3),
        ("before = NULL", 3),
        ("after = jsonb_set(after, '{number}', '7')", 3),
        ("address = '10.0.0.1'", 3),
        ("request_id = 'x'", 3),
        ("created_at = created_at - interval '1 microsecond'", 3),
        ("digest = repeat('0', 64)", 3),
        ("previous_digest = repeat('0', 64)", 3),
        ("number = 30", 3),
    ],
)
def test_a_changed_row_is_found(chain, intruder, change, found_at):
    """Every column of what was done, by whom, when and from where."""
    intruder(
        f"UPDATE audit_events SET {change} WHERE workspace_id = %s AND number = 3",
        (str(chain.workspace_id),),
    )

    assert found_at == broken_at(chain.workspace_id)


@pytest.mark.parametrize("number", [1, 3])
def test_a_row_that_is_gone_is_found(chain, intruder, number):
    """A gap is where one was taken out."""
    where = (str(chain.workspace_id), number)
    intruder("DELETE FROM audit_events WHERE workspace_id = %s AND number = %s", where)

    assert number == broken_at(chain.workspace_id)


def test_a_row_of_another_workspace_does_not_fit(chain, intruder):
    """Rows cannot be lent from one log to another."""
    other = make_subject(make_workspace())
    for _ in range(5):
        record(other)
    intruder(
        "DELETE FROM audit_events WHERE workspace_id = %s AND number = 5",
        (str(chain.workspace_id),),
    )
    intruder(
        "UPDATE audit_events SET workspace_id = %s WHERE workspace_id = %s AND number = 5",
        (str(chain.workspace_id), str(other.workspace_id)),
    )

    assert 5 == broken_at(chain.workspace_id)


def test_writers_at_once_make_one_chain(subject):
    """Twenty in parallel queue up: no number twice, no fork."""
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda _: record(subject), range(60)))

    assert broken_at(subject.workspace_id) is None
    with unit_of_work(subject.workspace_id) as session:
        assert 60 == count(session, subject.workspace_id)


def test_an_act_that_is_undone_leaves_no_row(subject):
    """Written in its transaction, and gone with it; the next number is not skipped."""
    record(subject)
    with unit_of_work(subject.workspace_id) as session:
        audit.record(session, subject, AuditTag.prompt_created)
        session.rollback()
    record(subject)

    assert broken_at(subject.workspace_id) is None


@given(before=st.none() | st.dictionaries(st.sampled_from("abc"), JSON), after=JSON)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_recorded_still_fits_when_read_back(subject, before, after):
    """PostgreSQL has its own idea of numbers: 1e22, -0.0 and 1e308 are no tampering."""
    own = replace(subject, workspace_id=make_workspace())
    record(own, before=before, after={"value": after})

    assert broken_at(own.workspace_id) is None


def test_values_of_our_own_types_are_recorded(subject):
    """Ids, times and money are written as text."""
    values = {"id": new_id(), "at": now(), "cost": Decimal("0.10"), "tags": {"one"}}
    record(subject, after=values)
    with unit_of_work(subject.workspace_id) as session:
        row = session.scalars(select(AuditEvent)).one()

    assert str(values["id"]) == row.after["id"]
    assert "0.10" == row.after["cost"]
    assert ["one"] == row.after["tags"]
    assert broken_at(subject.workspace_id) is None


def test_secrets_are_masked_in_it(subject):
    """By name and by form; what was changed is still told."""
    record(
        subject,
        before={"api_key": "plain", "note": "sk-proj-canary0123456789"},
        after={"nested": [{"password": "plain"}], "name": "risk-assessment-v2"},
    )
    with unit_of_work(subject.workspace_id) as session:
        row = session.scalars(select(AuditEvent)).one()

    assert {"api_key": "***", "note": "***"} == row.before
    assert {"nested": [{"password": "***"}], "name": "risk-assessment-v2"} == row.after
