"""Experiments from the command line: left, found again, steered, compared, promoted."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.cli import following, watching
from tests.cli.live import BROKEN, PROMPT, connected, repository, url

__all__ = ["connected", "repository", "url"]


@pytest.fixture
def slow(provider):
    """A model that takes long enough to be interrupted."""
    provider.configure(latency=0.3)
    return "openai:mock-gen"


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """A shell lets its background jobs ignore Ctrl-C, and this process may be one."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_when_drawn(monkeypatch, sign: int = signal.SIGINT) -> None:
    """Ctrl-C as soon as there is progress to be seen, once."""
    drawn = following.ProgressLine.text

    def text(*arguments: object) -> str:
        monkeypatch.setattr(following.ProgressLine, "text", drawn)
        signal.raise_signal(sign)
        return ""

    monkeypatch.setattr(following.ProgressLine, "text", text)


def named_in(text: str) -> str:
    """The experiment that a sentence says how to wait for."""
    return text.split("--resume ")[1].split(maxsplit=1)[0]


def api(path: str, body: object = None) -> dict:
    with httpx2.Client(trust_env=False) as client:
        answer = client.request(
            "POST" if body is not None else "GET",
            f"{os.environ['LLMOPS_URL']}/api/v1{path}",
            json=body,
            headers={"X-API-Key": os.environ["LLMOPS_API_KEY"]},
        )
    assert answer.is_success, answer.text
    return answer.json()


def test_an_interrupted_run_goes_on_and_is_found_again(call, repository, slow, monkeypatch):
    """130 and the command that waits for it; resumed, it comes to its end."""
    interrupt_when_drawn(monkeypatch)
    left = call("run", "--models", slow, "--limit", 12, "-j", 4, "-o", "left.md")
    again = call("run", "--resume", named_in(left.err), "-o", "left.md")
    listed = json.loads(call("experiments", "list", "--prompt", PROMPT, "--json").out)

    assert (130, "") == (left.code, left.out)
    assert "The experiment goes on" in left.err
    assert 0 == again.code
    assert again.out.startswith("COMPLETED  one version, nothing to compare it with")
    assert "mock-gen" in Path("left.md").read_text()
    assert [(named_in(left.err), "completed")] == [(row["id"], row["status"]) for row in listed]


def test_an_interruption_may_cancel(call, repository, slow, monkeypatch):
    """As a CI server cancels a job; a cancelled experiment is 3, and its rest can be retried."""
    interrupt_when_drawn(monkeypatch, signal.SIGTERM)
    ended = call("run", "--models", slow, "--limit", 12, "-j", 1, "--cancel-on-interrupt")
    found = json.loads(call("experiments", "list", "--json").out)[0]
    waited = call("experiments", "wait", found["id"])
    shown = call("experiments", "show", found["id"])
    again = call("experiments", "cancel", found["id"])
    retried = call("run", "--resume", found["id"], "--retry-failed", "--json", "--timeout", 60)

    assert 130 == ended.code
    assert "cancelled; what is done is kept" in ended.err
    assert ("cancelled", 3) == (found["status"], waited.code)
    assert "CANCELLED" in shown.out
    assert 2 == again.code
    assert 0 == retried.code, retried.err
    assert 12 == json.loads(retried.out)["experiments"][0]["status"]["progress"]["scored"]


def test_a_run_that_stopped_at_its_cost_goes_on_with_more(call, repository, slow):
    """Below what is spent is 2 and a sentence; with more money only what is missing is asked."""
    stopped = call("run", "--models", slow, "--limit", 12, "-j", 1, "--max-cost", 0.0009, "--json")
    found = json.loads(stopped.out)["experiments"][0]["status"]
    less = call("run", "--resume", found["experiment_id"], "--max-cost", 0.000001)
    more = call("run", "--resume", found["experiment_id"], "--max-cost", 1, "--json")
    whole = json.loads(more.out)["experiments"][0]["status"]

    assert found["progress"]["budget_skipped"] > 0
    assert 2 == less.code
    assert "USD already; send that or more" in less.err
    assert 0 == more.code, more.err
    assert (12, "1") == (whole["progress"]["scored"], whole["max_cost_usd"])


