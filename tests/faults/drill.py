"""Breaks a platform in every way we know and checks what is promised: `make drill`.

    python -m tests.faults.drill [--seeds 5] [--only NAME …]

Each fault is made once per seed, on real processes, servers and signals. Prints a line a run and
`N/N`; exit code 1 unless all promises were kept. A run of everything writes the table of
docs/reliability.md.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DISK = "1g"
SMALL_DISK = "LLMOPS_TEST_DISK"  # names the folder that is a small disk of its own
NOWHERE = {"DATABASE_URL": "postgresql://nowhere/", "REDIS_URL": "redis://127.0.0.1:9"}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--seeds", type=int, default=5, help="runs of each fault")
    made.add_argument("--only", nargs="+", metavar="NAME", help="these faults alone")
    made.add_argument("--page", action="store_true", help="write the table even so")
    return made


def on_small_disk(folder: Path) -> None:
    """Goes on in a mount namespace with a disk of its own at `folder`, where the system lets us."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
    isolated = ["unshare", *user, "--mount"]
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "none", str(folder)]
    tried = subprocess.run([*isolated, *mount], capture_output=True, check=False)
    if tried.returncode == 0:
        os.environ[SMALL_DISK] = str(folder)
        shell = f'{" ".join(mount)} && exec "$@"'
        again = [sys.executable, "-m", "tests.faults.drill", *sys.argv[1:]]
        os.execvp("unshare", [*isolated, "sh", "-c", shell, "sh", *again])


def main() -> int:
    asked = parser().parse_args()
    folder = Path(os.environ.get(SMALL_DISK) or tempfile.mkdtemp(prefix="llmops-drill-"))
    if SMALL_DISK not in os.environ:
        on_small_disk(folder)
    os.environ.update(NOWHERE, LLMOPS_SECRET_KEY=secrets.token_urlsafe(48), LLMOPS_LOG_JSON="true")
    os.environ.update(LLMOPS_DATA_DIR=str(folder))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped
    from tests.faults import runs  # noqa: PLC0415 - importing the application reads the settings

    return runs.run(folder, asked.seeds, asked.only, write_page=asked.page or not asked.only)


if __name__ == "__main__":
    sys.exit(main())
