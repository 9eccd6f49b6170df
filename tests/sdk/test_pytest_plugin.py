"""The pytest plugin in real runs of pytest: one experiment, whatever happens to the tests."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from llmops import Client
from llmops.suite import Case, Suite, body

from tests.sdk.conftest import in_production
from tests.support.prompts import make_prompt

SUITE = """
import pytest

pytestmark = pytest.mark.llmops(prompt="{prompt}", set="qa-suite")


@pytest.mark.parametrize(
    "question, wanted",
    [pytest.param("Warranty?", "three", id="warranty"), pytest.param("Water?", "1.7", id="water")],
)
def test_answers(question, wanted, log_output, log_score):
    answer = "Three years." if question == "Warranty?" else "No idea."
    log_output(answer, latency_ms=12)
    log_score("politeness", 0.75, "no greeting")
    assert wanted in answer.lower()


def test_of_its_own():
    pass


@pytest.mark.skip(reason="later")
def test_later():
    pass


@pytest.fixture
def broken():
    raise RuntimeError("no database")


def test_that_cannot_start(broken):
    pass
"""
GOLDEN = """
import pytest

@pytest.mark.llmops(prompt="{prompt}", version=2, evaluators=["similarity"], repetitions=2,
                    min_mean=0.9)
def test_golden(golden, log_output):
    log_output(golden.expected_output)
"""
ALONE = """
import pytest

