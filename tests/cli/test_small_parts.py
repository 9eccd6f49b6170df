"""What the running verbs are made of: codes, git, files, endings, a stream that breaks."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from llmops.errors import ApiError
from llmops.http import Http

from app.cli import (
    choices,
    exit_codes,
    git_refs,
    kept_key,
    outputs,
    pushing,
    running,
    sides,
)
from app.cli import server as servers
from app.cli.asking import _rule
from app.cli.server import Server, told
from app.core.errors import NotFound
from app.embedded import stack, state
from app.embedded.errors import CannotStart, Misconfigured
from tests.cli.live import connected, git, url
from tests.support.fixtures import make_key, make_subject, make_workspace

__all__ = ["connected", "url"]
ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"httpx2", "openai", "anthropic", "pandas", "scipy", "sqlalchemy", "yaml"}


@pytest.mark.parametrize("verb", [(), ("run",)])
def test_help_loads_no_library_of_weight(verb):
    """Not that of the commands together, nor of the one with the most options."""
    code = (
        f"import sys\nfrom app.cli.main import main\nsys.argv = {['llmops', *verb, '--help']}\n"
        "try:\n    main()\nexcept SystemExit:\n    print(*sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert set() == HEAVY & {name.partition(".")[0] for name in found.stdout.split()}


@pytest.mark.parametrize(
    ("ruling", "strict", "code"),
    [
        ("pass", True, 0),
        ("regression", False, 1),
        ("inconclusive", False, 0),
        ("inconclusive", True, 4),
        ("invalid", False, 3),
        ("not_comparable", False, 3),
        ("budget_exhausted", False, 3),
        ("something_newer", False, 3),
    ],
)
def test_a_ruling_has_its_code(ruling, strict, code):
    """One this version does not know is no pass."""
    assert code == exit_codes.of_ruling(ruling, strict=strict)


def status(state: str, *rulings: str, strict: bool = False) -> dict:
    return {
        "status": state,
        "error": "ended so",
        "verdict": {"strict": strict} if rulings else None,
        "comparisons": [
            {"verdict": ruling, "sentence": f"{rulings[:place].count(ruling)}: {ruling}"}
            for place, ruling in enumerate(rulings)
        ],
    }


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (status("completed"), 0),
        (status("completed_with_errors"), 3),
        (status("failed", "pass"), 3),
        (status("cancelled"), 3),
        (status("completed", "pass", "invalid", "regression"), 1),
        (status("completed", "pass", "inconclusive", strict=True), 4),
        (status("completed", "pass", "inconclusive"), 0),
    ],
)
def test_an_experiment_has_the_gravest_of_its_codes(found, code):
    """A regression outweighs what could not be compared; errors without a verdict are no pass."""
    assert code == exit_codes.of_status(found, strict=False)


def test_report_only_hides_verdicts_and_no_interruption():
    """--exit-zero."""
    manner = running.Manner(exit_zero=True)

    assert [0, 0, 130] == [manner.code(code) for code in (1, 3, 130)]


@pytest.mark.parametrize(
    ("found", "ruling"),
    [
        (status("completed", "pass", "invalid", "regression"), "regression"),
        (status("completed", "pass", "inconclusive"), "inconclusive"),
        (status("completed"), None),
        (status("cancelled", "pass"), None),
    ],
)
def test_an_entry_says_what_its_code_says(found, ruling):
    """The ruling and sentence of the gravest comparison, whatever the newest version's are."""
    code = exit_codes.of_status(found, strict=False)
    entry = running._result(running.About(prompt="p"), code, status=found)
    sentence = f"0: {ruling}" if ruling else "ended so"

    assert (ruling, sentence) == (entry["ruling"], entry["sentence"])


def test_the_first_of_several_equals_is_told():
    """As they are listed, newest version first."""
    found = exit_codes.decisive(status("completed", "pass", "regression", "regression"))

    assert found is not None
    assert "0: regression" == found["sentence"]


def test_ci_says_which_commit_this_is(tmp_path):
    """GitHub's and GitLab's variables; outside of both and of git, nothing."""
    github = {
        "GITHUB_SHA": "a1",
        "GITHUB_REF": "refs/pull/12/merge",
        "GITHUB_HEAD_REF": "shorter",
        "GITHUB_REF_NAME": "12/merge",
    }
    gitlab = {"CI_COMMIT_SHA": "b2", "CI_COMMIT_REF_NAME": "main", "CI_MERGE_REQUEST_IID": "7"}

    assert {"sha": "a1", "ref": "shorter", "pr": 12} == git_refs.told(tmp_path, github)
    assert {"sha": "b2", "ref": "main", "pr": 7} == git_refs.told(tmp_path, gitlab)
    assert git_refs.told(tmp_path, {}) is None


