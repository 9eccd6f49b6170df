import os
import pwd
from pathlib import Path

import pytest

from app.embedded import system_account
from app.embedded.errors import CannotStart
from app.embedded.processes import Account


def as_root(monkeypatch) -> None:
    monkeypatch.setattr(system_account.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system_account.sys, "platform", "linux")


def test_an_ordinary_user_runs_the_server_itself(monkeypatch):
    """No other account is looked for, and nothing changes hands."""
    monkeypatch.setattr(system_account.os, "geteuid", lambda: 1000)

    assert None is system_account.for_database()


def test_root_takes_the_first_account_there_is(monkeypatch):
    """`nobody` exists everywhere."""
    as_root(monkeypatch)
    monkeypatch.setattr(system_account, "NAMES", ("no-such-account", "nobody"))
    nobody = pwd.getpwnam("nobody")

    assert Account("nobody", nobody.pw_uid, nobody.pw_gid) == system_account.for_database()


def test_root_without_any_account_hears_what_to_do(monkeypatch):
    """No account is made behind the administrator's back."""
    as_root(monkeypatch)
    monkeypatch.setattr(system_account, "NAMES", ("no-such-account",))

    with pytest.raises(CannotStart, match="useradd --system llmops"):
        system_account.for_database()


def test_root_elsewhere_hears_it_too(monkeypatch):
    """The capability that lets another account reach root's folders is Linux's."""
    as_root(monkeypatch)
    monkeypatch.setattr(system_account.sys, "platform", "darwin")

    with pytest.raises(CannotStart, match="as an ordinary user"):
        system_account.for_database()


def test_where_root_may_not_give_files_away_it_says_so(tmp_path, monkeypatch):
    """A container without capabilities has a root that is none."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(system_account.os, "lchown", refuse)

    with pytest.raises(CannotStart, match="as an ordinary user"):
        system_account.give(tmp_path, Account("nobody", 4_000_000, 4_000_000))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_folder_changes_hands_whole(tmp_path):
    """A backup that root put back belongs to the server again, links included."""
    nobody = pwd.getpwnam("nobody")
    folder = tmp_path / "cluster"
    (folder / "base").mkdir(parents=True)
    (folder / "base" / "1").write_text("")
    (folder / "link").symlink_to("/etc")
    system_account.give(folder, Account("nobody", nobody.pw_uid, nobody.pw_gid))

    given = [folder, folder / "base", folder / "base" / "1", folder / "link"]

    assert {nobody.pw_uid} == {path.lstat().st_uid for path in given}
    assert 0 == Path("/etc").stat().st_uid
