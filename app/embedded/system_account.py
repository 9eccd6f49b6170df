"""The system account PostgreSQL runs under when its starter is root, as it refuses to be root."""

import os
import pwd
import sys
from pathlib import Path

from app.embedded.errors import CannotStart
from app.embedded.processes import Account

# Whichever exists first. No account is made: adding users is the administrator's decision.
NAMES = ("llmops", "postgres", "nobody")


def for_database() -> Account | None:
    """None for an ordinary user: the server runs as the one who starts it."""
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise CannotStart("PostgreSQL does not run as root: start llmops as an ordinary user.")
    for name in NAMES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root and found no account to run under: "
        "make one with `useradd --system llmops`, or start llmops as an ordinary user."
    )


def give(folder: Path, account: Account | None) -> None:
    """Hands a folder to the account, itself last: an interrupted hand-over is repeated."""
    if account is None or folder.stat().st_uid == account.uid:
        return
    try:
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.lchown(Path(parent, name), account.uid, account.gid)
        os.lchown(folder, account.uid, account.gid)
    except PermissionError:
        raise CannotStart(
            f"PostgreSQL does not run as root, and root may not give files to {account.name} here, "
            "as in a container without capabilities: start llmops as an ordinary user."
        ) from None
