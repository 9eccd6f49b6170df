# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""A key of a stack of one's own: kept beside its other secrets, made anew when it ends."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.embedded.stack import Running


def of(running: "Running", file: str, label: str) -> str:
    """The key in this file of the data folder; `label` is what the list of keys calls it."""
    from llmops.errors import ApiError
    from llmops.http import Http

    from app.accounts import service as accounts
    from app.accounts.subject import Scope
    from app.embedded import surroundings

    kept = Path(running.data_dir) / file
    if kept.exists():
        key = kept.read_text(encoding="utf-8").strip()
        with Http(running.url, key) as http:
            try:
                http.call("GET", "/protected")
            except ApiError:
                pass
            else:
                return key
    surroundings.adopt(running.environment)
    key = accounts.create_key(label, frozenset(Scope)).secret
    surroundings.let_go()
    kept.touch(mode=0o600)
    kept.write_text(key, encoding="utf-8")
    return key
