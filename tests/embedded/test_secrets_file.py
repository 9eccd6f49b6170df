import threading

import pytest

from app.core.database import Role
from app.embedded import secrets_file
from app.embedded.datadir import DataDir
from app.embedded.errors import CannotStart


def test_secrets_are_made_once(data):
    """64 characters, a password for each role, and the same the next time."""
    folder = DataDir.open(data)
    made = secrets_file.load_or_create(folder)

    assert 64 == len(made.secret_key)
    assert {role.value for role in Role} == set(made.role_passwords)
    assert made == secrets_file.load_or_create(folder)


def test_nobody_else_may_read_them(data):
    """0600 from the first byte."""
    folder = DataDir.open(data)
    secrets_file.load_or_create(folder)

    assert 0o600 == (folder.root / "secrets.json").stat().st_mode & 0o777
    assert ["secrets.json"] == [file.name for file in folder.root.glob("secrets*")]


def test_of_two_that_make_them_at_once_both_get_the_same(data):
    """The second does not replace what the first has already used."""
    folder = DataDir.open(data)
    together = threading.Barrier(2)
    found = []

    def make() -> None:
        together.wait()
        found.append(secrets_file.load_or_create(folder))

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found[0] == found[1] == secrets_file.load(folder)


def test_none_are_invented_by_looking(data):
    """Reading a folder without secrets makes none."""
    assert None is secrets_file.load(DataDir.open(data))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"unknown": 1}'])
def test_a_damaged_file_is_not_replaced(data, content):
    """New secrets would make every stored key unreadable, silently."""
    folder = DataDir.open(data)
    (folder.root / "secrets.json").write_text(content)

    with pytest.raises(CannotStart, match="restore it from a backup"):
        secrets_file.load_or_create(folder)
    assert content == (folder.root / "secrets.json").read_text()