@pytest.mark.llmops(prompt="any", min_mean={least})
@pytest.mark.parametrize("number", [1, 2])
def test_number(number, log_score):
    log_score("half", 0.5)
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory, address, key):
    """`run(source, *arguments)`: pytest on a file in a folder under git; code and output.

    The other plugins that are installed stay out: loading them takes ten times as long.
    """
    caches = tmp_path_factory.mktemp("caches")

    def ran(source: str, *arguments: str, **environment: str) -> tuple[int, str]:
        folder = tmp_path_factory.mktemp("project")
        (folder / "test_suite.py").write_text(source)
        commit(folder)
        plugins = ["-p", "no:cacheprovider", "-p", "llmops.pytest_plugin", "-p", "xdist"]
        told = subprocess.run(
            [sys.executable, "-m", "pytest", *plugins, *arguments],
            cwd=folder,
            env=os.environ
            | {"LLMOPS_URL": address, "LLMOPS_API_KEY": key, "XDG_CACHE_HOME": str(caches)}
            | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
            | environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return told.returncode, told.stdout + told.stderr

    return ran


def commit(folder: Path) -> None:
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for arguments in (
        ["init", "-q", "-b", "trunk"],
        [*who, "commit", "-q", "--allow-empty", "-m", "x"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


@pytest.fixture(scope="module")
def prompt(owner, address, key, worker):
    made = make_prompt(owner, templates=["{{ question }}", "Now {{ question }}"], examples=2)
    in_production(address, key, made)
    return made


@pytest.fixture(scope="module")
def client(address, key):
    with Client(address, key, keep_copies=False) as made:
        yield made


def newest(client, prompt, number: int = 1) -> list[Any]:
    """What the last runs recorded, the newest first."""
    params = {"prompt": str(prompt.prompt_id), "limit": number}
    return client.http.call("GET", "/experiments", params=params)["items"]


@pytest.fixture(scope="module")
def twice(run, client, prompt):
    """Output and experiment of a run alone, and of one on two processes after a repair."""
    source = SUITE.format(prompt=prompt.name)
    alone = run(source)
    spread = run(source.replace('"No idea."', '"It holds 1.7 litres."'), "-n", "2")
    page = client.http.call("GET", "/experiments", params={"prompt": str(prompt.prompt_id)})
    assert 2 == page["total"], alone[1] + spread[1]
    later, earlier = page["items"]
    return [(*alone, earlier), (*spread, later)]


def test_a_run_is_one_experiment(client, twice):
    """With git's commit, each test by its stable id, each end in a state of its own."""
    code, output, found = twice[0]
    experiment = client.experiments.get(found["id"])
    (arm,) = experiment.arms
    rows = {(row.input_data.get("question"), row.evaluator): row for row in experiment.results()}
    passed = rows["Warranty?", "passed"]
    failed, polite = rows["Water?", "passed"], rows["Water?", "politeness"]

    assert 1 == code, output
    assert f"experiments/{experiment.id}" in output
    assert ("qa-suite", ["qa-suite"], "recorded") == (
        found["name"],
        found["tags"],
        found["trigger"],
    )
    assert (40, "trunk") == (len(found["git"]["sha"]), found["git"]["ref"])
    assert {"scored": 3, "provider_error": 1} == {name: n for name, n in arm.states.items() if n}
    assert ("Three years.", 1, 12) == (passed.output, passed.score, passed.latency_ms)
    assert (0, True) == (failed.score, "assert" in failed.reason)
    assert (0.75, "no greeting") == (polite.score, polite.reason)


def test_processes_of_xdist_are_one_experiment(client, twice):
    """And the same test is the same example in both runs, so that they can be compared."""
    earlier, later = [client.experiments.get(found["id"]).results() for *_, found in twice]

    assert {row.example_id for row in earlier} == {row.example_id for row in later}
    assert (2, 3) == tuple(
        sum(row.score or 0 for row in rows if row.evaluator == "passed")
        for rows in (earlier, later)
    )


def test_golden_examples_are_judged_by_the_server(run, client, prompt):
    """Each golden example twice, the outputs judged there, the criterion met by its statistics."""
    code, output = run(GOLDEN.format(prompt=prompt.name))
    (found,) = newest(client, prompt)
    experiment = client.experiments.get(found["id"])
    rows = experiment.results()

    assert 0 == code, output
    assert "similarity 1.000" in output
    assert "n=2" in output
    assert {str(example) for example in prompt.example_ids} == {str(row.example_id) for row in rows}
    assert ({0, 1}, {2}) == ({row.repeat for row in rows}, {row.version_number for row in rows})


def test_a_criterion_that_is_not_met_fails_the_run(run, prompt):
    """Although all tests pass; and the sentence says by how much."""
    source = GOLDEN.format(prompt=prompt.name).replace("golden.expected_output", '"?"')
    code, output = run(source)

    assert 1 == code
    assert "4 passed" in output
    assert "FAILED, similarity is 0." in output
    assert "at least 0.9 is wanted" in output


@pytest.mark.parametrize(
    ("least", "code", "told"),
    [
        ("0.9", 0, "half 0.500 n=2, passed 1.000 n=2; not recorded: LLMOPS_TRACKING is off"),
        ('{"half": 0.6}', 1, "half is 0.500 (n=2), at least 0.6 is wanted"),
        ('{"unknown": 0.1}', 1, "unknown has no score"),
    ],
)
def test_without_tracking_nothing_is_sent(run, least, code, told):
    """Nobody listens at the address, and the criteria are held against the run's own means."""
    found, output = run(
        ALONE.format(least=least), LLMOPS_TRACKING="0", LLMOPS_URL="http://127.0.0.1:9"
    )

    assert code == found, output
    assert told in output


def test_golden_examples_without_tracking_come_from_the_last_copy(run, prompt, tmp_path):
    """And a run that never had them is refused, not green."""
    source = GOLDEN.format(prompt=prompt.name).replace('["similarity"]', "[]")
    away = {"LLMOPS_TRACKING": "0"}
    never, told = run(source, **away, XDG_CACHE_HOME=str(tmp_path))
    run(source)
    offline, output = run(source, **away)

    assert 0 != never
    assert "no copy is on disk" in told
    assert 0 == offline, output
    assert "passed 1.000 n=2" in output


def test_a_server_that_is_away_is_said(run):
    """The tests decide then, and the criteria by the run's own means."""
    code, output = run(ALONE.format(least="0.9"), LLMOPS_URL="http://127.0.0.1:9")

    assert 0 == code, output
    assert "not recorded: The server at http://127.0.0.1:9 does not answer" in output


def test_judging_that_is_late_is_no_reason_to_say_nothing_was_recorded(run, client, prompt):
    """The page is named, and a criterion nobody has judged yet is not met."""
    impatient = "import llmops.session\nllmops.session.PATIENCE_S = 0\n"
    code, output = run(impatient + GOLDEN.format(prompt=prompt.name))
    (found,) = newest(client, prompt)

    assert 1 == code, output
    assert f"/experiments/{found['id']} (recorded; its judging did not end yet: " in output
    assert "similarity has no score" in output


def test_a_worker_that_dies_loses_its_own_test(run, client, prompt):
    """The others are recorded, and the lost one is a case without a score."""
    source = SUITE.format(prompt=prompt.name) + (
        "\ndef test_that_kills():\n    import os\n    os._exit(3)\n"
    )
    code, output = run(source, "-n", "1", "-k", "own or kills")
    (found,) = newest(client, prompt)
    states = client.experiments.get(found["id"]).arms[0].states
    rows = client.experiments.get(found["id"]).results(only="errors")

    assert 1 == code, output
    assert (1, 1) == (states["scored"], states["provider_error"])
    assert ["The process that ran this test ended before the test did."] == [
        row.error for row in rows
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [("set='x'", "needs prompt"), ("prompt='x', repetition=2", "does not know repetition")],
)
def test_a_marker_with_a_typo_is_a_usage_error(run, arguments, told):
    """Before anything runs."""
    code, output = run(f"import pytest\n@pytest.mark.llmops({arguments})\ndef test_x(): pass\n")

    assert 0 != code
    assert told in output
    assert "1 passed" not in output


def test_the_payload_is_plain_json():
    """What travels between processes is text, numbers and lists."""
    suite = Suite(prompt="p", set="s" * 300, evaluators=("exact", {"name": "length"}))
    cases = [
        Case(key="k", repeat=0, test="t1", example_id="e", error=None, output="x"),
        Case(key="k2", repeat=1, test="t2", example_id="e"),
    ]
    sent = body(suite, cases, None)

    assert ["k", "k2"] == [case["key"] for case in sent["cases"]]
    assert (200, []) == (len(sent["experiment_name"]), sent["tags"])
    assert json.loads(json.dumps(sent)) == sent


def test_the_plugin_is_found_by_pytest():
    """Installed with the client, it is loaded by its entry point."""
    (found,) = entry_points(group="pytest11", name="llmops")

    assert "llmops.pytest_plugin" == found.value
