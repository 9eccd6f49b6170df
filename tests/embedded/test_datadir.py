import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.embedded import datadir
from app.embedded.datadir import DataDir, FolderLock
from app.embedded.errors import CannotStart, FolderInUse

ROOT = Path(__file__).resolve().parents[2]


def test_the_folder_is_closed_to_others(data):
    """Also one that was open before."""
    data.mkdir(mode=0o755)
    folder = DataDir.open(data)

    assert [0o700] * 3 == [
        part.stat().st_mode & 0o777 for part in (folder.root, folder.run, folder.logs)
    ]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    """With the reason and what to do."""
    (tmp_path / "file").write_text("")

    with pytest.raises(CannotStart, match="choose another with --data-dir"):
        DataDir.open(tmp_path / "file")


@pytest.mark.usefixtures("alone")
def test_where_it_is_by_default(tmp_path, monkeypatch):
    """The setting, then the platform's place for data, then the home folder's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    home = datadir.default_path()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    xdg = datadir.default_path()
    (tmp_path / ".env").write_text("LLMOPS_DATA_DIR=/from/env-file\n")
    given = datadir.default_path()

    assert tmp_path / ".local" / "share" / "llmops" == home
    assert tmp_path / "xdg" / "llmops" == xdg
    assert Path("/from/env-file") == given


def test_socket_paths_stay_short_for_the_longest_folder(tmp_path):
    """107 bytes is where the system ends them."""
    folder = DataDir.at(tmp_path / ("long" * 50) / ("longer" * 30))

    assert len(os.fsencode(folder.sockets / "postgres" / ".s.PGSQL.5432")) <= 107


def test_a_socket_folder_that_somebody_else_made_is_refused(data, tmp_path, monkeypatch):
    """In a folder all may write to, the name can be taken before us: by a link, for instance."""
    monkeypatch.setattr(datadir, "SOCKETS_BASE", tmp_path)
    folder = DataDir.open(data)
    folder.sockets.symlink_to(tmp_path)

    with pytest.raises(CannotStart, match="belongs to somebody else"):
        folder.open_sockets()


def test_a_socket_folder_in_use_is_kept(data):
    """Closing it removes an empty one only."""
    folder = DataDir.open(data)
    (folder.open_sockets() / "socket").touch()
    folder.close_sockets()
    kept = folder.sockets.exists()
    (folder.sockets / "socket").unlink()
    folder.close_sockets()

    assert (True, False) == (kept, folder.sockets.exists())


def test_the_holder_of_a_lock_is_named(data):
    """A second one hears who has the folder."""
    file = DataDir.open(data).run / "lock"

    with (
        FolderLock(file, "llmops up"),
        pytest.raises(FolderInUse, match=rf"llmops up \(process {os.getpid()}\)"),
    ):
        FolderLock(file, "another").acquire()


def test_a_holder_that_has_not_written_its_name_yet_is_somebody(data):
    """Between taking the lock and writing the name."""
    file = DataDir.open(data).run / "lock"
    with FolderLock(file, "x"):
        file.write_text("")

        with pytest.raises(FolderInUse, match="another process"):
            FolderLock(file, "y").acquire()


def test_a_lock_ends_with_its_holder_however_it_ends(data):
    """No stale lock after kill -9."""
    file = DataDir.open(data).run / "lock"
    code = (
        "import sys, time, pathlib; from app.embedded.datadir import FolderLock;"
        "FolderLock(pathlib.Path(sys.argv[1]), 'dead').acquire(); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)], cwd=ROOT, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        holder.kill()
    with FolderLock(file, "next"):
        content = file.read_text()

    assert f"next (process {os.getpid()})" == content
