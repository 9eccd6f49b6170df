"""The folder that holds everything of one embedded stack, and who is using it.

    <data-dir>/            0700
      secrets.json         made once, 0600
      postgres/  valkey/   the two servers' data
      logs/                one file per process
      run/                 locks, the running stack's state, beat's schedule

Unix sockets live elsewhere: their paths end at 107 bytes, a data folder's need not.
"""

import fcntl
import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from pydantic_settings import BaseSettings, SettingsConfigDict

from app.embedded.errors import CannotStart, FolderInUse

# Not gettempdir(): macOS and CI point that at paths near the limit of 107 bytes.
SOCKETS_BASE = Path("/tmp")  # noqa: S108 - the folder inside is private and its owner is checked


class _Given(BaseSettings):
    """Settings as a whole need the secrets that lie in this folder."""

    model_config = SettingsConfigDict(env_prefix="LLMOPS_", env_file=".env", extra="ignore")
    data_dir: Path | None = None


def default_path() -> Path:
    """`LLMOPS_DATA_DIR`, or where the platform keeps a user's data."""
    given = _Given().data_dir
    if given:
        return given
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "llmops"


@dataclass(frozen=True)
class DataDir:
    root: Path

    @classmethod
    def at(cls, path: Path) -> Self:
        """The folder by name; nothing is made."""
        return cls(path.expanduser().resolve())

    @classmethod
    def open(cls, path: Path) -> Self:
        """The folder, made and closed to others; raises CannotStart where that is not allowed."""
        folder = cls.at(path)
        try:
            for part in (folder.root, folder.run, folder.logs):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.root.chmod(0o700)
        except OSError as error:
            raise CannotStart(
                f"The data folder {folder.root} cannot be used ({error.strerror}): "
                "choose another with --data-dir, or make it yours."
            ) from error
        return folder

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def sockets(self) -> Path:
        """A short private folder, the same for the same data folder and user."""
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return SOCKETS_BASE / f"llmops-{os.geteuid()}-{digest}"

    def open_sockets(self) -> Path:
        """Makes the socket folder; refuses one that another user put there first."""
        folder = self.sockets
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise CannotStart(f"{folder} belongs to somebody else; remove it and start again.")
        folder.chmod(0o700)
        return folder

    def close_sockets(self) -> None:
        """Removes the socket folder unless a server still uses it."""
        with suppress(OSError):
            self.sockets.rmdir()


class FolderLock:
    """Who uses a folder, known to the kernel: the lock ends with its holder, however it ends."""

    def __init__(self, file: Path, holder: str) -> None:
        self._file = file
        self._holder = holder
        self._stream: TextIO | None = None

    def acquire(self) -> None:
        """Raises FolderInUse, naming the holder."""
        stream = self._file.open("a+", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            holder = stream.read().strip() or "another process"
            stream.close()
            raise FolderInUse(
                f"{self._file.parent.parent} is in use by {holder}; "
                "stop it with `llmops down`, or choose another --data-dir."
            ) from None
        stream.truncate(0)
        stream.write(f"{self._holder} (process {os.getpid()})")
        stream.flush()
        self._stream = stream

    def release(self) -> None:
        if self._stream:
            self._stream.close()
            self._stream = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
