"""The GitHub action's own scripts on a repository of `llmops init`, with GitHub on loopback."""

import json
import os
import re
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
VARIABLE = re.compile(r"\$\{?([A-Z_]+)")


class Job:
    """Both steps of the action for pull request 7, as GitHub runs them."""

    def __init__(self, folder: Path, host: CommentsHost) -> None:
        event = {"pull_request": {"number": 7, "head": {"repo": {"full_name": "acme/shop"}}}}
        (folder / "event.json").write_text(json.dumps(event))
        self.host = host
        self.output = folder / "output"
        self.environment = os.environ | {
            "LLMOPS": str(Path(sys.executable).with_name("llmops")),
            "CONFIG": "llmops.yaml",
            "BASE": "main",
            "HEAD": "HEAD",
            "RUNNER_TEMP": str(folder),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_API_URL": host.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_OUTPUT": str(self.output),
        }

    def run(self, **inputs: str) -> tuple[int, dict[str, str], str]:
        """The gate's exit code, what the action gives on, and the annotations."""
        self.output.unlink(missing_ok=True)
        gate = self._step("gate.sh", inputs)
        outputs = self._told()
        step = {"FOLDER": outputs["folder"], "EXIT_CODE": outputs["exit-code"]}
        report = self._step("report.sh", inputs | step)
        assert 0 == report.returncode
        assert 1 == len(self.host.comments), report.stderr
        return gate.returncode, self._told(), report.stdout

    def _step(self, script: str, more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", ACTION / script],
            env=self.environment | more,
            check=False,
            capture_output=True,
            text=True,
        )

    def _told(self) -> dict[str, str]:
        lines = self.output.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def job(repository: Path, connected: str):
    folder = repository / ".job"
    folder.mkdir()
    (folder / ".gitignore").write_text("*\n")
    with CommentsHost().served() as host:
        yield Job(folder, host)


def test_a_breaking_edit_is_red_and_a_harmless_one_green(job, repository):
    """One comment, first with what broke, then with the pass; the file is annotated."""
    prompt = repository / "prompts" / "support-answer.md"
    good = prompt.read_text()
    git("checkout", "-q", "-b", "change")
    prompt.write_text(BROKEN)
    git("commit", "-qam", "shorter")
    red, outputs, annotations = job.run()
    (before,) = job.host.comments.values()
    prompt.write_text(good.replace("in one sentence", "in a single sentence"))
    git("commit", "-qam", "another word")
    green, after_outputs, nothing = job.run()
    (after,) = job.host.comments.values()
    files = {file.name for file in Path(outputs["folder"]).iterdir()}

    assert (1, "regression", "1") == (red, outputs["verdict"], outputs["exit-code"])
    assert float(outputs["delta"]) < -0.1
    assert {"gate.json", "gate.md", "gate.junit.xml", "gate.html"} <= files
    assert "❌ Prompts: regression" in before
    assert "<details>" in before
    assert "::error file=prompts/support-answer.md,line=1," in annotations
    assert (0, "pass") == (green, after_outputs["verdict"])
    assert "✅ Prompts: pass" in after
    assert "" == nothing


def test_a_gate_that_never_starts_takes_the_pass_back(job, repository):
    """A typo in llmops.yaml: exit code 2, and the comment in place says what is wrong."""
    config = repository / "llmops.yaml"
    job.run()
    (before,) = job.host.comments.values()
    config.write_text(config.read_text().replace("golden:", "goldn:"))
    code, outputs, annotations = job.run()
    (after,) = job.host.comments.values()

    assert "✅ Prompts: pass" in before
    assert (2, "2", "could not complete") == (code, outputs["exit-code"], outputs["verdict"])
    assert "⚠️ Prompts: could not complete" in after
    assert "It ended with exit code 2 before it had a result." in after
    assert "goldn" in after
    assert "::error title=llmops gate" in annotations


