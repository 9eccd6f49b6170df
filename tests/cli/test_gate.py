"""A repository's prompts held against their base, as CI does it, and every exit code."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.live import BROKEN, PROMPT, connected, git, repository, url

__all__ = ["connected", "repository", "url"]
TWICE = ("--gate", "score >= base - 0.1", "--gate", "score >= base - 0.2")
LOCAL = "local:extractive-baseline"
OUTPUTS = ("r.json", "r.jsonl", "r.csv", "r.md", "r.html", "r.junit.xml")


def prompt_file(repository: Path) -> Path:
    return repository / "prompts" / "support-answer.md"


def written(*files: str) -> list[str]:
    return [part for file in files for part in ("-o", file)]


def test_a_pull_request_goes_red_and_green(call, repository):
    """Unchanged costs nothing, a breaking edit is 1 in every format, a harmless one is 0."""
    prompt = prompt_file(repository)
    good = prompt.read_text()
    same = call("gate", "--base", "main", "--json")
    prompt.write_text(BROKEN)
    git("commit", "-qam", "shorter")
    prompt.write_text("never looked at: --head is a commit")
    bad = call("gate", "--base", "main~1", "--head", "HEAD", *written(*OUTPUTS), "--tag", "team=a")
    report_only = call(
        "experiments",
        "wait",
        json.loads(Path("r.json").read_text())["experiment_id"],
        "--exit-zero",
    )
    prompt.write_text(good.replace("in one sentence", "in a single sentence"))
    fine = call("gate", "--base", "main~1", "--strict")
    unchanged = json.loads(same.out)["experiments"][0]
    result = json.loads(Path("r.json").read_text())
    suites = ET.parse("r.junit.xml").getroot()

    assert (0, None) == (same.code, unchanged["experiment_id"])
    assert "unchanged: v1 is the base itself" in unchanged["sentence"]
    assert 1 == bad.code, bad.err
    assert bad.out.startswith("REGRESSION  v2 is worse than v1: score ")
    assert "\N{MINUS SIGN}" not in bad.out
    assert "support/answer v2: saved from prompts/support-answer.md at " in bad.err
    assert "support/answer  80/80  $0.0000" in bad.err
    assert (1, "regression", PROMPT) == (result["exit_code"], result["ruling"], result["prompt"])
    assert result["url"] in bad.out
    assert ["team=a"] == result["status"]["tags"]
    assert git("rev-parse", "HEAD") == result["status"]["git"]["sha"]
    assert "main" == result["status"]["git"]["ref"]
    assert 80 == len(
        [line for line in Path("r.jsonl").read_text().splitlines() if '"case_no"' in line]
    )
    assert Path("r.csv").read_text().count("similarity") >= 80
    assert "REGRESSION" in Path("r.md").read_text()
    assert Path("r.html").read_text().startswith("<!doctype html>")
    assert int(suites.get("failures", "0")) > 0
    assert 0 == report_only.code
    assert "REGRESSION" in report_only.out
    assert (0, True) == (fine.code, fine.out.startswith("PASS  v3 is no worse than v1"))


def test_the_unsure_is_a_warning_or_4(call, repository):
    """Twenty-five examples prove neither; strict makes of that a code of its own."""
    golden = repository / "golden.jsonl"
    golden.write_text("".join(golden.read_text().splitlines(keepends=True)[:25]))
    prompt = prompt_file(repository)
    prompt.write_text(f"Be brief.\n{prompt.read_text()}")
    (repository / "llmops.yaml").write_text(
        (repository / "llmops.yaml").read_text().replace("margin: 0.1", "margin: 0.01")
    )
    calm = call("gate", "--base", "main")
    again = calm.err.split("/experiments/")[1].split()[0]
    strict = call("run", "--resume", again, "--strict", "--json")

    assert 0 == calm.code
    assert calm.out.startswith("INCONCLUSIVE")
    assert "warning: inconclusive" in calm.err
    assert 4 == strict.code
    assert 4 == json.loads(strict.out)["exit_code"]


def test_each_model_is_held_against_itself(call, repository, provider):
    """A harmless edit passes though the second model is far weaker; each model has its result."""
    prompt = prompt_file(repository)
    prompt.write_text(prompt.read_text().replace("in one sentence", "in a single sentence"))
    models = ("--models", LOCAL, "--models", "openai:mock-gen")
    done = call("gate", "--base", "main", *models, "--json", *written("r.json", "r.md"))
    entries = json.loads(done.out)["experiments"]
    files = [json.loads(file.read_text())["model"] for file in sorted(Path().glob("r.*.json"))]

    assert 0 == done.code, done.out
    assert [LOCAL, "openai:mock-gen"] == [entry["model"] for entry in entries]
    assert [2, 2] == [len(entry["status"]["arms"]) for entry in entries]
    assert [1, 1] == [len(entry["status"]["comparisons"]) for entry in entries]
    assert [LOCAL, "openai:mock-gen"] == files


def test_one_prompt_that_cannot_be_run_leaves_the_others(call, repository):
    """Its error is an entry; what was found before and what comes after is there, as JSON too."""
    (repository / "prompts" / "broken.md").write_text("{% if question %}")
    names = "prompts: {first: PLACE, broken: prompts/broken.md, last: PLACE}\n"
    (repository / "llmops.yaml").write_text(
        names.replace("PLACE", "prompts/support-answer.md")
        + "golden: {first: golden.jsonl, broken: golden.jsonl, last: golden.jsonl}\n"
    )
    done = call("run", "--limit", 2, "--json", *written("r.json"))
    report_only = call("run", "--limit", 2, "--exit-zero")
    entries = json.loads(done.out)["experiments"]
    broken = entries[1]

    assert (2, 2, 2) == (done.code, json.loads(done.out)["exit_code"], report_only.code)
    assert ["first", "broken", "last"] == [entry["prompt"] for entry in entries]
    assert [0, 2, 0] == [entry["exit_code"] for entry in entries]
    assert "broken.md, line 1 of its text: " in broken["sentence"]
    assert f"llmops: {broken['sentence']}" in done.err
    assert [None] * 4 == [broken[name] for name in ("ruling", "experiment_id", "url", "status")]
    assert [0, 2, 0] == [
        json.loads(file.read_text())["exit_code"]
        for name in ("first", "broken", "last")
        for file in repository.glob(f"r.{name}*.json")
    ]


def test_a_budget_that_is_gone_is_3(call, repository, provider):
    """And says so; nothing is asked beyond it."""
    prompt_file(repository).write_text(BROKEN)
    gone = call(
        "gate",
        "--base",
        "main",
        "--models",
        "openai:mock-gen",
        "--max-cost",
        "0.000001",
        "--gate",
        "score >= base - 0.2",
        "--min-cases",
        20,
    )

    assert 3 == gone.code, gone.out
    assert "budget" in (gone.out + gone.err).lower()


def test_a_prompt_the_base_does_not_have_is_new(call, repository):
    """Nothing is held against it: a warning, and 4 under --strict."""
    (repository / "prompts" / "fresh.md").write_text(BROKEN)
    (repository / "llmops.yaml").write_text(
        "prompts: {fresh: prompts/fresh.md}\ngolden: {fresh: golden.jsonl}\n"
    )
    golden = repository / "golden.jsonl"
    rows = [json.loads(line) for line in golden.read_text().splitlines()[:3]]
    for row in rows:
        del row["input_data"]["article"]
    golden.write_text("".join(json.dumps(row) + "\n" for row in rows))
    new = call("gate", "--base", "main", "--strict")

    assert 4 == new.code, new.err
    assert new.out.startswith("COMPLETED  one version, nothing to compare it with")
    assert "fresh is new; nothing could be held against it." in new.err


def test_a_renamed_file_is_the_same_prompt(call, repository):
    """The base's own llmops.yaml says where it was; an unreadable one is passed over."""
    moved = repository / "prompts" / "moved.md"
    config = repository / "llmops.yaml"
    prompt_file(repository).rename(moved)
    config.write_text(config.read_text().replace("support-answer.md", "moved.md"))
    git("add", "-A")
    renamed = call("gate", "--base", "main", "--head", "main")
    git("commit", "-qm", "renamed")
    from_before = call("gate", "--base", "main~1")
    config.write_text("odd: 1\n")
    git("commit", "-qam", "odd")
    config.write_text(git("show", "main~1:llmops.yaml"))
    passed_over = call("gate", "--base", "main")

    assert [0, 0, 0] == [renamed.code, from_before.code, passed_over.code], passed_over.err
    assert "the same as prompts/support-answer.md at" in from_before.err
    assert "unchanged" in from_before.out
    assert "the same as prompts/moved.md at" in passed_over.err


