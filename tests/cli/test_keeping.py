"""Backups, the secret key and the audit log, on the machine itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app import audit
from app.accounts import service as accounts
from app.accounts import sign_in
from app.accounts.subject import Scope
from app.audit import AuditTag
from app.cli import addressing
from app.core.database import system_unit_of_work
from app.embedded import secrets_file
from app.embedded.datadir import DataDir
from app.models import AuditEvent
from tests.cli.live import connected, url
from tests.cli.test_users import a_process
from tests.support.fixtures import make_subject, make_workspace

__all__ = ["connected", "url"]


def secrets_of(folder: Path) -> secrets_file.Secrets:
    found = secrets_file.load(DataDir.at(folder))
    assert found
    return found


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    with a_process(), addressing.database(folder, "a test"):
        yield


@pytest.mark.usefixtures("alone")
def test_an_installation_moves_to_another_folder(call, data, tmp_path):
    """Its key rotated, saved with it, restored: API keys work there, and the log is whole."""
    other, file = tmp_path / "other", tmp_path / "backup.zip"
    with installed(data):
        key = accounts.create_key("everything", frozenset(Scope)).secret
    before = secrets_of(data)
    with a_process():
        rotated = call("secrets", "rotate", "--data-dir", data)
    after = secrets_of(data)
    with a_process():
        saved = call("export", file, "--with-secrets", "--data-dir", data)
    with a_process():
        restored = call("import", file, "--data-dir", other)
    moved = secrets_of(other)
    with installed(other):
        checked = call("audit", "verify")
        subject = sign_in.identify(key, address="127.0.0.1", request_id=None)

    assert [0] * 4 == [answer.code for answer in (rotated, saved, restored, checked)]
    assert (after.secret_key, [before.secret_key]) == (moved.secret_key, moved.old_secret_keys)
    assert before.secret_key != after.secret_key
    assert before.role_passwords == after.role_passwords != moved.role_passwords
    assert "There is a new secret key" in rotated.out
    assert "It has the secret key in it" in saved.out
    assert " restored, as of " in restored.out
    assert "The secret key came with it" in restored.err
    assert "1 event, whole" in checked.out
    assert subject is not None
    assert "key:everything" == subject.label


def test_a_changed_row_of_the_log_is_found(call, apart):
    """By the database that the environment names; the first row that does not fit is named."""
    subject = make_subject(make_workspace("Log"))
    with system_unit_of_work() as session:
        for _ in range(3):
            audit.record(session, subject, AuditTag.prompt_created)
    whole = _verified(call, subject.workspace_id)
    with system_unit_of_work() as session:
        last = session.scalars(
            select(AuditEvent).where(
                AuditEvent.workspace_id == subject.workspace_id, AuditEvent.number == 3
            )
        ).one()
        forged = {c.name: getattr(last, c.name) for c in AuditEvent.__table__.columns}
        del forged["id"]
        session.add(AuditEvent(**forged | {"number": 4}))
    broken = _verified(call, subject.workspace_id)

    assert (3, None) == whole
    assert (4, 4) == broken
    assert 1 == call("audit", "verify").code


def _verified(call, workspace_id: UUID) -> tuple[int, int | None]:
    rows = json.loads(call("audit", "verify", "--json").out)
    row = next(row for row in rows if row["workspace_id"] == str(workspace_id))
    return row["events"], row["first_broken"]


def test_the_log_is_a_file(call, connected):
    """With the digests of its rows, and only what was asked for."""
    Path("a.md").write_text("{{ question }}\n")
    call("prompts", "push", "a.md", "--prompt", "other/a")
    whole, part = call("audit", "export", "a.jsonl"), call("audit", "export", "a.csv", "--tag", "x")
    rows = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
    told = [
        json.loads(call("audit", "export", name, "--json").out) for name in ("b.jsonl", "b.csv")
    ]
    none = json.loads(call("audit", "export", "none.csv", "--tag", "x", "--json").out)

    assert ("b.jsonl", "b.csv") == tuple(export["file"] for export in told)
    assert [len(rows)] * 2 == [export["count"] for export in told]
    assert {"file": "none.csv", "count": 0} == none
    assert (0, 0) == (whole.code, part.code)
    assert {"prompt:prompt:create", "prompt:version:create"} <= {row["tag"] for row in rows}
    assert all(row["digest"] for row in rows)
    assert 1 == len(Path("a.csv").read_text().splitlines())
    assert 2 == call("audit", "export", "a.txt").code


def test_a_backup_of_the_database_that_the_environment_names(call, apart, tmp_path, monkeypatch):
    """Told in JSON; without the key a word of warning; into a full database not without force."""
    monkeypatch.chdir(tmp_path)
    make_workspace()
    saved = call("export", "a.zip", "--json")
    told = call("export", "a.zip")
    full = call("import", "a.zip")
    tried = call("import", "a.zip", "--force", "--dry-run", "--json")
    rows = sum(table["rows"] for table in json.loads(saved.out)["tables"].values())

    assert (0, None) == (saved.code, json.loads(saved.out)["secrets"])
    assert "It lacks the secret key" in told.out
    assert (2, True) == (full.code, "`--force` removes everything" in full.err)
    assert (rows, True) == (json.loads(tried.out)["rows"], json.loads(tried.out)["same_key"])
    assert 2 == call("import", "a.zip", "--prompt", "a").code
    assert 2 == call("export", "nowhere/a.zip").code
    assert 2 == call("export", "a.zip", "--server", "http://127.0.0.1:9").code
    assert 2 == call("export", "a.zip", "--bundle", "x", "--with-secrets").code


def test_secrets_are_sealed_again_where_the_environment_has_the_key(call, apart):
    """No file is touched there; API keys are not its to end."""
    done = call("secrets", "rotate", "--json")
    refused = call("secrets", "rotate", "--end-api-keys")

    assert (0, False) == (done.code, json.loads(done.out)["new_key"])
    assert (2, True) == (refused.code, "LLMOPS_OLD_SECRET_KEYS" in refused.err)
