"""Which browser the journeys run in: one that is here, or the one Playwright can fetch."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
MISSING = (
    "No Chromium is here and none could be fetched. Install one (Debian: apt-get install chromium) "
    "or name it in CHROMIUM."
)
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
)


def flags() -> list[str]:
    """The browser's own sandbox cannot start for root, as in most CI containers."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*FLAGS, *(["--no-sandbox"] if is_root else [])]


@cache
def find() -> str | None:
    """The program, or None. Fetching is tried once a run."""
    named = os.environ.get("CHROMIUM")
    here = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    return here or _own() or _fetched()


def _own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _fetched() -> str | None:
    fetch = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(fetch, capture_output=True, check=False, timeout=300)
    return _own()