def test_git_is_asked_for_nothing_it_could_take_for_an_option(tmp_path):
    """Nor for files outside of the folder; where there is no git, there is no commit."""
    assert git_refs.commit_of("--output=x", tmp_path) is None
    with pytest.raises(Misconfigured, match="outside of the folder"):
        git_refs.file_at("HEAD", "../../etc/passwd", tmp_path)


def test_a_file_git_cannot_show_is_not_a_file_that_is_not_there(tmp_path, monkeypatch):
    """One that is new has no base; one whose content is missing must not look like it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("Answer.")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    blob = git("rev-parse", "HEAD:a.md").strip()
    shown = git_refs.file_at("HEAD", "a.md", tmp_path)
    new = git_refs.file_at("HEAD", "b.md", tmp_path)
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    assert ("Answer.", None) == (shown, new)
    with pytest.raises(CannotStart, match=r"git cannot show a\.md at HEAD"):
        git_refs.file_at("HEAD", "a.md", tmp_path)


def test_a_rule_is_read_both_ways():
    """Up for what should rise, down for what should fall; anything else is refused."""
    assert {"metric": "correctness", "direction": "higher", "margin": 0.02} == _rule(
        "correctness >= base - 0.02"
    )
    assert {"metric": "failure", "direction": "lower", "margin": 0.1} == _rule("failure<=base+0.1")
    for wrong in ("score >= base + 0.1", "score >= base", "score > base", "score >= base - 2"):
        with pytest.raises(Misconfigured):
            _rule(wrong)


@pytest.mark.parametrize("error", [Misconfigured("no"), NotFound("no"), ZeroDivisionError()])
def test_an_error_is_no_regression(error):
    """Whatever it is: 1 is a verdict's."""
    assert exit_codes.of_error(error) in {exit_codes.USAGE, exit_codes.COULD_NOT_COMPLETE}


@pytest.mark.parametrize("tag", ["alone", "=v", "k=", "k=" + "v" * 63])
def test_a_tag_is_a_pair(tag):
    """Of at most 64 characters."""
    with pytest.raises(Misconfigured):
        choices.tag_of(tag)


def test_results_of_several_prompts_get_files_of_their_own(tmp_path):
    """Named after the prompt, before the ending; where nothing ran they say so."""
    result = {"prompt": "support/answer", "experiment_id": None, "sentence": "a < b"}
    server = Server(http=None, url="")  # type: ignore[arg-type] # is not asked
    files = [tmp_path / "r.junit.xml", tmp_path / "r.json", tmp_path / "r.html"]
    outputs.write(server, result, files, one_of_many=True)

    assert result == json.loads((tmp_path / "r.support-answer.json").read_text())
    assert '<testsuites tests="0"/>' in (tmp_path / "r.support-answer.junit.xml").read_text()
    assert "<p>a &lt; b</p>" in (tmp_path / "r.support-answer.html").read_text()


def test_a_refusal_is_told_with_its_fields():
    """And its number, where it is the server's own fault."""
    wrong = ApiError(422, "invalid", "", "Two things.", [{"pointer": "#/a", "detail": "No."}])
    broken = ApiError(500, "internal_error", "", "Ours.", request_id="r1")

    assert "Two things.\n  #/a: No." == told(wrong)
    assert "Ours. (request r1)" == told(broken)


def test_no_code_at_all_is_no_pass():
    """Nor is a code that nobody here gives."""
    for codes in ([], [0, 7]):
        with pytest.raises(ValueError, match=r"empty|not in tuple"):
            exit_codes.gravest(codes)


def test_a_name_stays_a_name_in_an_address():
    """`a?b` is no prompt `a` with something behind it: nothing is done to another prompt."""
    asked = []

    def call(_method: str, path: str, **_: object) -> object:
        asked.append(path)
        raise ApiError(404, "not_found", "", "There is none.")

    server = Server(SimpleNamespace(call=call), url="")  # type: ignore[arg-type] # by its shape

    assert pushing.find_prompt(server, "team/a?b") is None
    assert sides.find_version(server, "team/a?b", "v2") is None
    assert ["/prompts/named/team/a%3Fb", "/prompts/by-name/team/a%3Fb@2"] == asked


def test_what_is_no_selector_is_not_asked_for():
    """A git ref with a slash can be no label."""
    server = Server(http=None, url="")  # type: ignore[arg-type] # is not asked

    assert sides.find_version(server, "p", "feature/x") is None


