"""The secrets an installation makes for itself, once."""

import dataclasses
import json
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.core.database import Role
from app.embedded.datadir import DataDir
from app.embedded.errors import CannotStart


def _new_secret() -> str:
    return secrets.token_urlsafe(48)  # 64 characters


@dataclass(frozen=True)
class Secrets:
    secret_key: str = field(default_factory=_new_secret)
    # Used where the roles are made on a server of yours; the embedded one needs none.
    role_passwords: dict[str, str] = field(
        default_factory=lambda: {role.value: _new_secret() for role in Role}
    )
    old_secret_keys: list[str] = field(default_factory=list)  # newest first


def load_or_create(folder: DataDir) -> Secrets:
    """The folder's secrets; of two that create them at once, both get the first one's."""
    found = load(folder)
    if found is None:
        _write_once(_file(folder), Secrets())
        found = load(folder)
    assert found
    return found


def load(folder: DataDir) -> Secrets | None:
    """None where none were made yet; raises CannotStart for a damaged file."""
    file = _file(folder)
    try:
        return Secrets(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise CannotStart(
            f"{file} is damaged; restore it from a backup: without its secret_key, stored provider "
            "keys and API keys cannot be read."
        ) from error


def _file(folder: DataDir) -> Path:
    return folder.root / "secrets.json"


def replace(folder: DataDir, secrets: Secrets) -> None:
    """Others in the file's place; one of the two is there at any time."""
    _write(_file(folder).parent, secrets).replace(_file(folder))


def rotated(secrets: Secrets) -> Secrets:
    """A new secret key; the one so far becomes a former one."""
    former = [secrets.secret_key, *secrets.old_secret_keys]
    return dataclasses.replace(secrets, secret_key=_new_secret(), old_secret_keys=former)


def _write_once(file: Path, made: Secrets) -> None:
    partial = _write(file.parent, made)
    with suppress(FileExistsError):
        os.link(partial, file)  # unlike a rename, never replaces
    partial.unlink()


def _write(folder: Path, made: Secrets) -> Path:
    descriptor, name = tempfile.mkstemp(dir=folder, prefix="secrets.")  # 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(asdict(made), stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    return Path(name)