def test_only_the_files_examples_are_run(call, repository):
    """What the server has besides is left out and told; versions there can be planned as well."""
    golden = repository / "golden.jsonl"
    first = call("plan")
    golden.write_text("".join(golden.read_text().splitlines(keepends=True)[:5]))
    fewer = call("plan", "--json")
    prompt_file(repository).write_text(BROKEN)
    call("plan")
    versions = ("--versions", "v1", "--versions", "latest", "--base", "1")
    there = call("plan", PROMPT, *versions, "--split", "test", "--json")
    named = call("plan", "llmops.yaml", "--versions", "9")

    assert ["support/answer", "40", "80"] == first.out.splitlines()[1].split()[:3]
    assert 5 == json.loads(fewer.out)["plans"][0]["cases"]
    assert "35 golden examples of the server in none of the files" in fewer.err
    assert 80 == json.loads(there.out)["plans"][0]["cases"]
    assert (2, True) == (named.code, "has no version '9'" in named.err)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--base", "no-such-branch"), "git knows no commit of that name"),
        (("--base", "main", "--head", "nowhere"), "'nowhere' has no prompts/support-answer.md"),
        ((), "has no version 'production' to compare with"),
        (("--base", "main", "--gate", "score is nice"), "is not read; write it as"),
        (("--base", "main", "--gate", "score >= base - 0.0.2"), "is not read; write it as"),
        (("--base", "main", *TWICE), "each metric is named once"),
        (("--base", "main", "--min-cases", "200000"), "Invalid value for '--min-cases'"),
        (("--base", "main", "-o", "report.pdf"), "Its name ends in none of"),
        (("--base", "main", "-o", "no/where.md"), "There is no folder no"),
        (("--base", "main", "--tag", "alone"), "write key=value"),
        (("other/prompt",), "There is no prompt 'other/prompt'"),
        (("other.yaml",), "There is no file other.yaml"),
    ],
)
def test_what_is_asked_wrongly_is_2(call, repository, arguments, sentence):
    """With a sentence that says what to do, on stderr."""
    prompt_file(repository).write_text(BROKEN)
    answer = call("gate", *arguments)

    assert (2, "") == (answer.code, answer.out)
    assert sentence in " ".join(answer.err.split())