def test_a_detached_run_is_waited_for_not_forever(call, repository, slow):
    """The id alone on stdout; waiting has an end of its own, which is 3; then it is cancelled."""
    left = call("run", "--models", slow, "-j", 1, "--detach", "--title", "in passing")
    late = call("experiments", "wait", left.out.strip(), "--timeout", 1)
    cancelled = call("experiments", "cancel", left.out.strip())
    table = call("experiments", "list", "--status", "cancelled")

    assert [0, 3, 0, 0] == [left.code, late.code, cancelled.code, table.code]
    assert named_in(late.err) == left.out.strip()
    assert cancelled.out.startswith("Cancelled with ")
    assert "in passing" in table.out


def test_a_run_that_takes_too_long_is_found_again(call, repository, slow):
    """3, and the entry has its id and page: it goes on without anybody waiting."""
    late = call("run", "--models", slow, "-j", 1, "--timeout", 1, "--json")
    entry = json.loads(late.out)["experiments"][0]
    call("experiments", "cancel", entry["experiment_id"])

    assert (3, 3, None) == (late.code, entry["exit_code"], entry["status"])
    assert entry["experiment_id"] == named_in(late.err)
    assert entry["url"].endswith(entry["experiment_id"])
    assert "has not ended within 1 s" in entry["sentence"]


def test_waiting_leaves_a_paused_experiment_paused(call, repository, slow):
    """Whoever paused it had a reason; `run --resume` is what goes on."""
    left = call("run", "--models", slow, "-j", 1, "--limit", 12, "--detach").out.strip()
    api(f"/experiments/{left}/pause", {})
    waited = call("experiments", "wait", left, "--timeout", 1)
    still = api(f"/experiments/{left}/status")["status"]
    resumed = call("run", "--resume", left)

    assert (3, "paused", 0) == (waited.code, still, resumed.code)
    assert "paused, goes on when it is resumed" in waited.err


def test_watching_runs_again_when_a_file_changes(call, repository, monkeypatch):
    """Until Ctrl-C, which is 130."""
    prompt = repository / "prompts" / "support-answer.md"
    edits = iter([lambda: prompt.write_text(BROKEN), lambda: signal.raise_signal(signal.SIGINT)])

    def pause() -> None:
        next(edits)()

    monkeypatch.setattr(watching, "_pause", pause)
    watched = call("run", "--watch", "--limit", 2)

    assert 130 == watched.code
    assert 2 == watched.out.count("COMPLETED  one version")
    assert "support/answer v2: saved from prompts/support-answer.md" in watched.err


def test_watching_outlives_a_mistake(call, repository, monkeypatch):
    """In a template and in llmops.yaml it is told; the next change, to either, is run."""
    prompt, config = repository / "prompts" / "support-answer.md", repository / "llmops.yaml"
    good = config.read_text()
    edits = iter(
        [
            lambda: prompt.write_text("{% if question %}"),
            lambda: config.write_text("odd: 1\n"),
            lambda: prompt.write_text(BROKEN),
            lambda: config.write_text(f"{good}\n# again\n"),
            lambda: signal.raise_signal(signal.SIGINT),
        ]
    )

    def pause() -> None:
        next(edits)()

    monkeypatch.setattr(watching, "_pause", pause)
    watched = call("run", "--watch", "--limit", 2)

    assert 130 == watched.code
    assert 2 == watched.out.count("COMPLETED  one version")
    assert "support-answer.md, line 1 of its text: " in watched.err
    assert "unknown key `odd`" in watched.err


