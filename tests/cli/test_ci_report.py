"""What a build's page is told of a gate: summary, annotations, outputs, and one comment."""

from xml.etree import ElementTree as ET

import pytest

from app.cli import ci_words, outputs
from app.cli.server import Server
from tests.cli.builds import (
    build,
    experiment,
    host,
    is_in_order,
    not_gated,
    outputs_of,
    report,
)
from tests.cli.code_hosts import TOKEN

__all__ = ["build", "host", "report"]


def test_a_regression_stands_in_all_four_places(build, report, host, tmp_path):
    """Summary and comment say the same; the annotation names the file; outputs have the numbers."""
    answer = report([experiment()], gate="the whole report")
    (comment,) = host.comments.values()
    summary = (tmp_path / "summary.md").read_text()

    assert 0 == answer.code
    assert comment == f"<!-- llmops-gate -->\n{summary}"
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
    } == outputs_of(tmp_path)


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
    answer = report([experiment()], "--report", tmp_path / "none.md")

    assert 0 == answer.code
    assert "No report: " in answer.err
    assert "Nothing is added to " in answer.err
    assert "No annotation names its file: " in answer.err
    assert "::error title=" in answer.out
    assert 1 == len(host.comments)


def test_a_comment_has_room_for_so_much(build, report, host, tmp_path):
    """Reports that are too long are left out and counted; what was found stays."""
    long = {"gate.support-answer": "x" * 64_500, "gate.b": "short"}
    report([experiment(), experiment(prompt="b")], **long)
    (comment,) = host.comments.values()

    assert len(comment) < 65_536
    assert "9 of 40" in comment
    assert "short" in comment
    assert "1 of 2 reports are too long" in comment
    assert "x" * 64_500 in (tmp_path / "summary.md").read_text()


def test_a_summary_is_measured_in_bytes():
    """A letter of three bytes counts three times, and none is cut in two."""
    report = "語" * 200
    whole = ci_words.body([experiment()], [report], limit=10_000)
    without = ci_words.body([experiment()], [report], limit=len(whole) + ci_words.NOTICE)
    cut = [ci_words.body([experiment(prompt="語" * 50)], [None], limit=n) for n in range(30, 60)]

    assert report in whole
    assert "1 of 1 reports are too long" in without
    assert all(len(text.encode()) <= n for n, text in enumerate(cut, 30))
    assert all("\ufffd" not in text for text in cut)


def test_each_report_stands_under_its_own_name(build, report, host):
    """Whatever order the files' names have; a prompt that was not gated has no report."""
    found = [experiment(prompt="z/last"), not_gated(prompt="m"), experiment(prompt="a")]
    report(found, **{"gate.a": "about a", "gate.z-last": "about z", "gate.m": "an older build's"})
    (comment,) = host.comments.values()

    assert is_in_order(comment, "<code>z/last</code>", "about z", "<code>a</code>", "about a")
    assert "an older build's" not in comment


def test_two_models_of_a_prompt_are_told_apart(build, report, host):
    """By lines, annotations and reports that name the model."""
    files = {
        "gate.support-answer.huggingface-org-b": "about b",
        "gate.support-answer.openai-gpt-5-mini": "about five",
    }
    found = [
        experiment(model="openai:gpt-5-mini"),
        experiment("pass", 0, model="huggingface:org/b"),
    ]
    answer = report(found, **files)
    (comment,) = host.comments.values()

    assert is_in_order(
        comment,
        "❌ **support/answer on openai:gpt-5-mini**",
        "✅ **support/answer on huggingface:org/b**",
        "about five",
        "<code>support/answer on huggingface:org/b</code>",
        "about b",
    )
    assert "title=support/answer on openai%3Agpt-5-mini%3A regression" in answer.out


def test_the_only_one_that_was_not_interrupted_has_the_plain_file(build, report, host):
    """The gate gives names of their own only where it writes several."""
    report([experiment(), not_gated(130, prompt="b")], gate="about the one", code=130)
    (comment,) = host.comments.values()

    assert "about the one" in comment


def test_what_could_not_be_gated_is_told_in_all_four_places(build, report, host, tmp_path):
    """Beside what passed, and instead of the pass that an earlier build had commented."""
    report([experiment("pass", 0)], code=0)
    (tmp_path / "output").unlink()
    answer = report([experiment("pass", 0, prompt="fine"), not_gated()], code=3)
    (comment,) = host.comments.values()
    outputs = outputs_of(tmp_path)

    assert "## ⚠️ Prompts: could not complete" in comment
    assert "✅ **fine**" in comment
    assert "⚠️ **support/answer**: The server at http\\://x does not answer." in comment
    assert comment.split("\n", 1)[1] in (tmp_path / "summary.md").read_text()
    assert answer.out.startswith("::error file=prompts/a%2Cb.md,line=1,title=support/answer%3A ")
    assert "could not complete::The server at http://x does not answer." in answer.out
    assert ("could not complete", "3") == (outputs["verdict"], outputs["exit-code"])


