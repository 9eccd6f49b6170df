"""Prompts, golden examples, judges and other tools' files, from the command line."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from llmops import http as llmops_http
from llmops.http import Http

from app.cli import pushing
from app.cli.server import Server
from app.core import rate_limit
from app.verdicts.policy import Policy
from tests.cli.live import BROKEN, PROMPT, connected, repository, url
from tests.support.fixtures import make_key, make_subject, make_workspace

__all__ = ["connected", "repository", "url"]
FILE = "prompts/support-answer.md"
PROMPTFOO = """
prompts:
  - "Answer: {{question}}"
providers: [openai:gpt-5-mini]
tests:
  - vars: {question: How long is the warranty?}
    assert:
      - type: equals
        value: Three years.
      - type: javascript
        value: process.exit(1)
"""


def test_prompts_are_files_and_come_back_as_they_were(call, repository):
    """Pushed by the mapping, compared, promoted, rolled back, pulled byte for byte."""
    file = repository / FILE
    good = file.read_text()
    first = call("prompts", "push", "-m", "as it was")
    call("prompts", "promote", PROMPT, "v1")
    file.write_text(BROKEN)
    second = json.loads(call("prompts", "push", FILE, "--json").out)
    again = call("prompts", "push", FILE)
    diff = call("prompts", "diff", f"{PROMPT}@production", PROMPT)
    same = call("prompts", "diff", PROMPT, f"{PROMPT}@v2")
    call("prompts", "promote", PROMPT, "latest", "--reason", "shorter")
    back = call("prompts", "rollback", PROMPT, "--reason", "worse")
    pulled = call("prompts", "pull")
    printed = call("prompts", "show", f"{PROMPT}@2")
    there = call("prompts", "pull", f"{PROMPT}@latest", "-o", "other.md")
    told = json.loads(call("prompts", "pull", "--json").out)
    listed = call("prompts", "list")
    versions = call("prompts", "show", PROMPT)

    assert (0, f"{PROMPT} v1: saved from {FILE}\n") == (first.code, first.out)
    assert [(PROMPT, 2, True)] == [(row["prompt"], row["number"], row["new"]) for row in second]
    assert f"{PROMPT} v2: the same as {FILE}\n" == again.out
    assert "\n-" in diff.out
    assert "\n+" in diff.out
    assert "The two say the same.\n" == same.out
    assert (0, True) == (back.code, back.out.startswith(f"{PROMPT}: production stands on v1."))
    assert (0, good) == (pulled.code, file.read_text())
    assert BROKEN == printed.out == Path("other.md").read_text()
    assert f"other.md: {PROMPT} v2\n" == there.out
    assert [{"prompt": PROMPT, "number": 1, "file": FILE}] == told
    assert [PROMPT, "v2", "v1"] == listed.out.splitlines()[1].split()[:3]
    assert ["v2", "v1"] == [line.split()[0] for line in versions.out.splitlines()[2:4]]


def test_a_file_that_is_no_prompts_is_named(call, connected):
    """With what to do about it; nothing is pushed."""
    Path("a.md").write_text("{{ question }}\n")
    stranger = call("prompts", "push", "a.md")
    nothing = call("prompts", "push")
    named = call("prompts", "push", "a.md", "--prompt", "other/a")
    printed = call("prompts", "pull", "other/a@latest")
    told = json.loads(call("prompts", "pull", "other/a@1", "--json").out)
    missing = call("prompts", "pull", "other/b")

    assert (2, "") == (stranger.code, stranger.out)
    assert "a.md: add it below `prompts:`, or say its name with --prompt" in stranger.err
    assert 2 == nothing.code
    assert "other/a v1: saved from a.md\n" == named.out
    assert "{{ question }}\n" == printed.out
    assert [{"prompt": "other/a", "number": 1, "text": "{{ question }}\n"}] == told
    assert (2, True) == (missing.code, "other/b has no version 'production'" in missing.err)


def test_golden_examples_go_in_and_out(call, connected):
    """In every format the same; a bad row 4,711 is named, and nothing of its file is stored."""
    Path("a.md").write_text("{{ question }}\n")
    call("prompts", "push", "a.md", "--prompt", "other/a")
    of = ("--prompt", "other/a")
    rows = [json.dumps({"input": {"question": f"Number {n}?"}, "tags": ["x"]}) for n in range(3)]
    Path("few.jsonl").write_text("\n".join(rows))
    tried = call("examples", "import", "few.jsonl", *of, "--dry-run")
    added = call("examples", "import", "few.jsonl", *of)
    many = [json.dumps({"input": {"question": "?"}})] * 4_720
    many[4_710] = json.dumps({"input": {"answer": "!"}})
    Path("bad.jsonl").write_text("\n".join(many))
    refused = call("examples", "import", "bad.jsonl", *of)
    told = call("examples", "import", "bad.jsonl", *of, "--dry-run")
    Path("cells.csv").write_text("Q,Note\nFrom a table?,no\n")
    mapped = call(
        "examples", "import", "cells.csv", *of, "--column", "Q=input.question", "--column", "Note=-"
    )
    for name in ("out.jsonl", "out.csv", "out.parquet"):
        assert 0 == call("examples", "export", *of, "-o", name).code
    part = json.loads(call("examples", "export", *of, "--tag", "x", "-o", "x.csv", "--json").out)
    twice = call("examples", "import", "out.parquet", *of)
    listed = call("examples", "list", *of, "--tag", "x")
    unknown = call("examples", "export", *of, "-o", "out.xml")

    assert "3 golden examples would be added to other/a.\n" == tried.out
    assert "3 golden examples added to other/a.\n" == added.out
    assert (2, "") == (refused.code, refused.out)
    assert "bad.jsonl:4711: " in refused.err
    assert "Nothing was imported." in refused.err
    assert (2, True) == (told.code, "bad.jsonl:4711: " in told.err)
    assert "1 golden example added to other/a.\n" == mapped.out
    assert 4 == len(Path("out.jsonl").read_text().splitlines())
    assert 5 == len(Path("out.csv").read_text().splitlines())
    assert {"file": "x.csv", "prompt": "other/a", "count": 3} == part
    assert "4 golden examples added to other/a.\n" == twice.out
    assert 7 == len(listed.out.splitlines())
    assert 2 == unknown.code


def test_a_file_of_another_tool_is_taken_over(call, connected):
    """What has a place here is stored; code is listed with the reason, and never run."""
    Path("promptfooconfig.yaml").write_text(PROMPTFOO)
    arguments = ("import", "promptfooconfig.yaml", "--prompt", "taken/over")
    tried = call(*arguments, "--dry-run")
    absent = call("prompts", "show", "taken/over")
    done = call(*arguments, "--format", "promptfoo")
    report = json.loads(call(*arguments, "--dry-run", "--json").out)
    shown = call("prompts", "show", "taken/over@latest")
    Path("empty.yaml").write_text("prompts: [file://other.txt]\n")
    nothing = call("import", "empty.yaml", "--format", "promptfoo")
    Path("table.csv").write_text("Q,Note\nWhich?,no\n")
    to = ("--prompt", "taken/over", "--json")
    mapped = call("import", "table.csv", *to, "--column", "Q=input.question", "--column", "Note=-")
    unmapped = call("import", "table.csv", *to, "--column", "Q")

    assert (0, True) == (tried.code, tried.out.startswith("Would import from promptfoo into "))
    assert 2 == absent.code
    assert "taken/over: 1 new version, 1 golden example." in done.out
    assert "tests[0].assert[1]" in done.out
    assert "javascript" in done.out
    assert [False] == [version["created"] for version in report["versions"]]
    assert "Answer: {{question}}" in shown.out
    assert (2, "") == (nothing.code, nothing.out)
    assert "file://other.txt" in nothing.err
    assert (0, 1) == (mapped.code, json.loads(mapped.out)["golden_examples"])
    assert (2, True) == (unmapped.code, "--column Q: write FILE_COLUMN=FIELD" in unmapped.err)
    assert 2 == call("import", "promptfooconfig.yaml", "--force").code
    assert 2 == call("import", "nowhere.yaml").code


def test_judges_are_shown_with_their_standing(call, connected):
    """Without one, the lists are empty and an unknown name is 2."""
    with Http(os.environ["LLMOPS_URL"], connected) as http:
        made = {"name": "tone", "evaluator": "exact", "description": "How it sounds"}
        http.call("POST", "/judges", json=made)
    listed, shown = call("judges", "list"), call("judges", "show", "tone")
    certificates, unknown = call("judges", "certificates", "--json"), call("judges", "show", "ton")

    assert ["tone", "v1", "exact", "-", "none"] == listed.out.splitlines()[1].split()
    assert shown.out.startswith("tone  How it sounds\nCertificate: none\n")
    assert "v1" == shown.out.splitlines()[-1].split()[0]
    assert "[]\n" == certificates.out
    assert (2, True) == (unknown.code, "there are: tone" in unknown.err)


def test_a_verdict_leaves_the_server_and_is_verified(call, connected):
    """The bundle is fetched with a key and checked without one."""
    of = ("--prompt", "other/a")
    for text in ("{{ question }}\n", "Answer: {{ question }}\n"):
        Path("a.md").write_text(text)
        call("prompts", "push", "a.md", *of)
    Path("few.csv").write_text("question,expected_output\nHow long?,Three years.\nWho?,We.\n")
    call("examples", "import", "few.csv", *of)
    asked = {"prompt": "other/a", "experiment_name": "two", "evaluators": ["exact"]}
    with Http(os.environ["LLMOPS_URL"], connected) as http:
        experiment = http.call("POST", "/experiments/run", json=asked)["experiment_id"]
    call("experiments", "wait", experiment)
    saved = call("export", "--bundle", experiment, "proof.zip")
    checked = call("verify", "proof.zip")
    unknown = call("export", "--bundle", "01990000-0000-7000-8000-000000000000", "none.zip")

    assert "proof.zip: check it anywhere with: llmops verify proof.zip\n" == saved.out
    assert (0, True) == (checked.code, checked.out.startswith("SAME VERDICT, BIT FOR BIT  "))
    assert (2, False) == (unknown.code, Path("none.zip").exists())
    assert 2 == call("import", "proof.zip", "--dry-run").code
    assert 2 == call("import", "proof.zip", "--column", "Q=-").code


class Second(Server):
    """Another job asks for the same just before each of its requests."""

    def post(self, path: str, body: object = None, *, once: str | None = None) -> object:
        super().post(path, body, once=once)
        return super().post(path, body, once=once)


def test_the_second_of_two_jobs_goes_on_with_what_the_first_made(connected):
    """A prompt and a gate that appear between looking and making are as good as its own."""
    policy = Policy()
    with Http(os.environ["LLMOPS_URL"], connected) as http:
        second, server = Second(http, http.url), Server(http, http.url)
        prompt = pushing.ensure_prompt(second, "other/late")
        gate = pushing.push_gate(second, prompt["id"], policy)

        assert pushing.get_prompt(server, "other/late")["id"] == prompt["id"]
        assert [gate] == [row["name"] for row in server.pages("/gates", prompt=prompt["id"])]
        assert gate == pushing.push_gate(server, prompt["id"], policy)


@pytest.mark.usefixtures("connected")
def test_a_push_waits_for_the_minute_of_its_key(call, monkeypatch):
    """What a key may ask for is used up, the next minute comes, and every file is pushed."""
    few = make_key(make_subject(make_workspace()), per_minute=2)
    monkeypatch.setenv("LLMOPS_API_KEY", few)
    waits: list[float] = []

    def a_minute_passes(seconds: float) -> None:
        waits.append(seconds)
        rate_limit._limiter().storage.reset()

    monkeypatch.setattr(llmops_http, "time", SimpleNamespace(sleep=a_minute_passes))
    for name in ("one", "two", "three"):
        Path(f"{name}.md").write_text("{{ question }}\n")

        assert 0 == call("prompts", "push", f"{name}.md", "--prompt", f"many/{name}").code
    assert waits
    assert max(waits) <= 60