def test_a_release_and_its_way_back(call, repository):
    """Planned, run, promoted, refused by the gate with its verdict, bisected, rolled back."""
    prompt = repository / "prompts" / "support-answer.md"
    plan = call("plan", "--repeats", 2)
    first = call("labels", "move", PROMPT, "latest", "--reason", "first")
    prompt.write_text(BROKEN)
    row = api(f"/prompts/named/{PROMPT}")
    gate = {"prompt_id": row["id"], "name": "release", "label": "production"}
    api("/gates", gate)
    (repository / "llmops.yaml").write_text(
        (repository / "llmops.yaml").read_text().split("gate:")[0] + "gate: {name: release}\n"
    )
    bad = call("run", "--json", "-o", "r.json")
    result = json.loads(bad.out)["experiments"][0]
    refused = call("labels", "move", PROMPT, "v2")
    told = call("labels", "move", PROMPT, "v2", "--json")
    forced = call("labels", "move", PROMPT, "v2", "--override", "--reason", "for the test")
    compared = call("compare", f"{PROMPT}@v1", "v2")
    by_id = call(
        "compare", result["experiment_id"] + ":0", result["experiment_id"] + ":1", "--json"
    )
    found = call("bisect", PROMPT, "--good", "v1", "--bad", "2")
    as_json = call("bisect", PROMPT, "--good", "v1", "--bad", "2", "--json")
    back = call("labels", "rollback", PROMPT, "--reason", "worse")
    moves = json.loads(call("labels", "history", PROMPT, "--json").out)
    stands = call("labels", "list", PROMPT)

    assert ["support/answer", "80", "160"] == plan.out.splitlines()[1].split()[:3]
    assert [0, 1, 1, 1, 0] == [c.code for c in (first, bad, refused, told, forced)], refused.err
    assert result["status"]["gate"] == "release"
    assert json.loads(Path("r.json").read_text()) == result
    assert refused.out.startswith("REFUSED  The gate 'release' protects production: v2 is worse")
    assert "REGRESSION  v2 is worse than v1" in refused.out
    assert "regression" == json.loads(told.out)["verdict"]["verdict"]
    assert (1, 1) == (compared.code, by_id.code)
    assert compared.out.startswith("REGRESSION  v2 is worse than v1")
    assert (
        result["status"]["verdict"]["sentence"] == json.loads(by_id.out)["verdicts"][0]["sentence"]
    )
    assert 0 == found.code, found.err
    assert json.loads(as_json.out)["result"]["sentence"] == found.out.splitlines()[0]
    assert 0 == back.code, back.err
    assert [1, 2, 1] == [move["to_number"] for move in moves]
    assert ["production", "v1", "v2"] == stands.out.splitlines()[1].split()[:3]


def test_a_prompt_is_asked_once(call, repository):
    """Streamed, at once, and as JSON; variables from the line, a file and JSON."""
    pushed = call("plan", "--limit", 1)
    article = repository / "article.txt"
    article.write_text("You can pause your plan for at most 90 days.")
    asked = (
        f"{PROMPT}@latest",
        "--var",
        "question=How long may I pause?",
        "--var",
        f"article=@{article}",
    )
    plain = call("play", *asked)
    streamed = call("play", *asked, "--stream")
    full = call(
        "play", *asked[:-1], 'article:="You can pause your plan for at most 90 days."', "--json"
    )
    missing = call("play", f"{PROMPT}@v1")
    none = call("play", f"{PROMPT}@v9")

    assert [0, 0, 0, 0] == [c.code for c in (pushed, plain, streamed, full)], plain.err
    assert plain.out == streamed.out
    assert "90 days" in plain.out
    assert "tokens in" in plain.err
    assert "90 days" in json.loads(full.out)["output"]
    assert [2, 2] == [missing.code, none.code]
    assert "question" in missing.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--retry-failed"),
        ("run", "--watch", "--detach"),
        ("play", PROMPT, "--stream", "--json"),
        ("play", PROMPT, "--var", "question"),
        ("play", PROMPT, "--var", "question:={"),
        ("compare", "nothing", "at-all"),
        ("compare", *"abcdefghij"),
        ("labels", "rollback", PROMPT, "--reason", "x"),
        ("experiments", "show", "0199c4c8-5b5e-7cc0-a3b4-9f1d2c3e4f50"),
    ],
)
def test_what_makes_no_sense_is_2(call, connected, arguments):
    """Before anything is asked of a model."""
    answer = call(*arguments)

    assert (2, "") == (answer.code, answer.out)
    assert answer.err.startswith("llmops: ")
