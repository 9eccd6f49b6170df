"""The Python of the how-to pages runs as it stands."""

import pytest

from app.core.database import unit_of_work
from app.models import Prompt
from tests.docs.blocks import blocks
from tests.sdk.conftest import in_production
from tests.sdk.test_pytest_plugin import run as run_pytest
from tests.support.experiments import MOCK
from tests.support.fixtures import make_key, make_subject, make_workspace
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt

run = run_pytest


@pytest.fixture(scope="module")
def owner():
    """A workspace of its own, for the name the pages use."""
    return make_subject(make_workspace("Pages"))


@pytest.fixture(scope="module")
def key(owner, address, worker) -> str:
    secret = make_key(owner)
    made = make_prompt(owner, templates=[GROUNDED, UNGROUNDED], examples=3, model=MOCK)
    in_production(address, secret, made)
    with unit_of_work(owner.workspace_id) as session:
        session.get_one(Prompt, made.prompt_id).name = "support/answer"
    return secret


def test_the_client_does_what_its_page_says(address, key, monkeypatch, tmp_path, capsys):
    """All blocks, one after the other, in one program."""
    monkeypatch.setenv("LLMOPS_URL", address)
    monkeypatch.setenv("LLMOPS_API_KEY", key)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    program: dict[str, object] = {}
    for block in blocks("how-to/python-client.md", "python"):
        exec(compile(block, "python-client.md", "exec"), program)
    program["client"].close()
    said = capsys.readouterr().out

    assert "How long is the warranty?" in program["text"]
    assert (1, False) == (program["prompt"].version, program["prompt"].is_fallback)
    assert f"/experiments/{program['experiment'].id}" in said
    assert 6 == len(program["table"])


def test_the_tests_of_the_page_pass(run):
    """Two experiments, one judged by the server, and both meet what the page wants of them."""
    code, output = run("\n\n".join(blocks("how-to/pytest.md", "python")))

    assert 0 == code, output
    assert blocks("how-to/pytest.md", "text")[0].partition("http")[0] in output
    assert "similarity 1.000" in output
    assert "8 passed" in output
