"""What a build's page is told of a gate: summary, annotations, outputs, and one comment."""

import json
from typing import Any

import pytest

from app.cli.ci_words import MARK
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
        "exit_code": code,
        "ruling": ruling,
        "sentence": "v2 is worse than v1: 9 of 40 examples fail anew.",
        "experiment_id": "e1",
        "url": "https://llm.example/experiments/e1",
        "status": {"verdict": {"metrics": [METRIC]}},
    }
    return found | values


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
    """`report([...])`: the command on such a result, with reports of so many characters."""

    def run(experiments: list[dict[str, Any]], *reports: str, code: int = 1):
        (tmp_path / "gate.json").write_text(
            json.dumps({"exit_code": code, "experiments": experiments})
        )
        options = []
        for number, text in enumerate(reports):
            (tmp_path / f"gate.{number}.md").write_text(text)
            options += ["--report", tmp_path / f"gate.{number}.md"]
        return call("ci-report", tmp_path / "gate.json", *options)

    return run


def test_a_regression_stands_in_all_four_places(build, report, host, tmp_path):
    """Summary and comment say the same; the annotation names the file; outputs have the numbers."""
    answer = report([experiment()], "the whole report")
    (comment,) = host.comments.values()
    summary = (tmp_path / "summary.md").read_text()
    outputs = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())

    assert 0 == answer.code
    assert comment == f"{MARK}\n{summary}"
    assert "❌ Prompts: regression" in summary
    assert "9 of 40 examples fail anew" in summary
    assert "the whole report" in summary
    assert "| 40 |" in summary
    assert (
        "::error file=prompts/a%2Cb.md,line=1,title=support/answer%3A regression::v2 is worse"
        in answer.out
    )
    assert {
        "exit-code": "1",
        "verdict": "regression",
        "score": "0.74",
        "delta": "-0.17",
        "url": "https://llm.example/experiments/e1",
    } == outputs


def test_the_comment_is_changed_and_not_repeated(build, report, host):
    """Found by its mark behind a hundred others; other people's comments stay."""
    host.chat(120)
    report([experiment()])
    report([experiment("pass", 0, sentence="v3 is no worse than v1.")], code=0)

    assert 121 == len(host.comments)
    assert "v3 is no worse" in host.comments[121]
    assert "comment 120" == host.comments[120]


def test_gitlab_gets_a_note(build, report, host, monkeypatch):
    """The same words on its merge request, changed in place too."""
    monkeypatch.delenv("GITHUB_ACTIONS")
    for name, value in {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": host.url,
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "7",
        "GITLAB_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    first = report([experiment()])
    report([experiment("pass", 0, sentence="All is well.")], code=0)

    assert "" == first.out
    assert ["All is well" in text for text in host.comments.values()] == [True]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("fork", "a fork's pull request may not comment"),
        ("refused", "refused it with 403"),
        ("away", "cannot be reached"),
        ("no token", "GITHUB_TOKEN is not set"),
        ("no job", "no job of GitHub or GitLab"),
        ("no request", "no pull request"),
        ("strange", "no list of comments"),
    ],
)
def test_what_cannot_be_told_fails_no_build(
    build, report, host, tmp_path, monkeypatch, trouble, said
):
    """The reason on stderr, exit code 0, and the summary all the same."""
    if trouble == "fork":
        build("stranger/shop")
    elif trouble == "refused":
        host.refuses = 403
    elif trouble == "away":
        monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    elif trouble == "no token":
        monkeypatch.delenv("GITHUB_TOKEN")
    elif trouble == "no job":
        monkeypatch.delenv("GITHUB_ACTIONS")
    elif trouble == "strange":
        host.strange = True
    else:
        (tmp_path / "event.json").write_text("{}")
    answer = report([experiment()])

    assert 0 == answer.code
    assert said in answer.err
    assert "regression" in (tmp_path / "summary.md").read_text()
    assert {} == host.comments


def test_files_that_cannot_be_read_fail_no_build_either(
    call, build, report, host, tmp_path, monkeypatch
):
    """A llmops.yaml, a report, a summary: each is named, and the rest is told."""
    (tmp_path / "llmops.yaml").write_text("prompts: [")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    report([experiment()])
    answer = call("ci-report", tmp_path / "gate.json", "--report", tmp_path / "none.md")

    assert 0 == answer.code
    assert "No report: " in answer.err
    assert "Nothing is added to " in answer.err
    assert "No annotation names its file: " in answer.err
    assert "::error title=" in answer.out
    assert 1 == len(host.comments)


def test_a_comment_has_room_for_so_much(build, report, host, tmp_path):
    """Reports that are too long are left out and counted; what was found stays."""
    report([experiment(), experiment(prompt="b")], "x" * 64_500, "short")
    (comment,) = host.comments.values()

    assert len(comment) < 65_536
    assert "9 of 40" in comment
    assert "short" in comment
    assert "1 of 2 reports are too long" in comment
    assert "x" * 64_500 in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (experiment("inconclusive", 0), "warning"),
        (experiment("inconclusive", 4), "error"),
        (experiment(None, 3, sentence=None, status=None), "error"),
        (experiment("pass", 0), None),
    ],
)
def test_what_blocks_is_an_error_and_what_is_open_a_warning(build, report, found, level):
    """A pass is no annotation at all."""
    answer = report([found], code=found["exit_code"])

    assert (f"::{level} " in answer.out) if level else answer.out == ""


def test_names_and_sentences_call_nobody(build, report, host):
    """A prompt's name or a model's words cannot mention people, break lines or add a table."""
    wicked = experiment(prompt="a/@everyone", sentence="see #1 | x\n::error::boo <img src=x>")
    answer = report([wicked])
    (comment,) = host.comments.values()

    assert "@everyone" not in comment
    assert "\\<img" in comment
    assert 1 == answer.out.count("\n")


@pytest.mark.parametrize("text", ["", "[]", '{"exit_code": 1}'])
def test_what_is_no_result_is_refused(call, tmp_path, text):
    """Exit code 2 and a sentence."""
    (tmp_path / "gate.json").write_text(text)
    answer = call("ci-report", tmp_path / "gate.json")

    assert 2 == answer.code
    assert "not what `llmops gate --json` prints" in answer.err