def test_a_bad_row_and_a_bad_prompt_are_named(call, repository):
    """The golden file's row, the template's line; nothing is stored of the file."""
    golden = repository / "golden.jsonl"
    rows = golden.read_text().splitlines(keepends=True)
    rows[17] = '{"input_data": {"question": "?"}, "expected_output": 5}\n'
    golden.write_text("".join(rows))
    row = call("run")
    prompt_file(repository).write_text("Fine.\n{% if question %}")
    template = call("run")

    assert (2, 2) == (row.code, template.code)
    assert "golden.jsonl:18: " in row.err
    assert "support-answer.md, line 2 of its text: " in template.err


def test_without_a_server_or_a_key(call, repository, monkeypatch):
    """Nobody listens: 3, told once. A wrong key, and none: 2, and what to do."""
    monkeypatch.setenv("LLMOPS_API_KEY", "llmops_test_wrong")
    wrong = call("run")
    config = repository / "llmops.yaml"
    config.write_text("prompts: {one: prompts/support-answer.md, two: prompts/support-answer.md}\n")
    away = call("run", "--server", "http://127.0.0.1:9", "--json")
    monkeypatch.delenv("LLMOPS_API_KEY")
    none = call("run")

    assert [2, 3, 2] == [wrong.code, away.code, none.code]
    assert "The server refuses the key in LLMOPS_API_KEY" in wrong.err
    assert 1 == away.err.count("does not answer")
    assert ["one"] == [entry["prompt"] for entry in json.loads(away.out)["experiments"]]
    assert "Set LLMOPS_API_KEY to a key of http://" in none.err
