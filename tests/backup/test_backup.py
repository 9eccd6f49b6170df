"""A whole installation into a file and back, proven by equality; and files that are refused."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.backup.archive import Altered, Unreadable
from app.backup.manifest import place
from app.backup.restoring import NotEmpty, restore
from app.backup.saving import save
from app.core import database
from app.core.database import Role
from app.core.errors import Unavailable
from app.models import Base
from app.models.revision import HEAD
from tests.contracts.furnished import furnish
from tests.support.apart import Apart, database_apart

TABLES = [table.name for table in Base.metadata.sorted_tables]


@pytest.fixture(scope="module")
def empty(stack) -> Apart:
    with database_apart(stack, "restored") as made:
        yield made


@pytest.fixture(scope="module")
def full(stack, server, tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A backup of a database that has a row in every table, and what it held."""
    file = tmp_path_factory.mktemp("backup") / "backup.zip"
    with database_apart(stack, "furnished") as made, made.used():
        furnish(server, "Full of ümlauts\\, tabs\tand\nlines")
        save(file, with_secrets=True)
        return file, contents(made)


def contents(database: Apart) -> dict[str, str]:
    """Each table's rows as one digest."""
    return {
        name: hashlib.sha256(
            "\n".join(
                sorted(row[0] for row in database.sql(f"SELECT to_jsonb(t)::text FROM {name} t"))
            ).encode()
        ).hexdigest()
        for name in TABLES
    }


def rewritten(file: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The same archive with parts changed, or left out where the change gives None."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                made.writestr(name, content)
    return target


def of_manifest(**said: object) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return json.dumps(json.loads(content) | said).encode()

    return change


def test_what_is_restored_is_what_was_saved(full, empty):
    """Every table, row for row; fences and the trigger are as they were, and work."""
    file, before = full
    with empty.used():
        tried = restore(file, dry_run=True)
        untouched = contents(empty)
        restored = restore(file)
        after = contents(empty)
        with pytest.raises(NotEmpty, match="--force"):
            restore(file)
        again = restore(file, wipe=True)
        whole = contents(empty)
    nothing = hashlib.sha256(b"").hexdigest()
    fences = empty.sql("SELECT count(*) FROM pg_class WHERE relforcerowsecurity")
    triggers = empty.sql("SELECT tgenabled FROM pg_trigger WHERE NOT tgisinternal")

    assert {nothing} == set(untouched.values())
    assert before == after == whole
    assert [] == [name for name, digest in before.items() if digest == nothing]
    assert tried.rows == restored.rows == again.rows > len(TABLES)
    assert restored.same_key
    assert restored.secrets is not None
    assert fences[0][0] > 40
    assert [("O",)] * len(triggers) == [tuple(row) for row in triggers]
    assert 0o600 == file.stat().st_mode & 0o777


def swapped(name: str, content: bytes) -> bytes:
    return content.replace(b"Full", b"Fool") if name == place("workspaces") else content


def longer(name: str, content: bytes) -> bytes:
    return content + content if name == place("workspaces") else content


def shorter(name: str, content: bytes) -> bytes | None:
    return None if name == place("workspaces") else content


@pytest.mark.parametrize(
    ("change", "refusal", "words"),
    [
        (swapped, Altered, "tables/workspaces.copy"),
        (longer, Altered, "tables/workspaces.copy"),
        (shorter, Unreadable, "tables/workspaces.copy"),
        (of_manifest(format=2), Unreadable, "reads format 1"),
        (of_manifest(migration="0001"), Unreadable, f"of {HEAD}"),
        (of_manifest(kind="llmops bundle"), Unreadable, "llmops backup"),
        (of_manifest(tables={}), Unreadable, "exactly the tables"),
    ],
)
def test_an_altered_file_changes_nothing(full, empty, tmp_path, change, refusal, words):
    """Not even where it is to replace everything: what was there is there."""
    file, before = full
    other = rewritten(file, tmp_path / "other.zip", change)
    with empty.used():
        if contents(empty) != before:
            restore(file, wipe=True)
        with pytest.raises(refusal, match=words):
            restore(other, wipe=True)

        assert before == contents(empty)


def test_half_a_file_and_no_zip_are_refused(full, empty, tmp_path):
    """A transfer that broke off is no backup."""
    file, _ = full
    half, words = tmp_path / "half.zip", tmp_path / "text.zip"
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    words.write_text("hello")

    for broken in (half, words, tmp_path / "missing.zip"):
        with empty.used(), pytest.raises(Unreadable):
            restore(broken, wipe=True)


def test_a_restore_needs_the_owner_and_says_so(full, empty):
    """Who may only see everything cannot lift the fences."""
    with empty.used(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(empty._settings, "database_owner_url", empty._settings.database_system_url)
        patch.setattr(database, "engine", database.engine.__wrapped__)
        with pytest.raises(Unavailable, match="LLMOPS_DATABASE_OWNER_URL"):
            restore(full[0], wipe=True)


def test_a_backup_that_fails_leaves_no_file(empty, tmp_path):
    """Half of one would be taken for a whole one in a year's time."""
    with empty.used():
        _migrated(empty, "0001")
        try:
            with pytest.raises(Unreadable, match="at migration 0001"):
                save(tmp_path / "none.zip")
        finally:
            _migrated(empty, HEAD)

    assert [] == list(tmp_path.iterdir())


def _migrated(database: Apart, to: str) -> None:
    with database.engine(Role.owner).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": to})