# --- a server of its own ---


@pytest.fixture
def on_its_own(tmp_path, monkeypatch):
    """No server is named, and this is a folder without one."""
    monkeypatch.chdir(tmp_path)
    for name in ("LLMOPS_URL", "LLMOPS_API_KEY", "LLMOPS_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / ".llmops"


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("alone")
def test_alone_it_starts_a_server_and_leaves(call, tmp_path):
    """`init` and `run` in an empty folder: a server for the while, hidden from git."""
    made, again = call("init"), call("init")
    detached = call("run", "--detach")
    ran = subprocess.run(
        [sys.executable, "-m", "app", "run", "--limit", "3", "--json"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert 0 == ran.returncode, ran.stderr
    result = json.loads(ran.stdout)["experiments"][0]

    assert [0, 2, 2] == [made.code, again.code, detached.code]
    assert "llmops.yaml, prompts/support-answer.md" in again.err
    assert "llmops up" in detached.err
    assert 3 == result["status"]["progress"]["scored"]
    assert "*\n" == (tmp_path / ".llmops" / ".gitignore").read_text()
    assert (tmp_path / ".llmops" / "cli-key").read_text().startswith("llmops_")


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("more", "said", "status"),
    [
        (["--cancel-on-interrupt"], "cancelled; what is done is kept", "cancelled"),
        ([], "What is done is kept; go on with: llmops run --resume ", "running"),
    ],
)
def test_alone_an_interruption_is_130(call, tmp_path, more, said, status):
    """As on a server that is named: JSON, the sentence, and cancelled first where that is asked."""
    call("init")
    command = [sys.executable, "-m", "app", "run", "-j", "1", "--repeats", "50", "--json", *more]
    started = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with started as ran:
        told = next(line for line in ran.stderr if line.startswith("support/answer  "))
        ran.terminate()
        out, err = ran.communicate(timeout=120)
    entry = json.loads(out)["experiments"][0]
    found = json.loads(call("experiments", "list", "--json").out)

    assert "cost" in told or "$" in told
    assert (130, 130) == (ran.returncode, entry["exit_code"]), err
    assert said in err
    assert [(entry["experiment_id"], status)] == [(row["id"], row["status"]) for row in found]


def test_a_stack_that_runs_in_the_folder_is_used(call, connected, monkeypatch, tmp_path):
    """With the key that is kept there."""
    address, folder = os.environ["LLMOPS_URL"], tmp_path / "mine"
    monkeypatch.delenv("LLMOPS_URL")
    folder.mkdir()
    (folder / "cli-key").write_text(f"{connected}\n")
    there = SimpleNamespace(url=address, environment={}, phase=state.Phase.ready)
    monkeypatch.setattr(state, "read_running", lambda _: there)
    answer = call("experiments", "list", "--data-dir", folder)

    assert (0, "ID  STARTED  STATUS  VERDICT  COST  NAME\n") == (answer.code, answer.out)


def test_a_job_on_a_stack_that_runs_in_the_folder_is_stopped_too(connected, monkeypatch, tmp_path):
    """SIGTERM is Ctrl-C there as well: the work hears of it."""
    monkeypatch.delenv("LLMOPS_URL")
    there = SimpleNamespace(url="http://127.0.0.1:9", environment={}, phase=state.Phase.ready)
    monkeypatch.setattr(state, "read_running", lambda _: there)
    monkeypatch.setattr(servers, "_own_key", lambda _: connected)

    with pytest.raises(KeyboardInterrupt):
        servers.run(None, tmp_path / "mine", lambda _: signal.raise_signal(signal.SIGTERM) or 0)


def test_a_kept_key_lets_a_whole_repository_through(connected, tmp_path):
    """One that may ask too seldom is replaced; what replaces it is kept."""
    (tmp_path / "cli-key").write_text(make_key(make_subject(make_workspace()), per_minute=60))
    here = stack.Running(
        url=os.environ["LLMOPS_URL"], data_dir=tmp_path, environment=dict(os.environ)
    )
    key = kept_key.of(here, "cli-key", "command line")
    again = kept_key.of(here, "cli-key", "command line")
    with Http(here.url, key) as http:
        limit = http.call("GET", "/me")["rate_limit"]["per_minute"]

    assert key == again
    assert kept_key.PER_MINUTE == limit


def test_ci_stops_a_job_by_sigterm(monkeypatch):
    """It is told as Ctrl-C is, and only while the command works."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), servers._stopped_as_interrupted():
        signal.raise_signal(signal.SIGTERM)

    assert before == signal.getsignal(signal.SIGTERM)
