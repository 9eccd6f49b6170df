"""Schemathesis against the whole document: what it says is what the API does, and nothing is a 500.

Right and wrong data for every operation, with an admin's key, with ids that exist half of the
time, against a real server. It is run as its own program: its pytest plugin lags behind pytest.
"""

import os
import subprocess
import sys
import urllib.request

import pytest

from tests.contracts.furnished import Furnished, Ids
from tests.contracts.operations import in_api
from tests.contracts.serving import Serving, serving

EXAMPLES = 15
CONFIG = """
[generation]
max-examples = {examples}
deterministic = true

[phases.coverage.generation]
mode = "negative"  # one violation of every keyword; what is right comes from the fuzzing phase

[phases.stateful]
enabled = false  # the document has no links

[checks.positive_data_acceptance]
enabled = false  # no schema says that an evaluator is unknown or that a template does not parse

[checks.ignored_auth]
enabled = false  # wrong keys are limited by address; test_public.py asks every operation

[[operations]]  # the last part of their path is another operation's id, which has more methods
include-operation-id = [
  "diff_versions", "export_golden_examples", "get_golden_facets", "get_outlook",
  "import_golden_examples", "import_human_labels"
]
checks.unsupported_method.enabled = false

{dictionaries}

[parameters]
"query.wait" = 0  # the one request that may take a minute
{parameters}
"""


def configuration(ids: Ids) -> str:
    known = {name: value for name, value in ids.items() if not name.startswith("second")}
    return CONFIG.format(
        examples=EXAMPLES,
        dictionaries="\n".join(f'[dictionaries.{k}]\nvalues = ["{v}"]' for k, v in known.items()),
        parameters="\n".join(
            f'"path.{name}" = {{ dictionary = "{name}", probability = 0.5 }}' for name in known
        ),
    )


@pytest.fixture(scope="module")
def own(furnished) -> Furnished:
    return furnished("Fuzzed")


@pytest.fixture(scope="module")
def api(stack):
    with serving(stack, LLMOPS_LOG_LEVEL="ERROR") as running:
        yield running


def _untraced() -> dict[str, str]:
    """Which lines of Schemathesis run is nobody's question, and asking costs a quarter of the time."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


@pytest.mark.timeout(900)  # under three minutes on a quiet machine
def test_the_api_keeps_its_document(own: Furnished, api: Serving, tmp_path):
    """No answer that is not declared, none that has another shape, and none that is a 500."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(configuration(own.ids))
    urllib.request.urlopen(f"{api.url}/openapi.json").close()  # made at the first request
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    options = ["-H", f"Authorization: Bearer {own.key}", "--no-color", "--warnings", "off"]
    done = subprocess.run(
        [*command, f"{api.url}/openapi.json", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=_untraced(),
        timeout=850,
    )

    log = api.log.read_text()

    assert 0 == done.returncode, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert f"Tested: {len(in_api())}\n" in done.stdout
    assert "Traceback" not in log
    assert '"level": "error"' not in log
