"""The GitHub action's own scripts on a repository of `llmops init`, with GitHub on loopback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.code_hosts import TOKEN, CommentsHost
from tests.cli.live import BROKEN, connected, git, repository, url
from tests.support.stack import ROOT

__all__ = ["connected", "repository", "url"]
ACTION = ROOT / ".github" / "actions" / "llmops-gate"


@pytest.fixture
def job(repository: Path, connected: str):
    """`job()`: both steps of the action for pull request 7; the gate's exit code and outputs."""
    folder = repository / ".job"
    folder.mkdir()
    (folder / ".gitignore").write_text("*\n")
    event = {"pull_request": {"number": 7, "head": {"repo": {"full_name": "acme/shop"}}}}
    (folder / "event.json").write_text(json.dumps(event))
    with CommentsHost().served() as host:
        environment = os.environ | {
            "LLMOPS": str(Path(sys.executable).with_name("llmops")),
            "CONFIG": "llmops.yaml",
            "BASE": "main",
            "HEAD": "HEAD",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_API_URL": host.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_OUTPUT": str(folder / "output"),
        }

        def run() -> tuple[int, dict[str, str], str]:
            (folder / "output").unlink(missing_ok=True)
            gate = subprocess.run(["bash", ACTION / "gate.sh"], env=environment, check=False)
            outputs = told(folder)
            report = subprocess.run(
                ["bash", ACTION / "report.sh"],
                env=environment | {"FOLDER": outputs["folder"]},
                check=False,
                capture_output=True,
                text=True,
            )
            assert 0 == report.returncode
            assert 1 == len(host.comments), report.stderr
            return gate.returncode, told(folder), report.stdout

        run.host = host
        yield run


def told(folder: Path) -> dict[str, str]:
    lines = (folder / "output").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_a_breaking_edit_is_red_and_a_harmless_one_green(job, repository):
    """One comment, first with what broke, then with the pass; the file is annotated."""
    prompt = repository / "prompts" / "support-answer.md"
    good = prompt.read_text()
    git("checkout", "-q", "-b", "change")
    prompt.write_text(BROKEN)
    git("commit", "-qam", "shorter")
    red, outputs, annotations = job()
    (before,) = job.host.comments.values()
    prompt.write_text(good.replace("in one sentence", "in a single sentence"))
    git("commit", "-qam", "another word")
    green, after_outputs, nothing = job()
    (after,) = job.host.comments.values()

    assert (1, "regression", "1") == (red, outputs["verdict"], outputs["exit-code"])
    assert float(outputs["delta"]) < -0.1
    assert "❌ Prompts: regression" in before
    assert "<details>" in before
    assert "::error file=prompts/support-answer.md,line=1," in annotations
    assert (0, "pass") == (green, after_outputs["verdict"])
    assert "✅ Prompts: pass" in after
    assert "" == nothing


def test_the_action_is_what_it_says():
    """Inputs reach the scripts as variables alone; `init`'s workflow uses inputs there are."""
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    steps = action["runs"]["steps"]
    scripts = " ".join(step.get("run", "") for step in steps)

    assert {"config", "base", "gate", "server-url", "api-key", "comment"} <= set(action["inputs"])
    assert {"verdict", "score", "delta", "url"} <= set(action["outputs"])
    assert "${{" not in scripts
    assert "composite" == action["runs"]["using"]