def test_several_prompts_have_their_reports_each_under_its_name(job, repository):
    """In a llmops.yaml whose order is not the alphabet's."""
    (repository / "llmops.yaml").write_text(
        "prompts: {z/first: prompts/z.md, a: prompts/a.md}\n"
        "golden: {z/first: golden.jsonl, a: golden.jsonl}\n"
    )
    good = (repository / "prompts" / "support-answer.md").read_text()
    for name in ("z", "a"):
        (repository / "prompts" / f"{name}.md").write_text(good)
    git("add", ".")
    git("commit", "-qm", "two prompts")
    git("checkout", "-q", "-b", "change")
    (repository / "prompts" / "z.md").write_text(BROKEN)
    (repository / "prompts" / "a.md").write_text(f"{good}\nBe kind.\n")
    git("commit", "-qam", "both are changed")
    code, outputs, _ = job.run(GATE="score >= base - 0.2")
    summary = Path(job.environment["GITHUB_STEP_SUMMARY"]).read_text()
    folds = summary.split("<details><summary><code>")

    assert (1, "regression") == (code, outputs["verdict"])
    assert ["z/first", "a"] == [fold.split("<")[0] for fold in folds if "Experiment **" in fold]
    assert " of **z/first**," in summary.split("<code>z/first</code>")[1].split("<code>a</code>")[0]
    assert " of **a**," in summary.split("<code>a</code>")[1]


def test_two_models_have_a_report_each(job, repository, provider):
    """Neither is written over the other's, and each stands under its model's name."""
    prompt = repository / "prompts" / "support-answer.md"
    prompt.write_text(prompt.read_text().replace("in one sentence", "in a single sentence"))
    git("checkout", "-q", "-b", "change")
    git("commit", "-qam", "another word")
    models = ("local:extractive-baseline", "openai:mock-gen")
    job.run(ARGUMENTS=" ".join(f"--models {model}" for model in models))
    (comment,) = job.host.comments.values()
    folds = [comment.split(f"<code>support/answer on {model}</code>")[1] for model in models]

    assert models[0] in folds[0].split("</details>\n<details>")[0]
    assert models[1] not in folds[0].split("</details>\n<details><summary><code>support")[0]
    assert models[1] in folds[1]


def test_rules_and_arguments_are_words_and_nothing_is_run(job, repository):
    """One rule a line with its blanks, quotes as in a shell, and no text of an input is a command."""
    (repository / "prompts" / "support-answer.md").write_text(BROKEN)
    git("checkout", "-q", "-b", "change")
    git("commit", "-qam", "shorter")
    title = "two words $(touch pwned) `touch pwned`"
    code, outputs, _ = job.run(
        GATE="score >= base - 0.9\n\n  failure <= base + 0.95  \n",
        ARGUMENTS=f"--title '{title}' --min-cases\n20 --strict",
    )
    (found,) = json.loads((Path(outputs["folder"]) / "gate.json").read_text())["experiments"]
    metrics = found["status"]["verdict"]["policy"]["policy"]["metrics"]

    assert title == found["status"]["name"]
    assert [("score", 0.9), ("failure", 0.95)] == [(m["metric"], m["margin"]) for m in metrics]
    assert 20 == found["status"]["verdict"]["policy"]["policy"]["minimum_pairs"]
    assert not (repository / "pwned").exists()
    assert code == int(outputs["exit-code"])


def test_arguments_that_no_shell_would_read_are_refused(job):
    """A quote without its end: exit code 2, said in the comment."""
    code, outputs, _ = job.run(ARGUMENTS="--title 'open")
    (comment,) = job.host.comments.values()

    assert (2, "2") == (code, outputs["exit-code"])
    assert "No closing quotation" in comment


def test_the_action_is_what_it_says():
    """Inputs reach the scripts as variables alone; `init`'s workflow uses inputs there are."""
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    steps = action["runs"]["steps"]
    scripts = " ".join(step.get("run", "") for step in steps)
    given = {name for step in steps for name in step.get("env", {})}
    read = {name for script in ACTION.glob("*.sh") for name in VARIABLE.findall(script.read_text())}

    inputs = {"config", "base", "gate", "arguments", "name", "server-url", "api-key", "comment"}
    assert inputs <= set(action["inputs"])
    assert {"verdict", "score", "delta", "url", "exit-code", "reports"} <= set(action["outputs"])
    assert "${{" not in scripts
    assert read - {"LLMOPS", "RUNNER_TEMP", "GITHUB_OUTPUT", "PIPESTATUS"} <= given
    assert "composite" == action["runs"]["using"]
