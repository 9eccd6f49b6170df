"""A job of GitHub on pull request 7, and results of a gate as `llmops ci-report` reads them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.code_hosts import TOKEN, CommentsHost

METRIC = {
    "metric": "score",
    "baseline": 0.91,
    "candidate": 0.74,
    "difference": -0.17,
    "interval": [-0.25, -0.09],
    "n_pairs": 40,
}


def experiment(ruling: str | None = "regression", code: int = 1, **values: Any) -> dict[str, Any]:
    found = {
        "prompt": "support/answer",
        "model": None,
        "exit_code": code,
        "ruling": ruling,
        "sentence": "v2 is worse than v1: 9 of 40 examples fail anew.",
        "experiment_id": "e1",
        "url": "https://llm.example/experiments/e1",
        "status": {"verdict": {"metrics": [METRIC]}},
    }
    return found | values


def not_gated(code: int = 3, **values: Any) -> dict[str, Any]:
    """What stands for a prompt of which nothing came."""
    sentence = "The server at http://x does not answer."
    return experiment(None, code, sentence=sentence, url=None, status=None) | values


@pytest.fixture
def host():
    with CommentsHost().served() as served:
        yield served


@pytest.fixture
def build(tmp_path, monkeypatch, host):
    """A job of GitHub on pull request 7: `build(...)` gives the files it was told in."""
    monkeypatch.chdir(tmp_path)
    event = tmp_path / "event.json"

    def be(repository: str = "acme/shop") -> None:
        request = {"number": 7, "head": {"repo": {"full_name": repository}}}
        event.write_text(json.dumps({"pull_request": request}))

    be()
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_API_URL": host.url,
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GITLAB_CI", raising=False)
    (tmp_path / "llmops.yaml").write_text("prompts:\n  support/answer: prompts/a,b.md\n")
    return be


@pytest.fixture
def report(call, tmp_path):
    """`report([...])`: the command on such a result, with reports by their files' names."""

    def run(experiments: list[dict[str, Any]], *more: object, code: int = 1, **files: str):
        (tmp_path / "gate.json").write_text(
            json.dumps({"exit_code": code, "experiments": experiments})
        )
        for name, text in files.items():
            (tmp_path / f"{name}.md").write_text(text)
        options = ["--report", tmp_path / "gate.md"] if files else []
        return call("ci-report", tmp_path / "gate.json", *options, *more)

    return run


def outputs_of(folder: Path) -> dict[str, str]:
    lines = (folder / "output").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def is_in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and sorted(places) == places
