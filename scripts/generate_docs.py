"""Writes what the code knows better than a person: `make docs`.

`.env.example`, and under docs/reference/ the settings, the command line, the API and its problems.
With `--check` nothing is written; exit code 1 names the files that are out of date.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def openapi() -> str:
    """The API's description, with sorted keys: a diff shows changes and nothing else."""
    from app.main import create_app  # noqa: PLC0415 - after the surroundings are put aside

    return json.dumps(create_app().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def pages() -> dict[str, Callable[[], str]]:
    """Path below the root → what makes its text."""
    from scripts.reference.commands import commands_page  # noqa: PLC0415 - as in openapi()
    from scripts.reference.problems import problems_page  # noqa: PLC0415 - same
    from scripts.reference.settings import env_example, settings_page  # noqa: PLC0415 - same

    return {
        ".env.example": env_example,
        "docs/reference/cli.md": commands_page,
        "docs/reference/openapi.json": openapi,
        "docs/reference/problems.md": problems_page,
        "docs/reference/settings.md": settings_page,
    }


@contextmanager
def nobody() -> Iterator[None]:
    """No variable and no `.env` of this machine changes what is written."""
    kept = dict(os.environ)
    with tempfile.TemporaryDirectory() as empty, chdir(empty):
        os.environ.clear()
        os.environ.update({name: kept[name] for name in ("PATH", "HOME") if name in kept})
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)


def write(root: Path) -> None:
    for name, make in pages().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")
        print(name)


def stale(root: Path) -> list[str]:
    """The files that are missing or say something else than the code."""
    return [
        name
        for name, make in pages().items()
        if not (root / name).exists() or (root / name).read_text(encoding="utf-8") != make()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when stale")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    root = asked.root.resolve()
    with nobody():
        if not asked.check:
            write(root)
            return 0
        found = stale(root)
    for name in found:
        sys.stderr.write(f"{name} is out of date; run `make docs` and commit what it writes.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
