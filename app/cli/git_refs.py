"""What git and the CI server say: files of another commit, and which commit this is."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.embedded.errors import CannotStart, Misconfigured

TIMEOUT_S = 60
PULL = re.compile(r"^refs/pull/(\d+)/")


def commit_of(ref: str, folder: Path) -> str | None:
    """The commit a ref names here or, as in a CI checkout, only at `origin`; None for neither."""
    for name in (ref, f"origin/{ref}"):
        found = _git(
            folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        if found is not None:
            return found.strip()
    return None


def file_at(commit: str, file: str, folder: Path) -> str | None:
    """A file's text in a commit, `file` relative to the folder; None where it is not there.

    Raises CannotStart where git cannot say: a file that is not there is nothing to compare with.
    """
    path = os.path.normpath(file)
    if path.startswith("..") or Path(path).is_absolute():
        raise Misconfigured(
            f"{file} lies outside of the folder of llmops.yaml; git cannot show it."
        )
    listed = _git(folder, "ls-tree", "--name-only", commit, "--", path)
    if listed == "":
        return None
    text = _git(folder, "show", f"{commit}:./{path}") if listed else None
    if text is None:
        raise CannotStart(
            f"git cannot show {file} at {commit[:12]}; fetch the whole history "
            f"(in CI fetch-depth: 0), and try: git show {commit[:12]}:./{path}"
        )
    return text


def told(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, Any] | None:
    """`sha`, `ref` and `pr` as the CI server says, else as git does; None outside of both."""
    found: dict[str, Any] = {
        "sha": environment.get("GITHUB_SHA") or environment.get("CI_COMMIT_SHA"),
        "ref": environment.get("GITHUB_HEAD_REF")
        or environment.get("GITHUB_REF_NAME")
        or environment.get("CI_COMMIT_REF_NAME"),
        "pr": _pull_request(environment),
    }
    if not found["sha"]:
        found["sha"] = (_git(folder, "rev-parse", "--verify", "--quiet", "HEAD") or "").strip()
    if found["sha"] and not found["ref"]:
        branch = (_git(folder, "rev-parse", "--abbrev-ref", "HEAD") or "").strip()
        found["ref"] = branch if branch != "HEAD" else None
    kept = {name: value for name, value in found.items() if value}
    return kept or None


def _pull_request(environment: Mapping[str, str]) -> int | None:
    pull = PULL.match(environment.get("GITHUB_REF", ""))
    number = pull[1] if pull else environment.get("CI_MERGE_REQUEST_IID", "")
    return int(number) if number.isdecimal() else None


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None where it refuses, or is not installed."""
    try:
        ran = subprocess.run(  # noqa: S603 - no shell, and a fixed program
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the caller's own git
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if ran.returncode:
        return None
    try:
        return ran.stdout.decode("utf-8")
    except UnicodeDecodeError:
        raise Misconfigured(f"git {arguments[0]} gave something that is not UTF-8 text.") from None
