"""What the client reads of its surroundings: four variables and the folder for caches."""

import os
from pathlib import Path

from llmops.errors import LlmopsError

DEFAULT_URL = "http://127.0.0.1:8000"


def variable(name: str) -> str | None:
    """Of the caller's environment; an empty one is none."""
    environment = os.environ  # house: environ - a client has no settings of the platform
    return environment.get(name, "").strip() or None


def url(given: str | None) -> str:
    return given or variable("LLMOPS_URL") or DEFAULT_URL


def api_key(given: str | None) -> str:
    found = given or variable("LLMOPS_API_KEY")
    if not found:
        raise LlmopsError(
            "There is no API key: set LLMOPS_API_KEY, or pass api_key=…. "
            "`llmops keys create` makes one."
        )
    return found


def cache_folder() -> Path:
    """Where a user's caches are kept (XDG base directories)."""
    kept = variable("XDG_CACHE_HOME")
    return (Path(kept) if kept else Path.home() / ".cache") / "llmops"


def tracking() -> bool:
    """Whether results of tests may be sent; `LLMOPS_TRACKING=0` says no."""
    told = variable("LLMOPS_TRACKING") or "1"
    return told.lower() not in {"0", "false", "no", "off"}
