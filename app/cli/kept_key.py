# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""A key of a stack of one's own: kept beside its other secrets, made anew when it ends."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.embedded.stack import Running

PER_MINUTE = 10_000  # nobody else asks this server: a repository's prompts come all at once


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
                if http.call("GET", "/me")["rate_limit"]["per_minute"] >= PER_MINUTE:
                    return key
            except ApiError:
                pass
    surroundings.adopt(running.environment)
    made = accounts.create_key(label, frozenset(Scope), rate_limit_per_minute=PER_MINUTE)
    surroundings.let_go()
    kept.touch(mode=0o600)
    kept.write_text(made.secret, encoding="utf-8")
    return made.secret