@pytest.mark.parametrize(
    ("code", "log", "said"),
    [
        (
            2,
            "support/answer: 80 cases\nllmops: llmops.yaml:3: no <b>\n  @all",
            "no \\<b\\> @\u2060all",
        ),
        (137, "one\ntwo\nKilled\n", "one two Killed"),
        (3, "llmops: refused: llmops_live_abcdefgh1234", "refused: \\*\\*\\*"),
        (None, None, "It ended before it had a result."),
    ],
)
def test_a_gate_without_any_result_is_told_too(
    call, build, report, host, tmp_path, code, log, said
):
    """Its code and its last words, harmless and without a key, where a pass stood before."""
    report([experiment("pass", 0)], code=0)
    (tmp_path / "gate.json").write_text("")
    (tmp_path / "output").unlink()
    options: list[object] = [] if code is None else ["--exit-code", code]
    if log is not None:
        (tmp_path / "gate.log").write_text(log)
        options += ["--log", tmp_path / "gate.log"]
    answer = call("ci-report", tmp_path / "gate.json", *options)
    (comment,) = host.comments.values()
    outputs = outputs_of(tmp_path)

    assert 0 == answer.code
    assert "## ⚠️ Prompts: could not complete" in comment
    assert said in comment
    assert code is None or f"It ended with exit code {code} before it had a result." in comment
    assert answer.out.startswith("::error title=llmops gate%3A could not complete::It ended ")
    assert 1 == answer.out.count("\n")
    assert ("could not complete", str(code or "")) == (outputs["verdict"], outputs["exit-code"])


def test_gates_of_different_names_have_a_comment_each(build, report, host):
    """The one without a name has the mark it always had; a name cannot end the mark."""
    for name in ("", "night", "a --> b", "night"):
        report([experiment()], "--name", name)
    plain, night, wicked = host.comments.values()

    assert plain.startswith("<!-- llmops-gate -->\n## ❌ Prompts: regression")
    assert night.startswith("<!-- llmops-gate: night -->\n## ❌ Prompts, night: regression")
    assert wicked.startswith("<!-- llmops-gate: a-b -->\n")


def test_a_mark_that_is_quoted_is_not_the_comment(build, report, host):
    """Only a comment that begins with it is ours to change."""
    host.comments[1] = "You wrote:\n> <!-- llmops-gate -->"
    report([experiment()])

    assert 2 == len(host.comments)
    assert host.comments[1].startswith("You wrote:")


@pytest.mark.parametrize("has_git", [True, False])
def test_an_annotation_names_the_file_from_the_repositorys_top(
    build, report, tmp_path, monkeypatch, has_git
):
    """Git's, else the workspace; llmops.yaml may lie in a folder of it."""
    (tmp_path / "services" / "shop").mkdir(parents=True)
    config = tmp_path / "services" / "shop" / "llmops.yaml"
    config.write_text("prompts:\n  support/answer: ../prompts/a.md\n")
    if has_git:
        (tmp_path / ".git").mkdir()
    else:
        monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(tmp_path / "services")
    answer = report([experiment()], "--config", "shop/llmops.yaml")

    assert answer.out.startswith("::error file=services/prompts/a.md,line=1,")


def test_of_what_stops_nothing_the_unsure_is_the_headline(build, report, tmp_path):
    """Not the pass that happens to stand before it."""
    report([experiment("pass", 0), experiment("inconclusive", 0, prompt="b")], code=0)

    assert "## ⚠️ Prompts: inconclusive" in (tmp_path / "summary.md").read_text()
    assert "inconclusive" == outputs_of(tmp_path)["verdict"]


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (experiment("inconclusive", 0), "warning"),
        (experiment("inconclusive", 4), "error"),
        (experiment(None, 4), "error"),
        (experiment(None, 3, sentence=None, status=None), "error"),
        (not_gated(2), "error"),
        (experiment("pass", 0), None),
    ],
)
def test_what_blocks_is_an_error_and_what_is_open_a_warning(build, report, found, level):
    """A pass is no annotation at all."""
    answer = report([found], code=found["exit_code"])

    assert (f"::{level} " in answer.out) if level else answer.out == ""


def test_names_and_sentences_call_nobody(build, report, host):
    """A prompt's name or a model's words cannot mention people, break lines or add a table."""
    name = "a/@everyone<img src=x>"
    wicked = experiment(prompt=name, sentence="see #1 | x\n::error::boo <img src=x>")
    answer = report([wicked], gate="its report")
    (comment,) = host.comments.values()

    assert "its report" in comment
    assert "@everyone" not in comment.replace("<code>a/@everyone", "")
    assert "<img" not in comment.replace("\\<img", "")
    assert 1 == answer.out.count("\n")


def test_what_could_not_be_gated_is_an_error_in_junit(tmp_path):
    """Not an empty file, which a build's page would show as a pass; and it is valid XML."""
    server = Server(http=None, url="")  # type: ignore[arg-type] # is not asked
    failed = not_gated(sentence='a "<b>"\x00', experiment_id="e1", model="local:x")
    outputs.write(server, failed, [tmp_path / "r.junit.xml", tmp_path / "r.md"], one_of_many=True)
    suites = ET.parse(tmp_path / "r.support-answer.local-x.junit.xml").getroot()
    (error,) = suites.iter("error")

    assert "1" == suites.get("errors")
    assert 'a "<b>"␀' == error.get("message")
    assert "a &quot;&lt;b" in (tmp_path / "r.support-answer.local-x.md").read_text()


@pytest.mark.parametrize("text", ["[]", '{"exit_code": 1}', None])
def test_what_is_no_result_is_refused(call, build, host, tmp_path, text):
    """Exit code 2 and a sentence; the build is told all the same."""
    if text is not None:
        (tmp_path / "gate.json").write_text(text)
    answer = call("ci-report", tmp_path / "gate.json")
    (comment,) = host.comments.values()

    assert 2 == answer.code
    wrong = "not what `llmops gate --json` prints" if text else "cannot be read"
    assert wrong in answer.err
    assert "could not complete" in comment
