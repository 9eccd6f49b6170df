"""GitLab's job: its script as it stands on a repository of `llmops init`, GitLab on loopback."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.cli.code_hosts import TOKEN, CommentsHost
from tests.cli.conftest import call
from tests.cli.live import BROKEN, connected, git, repository, url
from tests.support.stack import ROOT

__all__ = ["call", "connected", "repository", "url"]
FILE = ROOT / "deploy" / "gitlab" / "llmops-gate.yml"
PAGE = ROOT / "frontend" / "src" / "features" / "ci" / "ci-files.ts"


def job() -> dict:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))["llmops-gate"]


@pytest.fixture
def run(repository: Path):
    """`run()`: the job's script for merge request 7, in bash as the runner starts it."""
    git("remote", "add", "origin", str(repository))
    git("checkout", "-q", "-b", "change")
    with CommentsHost().served() as host:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {
            "PATH": path,
            "GITLAB_CI": "true",
            "CI_API_V4_URL": host.url,
            "CI_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "GITLAB_TOKEN": TOKEN,
        }
        environment.pop("GITHUB_ACTIONS", None)

        def start() -> tuple[int, str]:
            """The exit code, and the one note."""
            script = "\n".join(["set -e", *job()["script"]])
            ran = subprocess.run(
                ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False
            )
            assert 1 == len(host.comments), ran.stderr
            (note,) = host.comments.values()
            return ran.returncode, note

        yield start


def test_the_job_ends_with_the_gates_code_and_a_note(run, repository):
    """A regression in one of two prompts: 1, both reports in the note, JUnit where GitLab looks."""
    (repository / "llmops.yaml").write_text(
        "prompts: {z/first: prompts/z.md, support/answer: prompts/support-answer.md}\n"
        "golden: {z/first: golden.jsonl, support/answer: golden.jsonl}\n"
    )
    good = (repository / "prompts" / "support-answer.md").read_text()
    (repository / "prompts" / "z.md").write_text(good)
    git("add", ".")
    git("commit", "-qm", "two prompts")
    git("branch", "-qf", "main")
    (repository / "prompts" / "z.md").write_text(BROKEN)
    (repository / "prompts" / "support-answer.md").write_text(f"{good}\nBe kind.\n")
    git("commit", "-qam", "both are changed")
    code, note = run()
    junit = list(repository.glob(job()["artifacts"]["reports"]["junit"]))
    failed = {file.name: int(ET.parse(file).getroot().get("failures", "0")) > 0 for file in junit}

    assert 1 == code
    assert "❌ Prompts: regression" in note
    assert " of **z/first**," in note.split("<code>z/first</code>")[1].split("</details>\n<")[0]
    assert {"gate.z-first.junit.xml": True} == {name: True for name in failed if failed[name]}
    assert 2 == len(failed)


def test_a_job_that_cannot_gate_says_so_in_its_note(run, repository):
    """Where a pass stood before: the code, and what is wrong."""
    passed, before = run()
    config = repository / "llmops.yaml"
    config.write_text(config.read_text().replace("golden:", "goldn:"))
    code, after = run()

    assert (0, 2) == (passed, code)
    assert "✅ Prompts: pass" in before
    assert "⚠️ Prompts: could not complete" in after
    assert "goldn" in after


def test_the_image_has_what_the_job_calls():
    """A whole Python, with git and pip, and with servers of its own; nothing has to be published."""
    installs = " ".join(job()["before_script"])

    assert "python:3.12" == job()["image"]
    assert "--require-hashes -r /opt/llmops/requirements.txt" in installs
    assert "-e /opt/llmops -e /opt/llmops/sdk" in installs
    assert "safe.directory" in installs


def test_the_dashboards_page_shows_this_job():
    """To the letter."""
    _, name, rest = FILE.read_text(encoding="utf-8").partition("llmops-gate:\n  image")

    assert f"const GITLAB = `{name}{rest}`;" in PAGE.read_text(encoding="utf-8")
