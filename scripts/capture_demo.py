"""Runs `make demo` in an empty folder and puts what it prints into README.md, word for word.

`python -m scripts.capture_demo`. Three things are replaced: the folder it ran in, and the key and
the link, which were good for that folder alone.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BEGIN = "<!-- demo: begin, refreshed by `python -m scripts.capture_demo` -->\n"
END = "<!-- demo: end -->\n"
KEY = re.compile(r"llmops_(test|live)_[A-Za-z0-9_-]+")
LINK = re.compile(r"(/sign-in#)[A-Za-z0-9_-]+")


def demo() -> str:
    """What a person sees; raises CalledProcessError when the demo fails."""
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            ["make", "--silent", "--no-print-directory", "demo", f"DEMO_DIR={folder}/demo"],  # noqa: S607 - make is where it is
            cwd=ROOT,
            env=os.environ | {"DEMO_EXIT": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        return ran.stdout.replace(f"{os.path.realpath(folder)}/demo", ".llmops/demo")


def fenced(output: str) -> str:
    text = LINK.sub(r"\1…", KEY.sub(r"llmops_\1_…", output))
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return f"{BEGIN}\n```console\n$ make demo\n{lines}\n```\n\n{END}"


def replaced(page: str, output: str) -> str:
    """The page with a new capture between its markers; raises ValueError without them."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"README.md needs the lines {BEGIN!r} and {END!r}.")
    return head + fenced(output) + tail


def main() -> int:
    try:
        output = demo()
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"{error.stdout}\nThe demo failed; README.md is as it was.\n")
        return 1
    README.write_text(replaced(README.read_text(encoding="utf-8"), output), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
