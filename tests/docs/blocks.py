"""The commands of a page, run as they stand, and what it says they print."""

import os
import re
import subprocess
from pathlib import Path

from tests.support.stack import ROOT

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [found for kind, found in BLOCK.findall(text) if kind == language]


def printed(page: str, address: str, key: str, folder: Path) -> str:
    """What all the page's commands print, run one after the other."""
    ran = subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + "\n".join(blocks(page, "bash"))],
        cwd=folder,
        env=os.environ | {"BASE": address, "KEY": key, "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert 0 == ran.returncode, ran.stdout + ran.stderr
    return ran.stdout
