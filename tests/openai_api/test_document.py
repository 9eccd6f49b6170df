"""The page about OpenAI's client: its code runs as it stands."""

import re
import textwrap

import pytest

from app.accounts.subject import Scope
from app.openai_api.schemas import HARMLESS, IGNORED
from tests.docs.blocks import blocks
from tests.support.fixtures import make_key
from tests.support.stack import ROOT

PAGE = "how-to/openai-sdk.md"
TEMPLATE = "Answer from the manual only.\n\n{{ manual }}"


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a page of examples closes no client
def test_the_code_of_the_page_runs(address, subject, client, capsys, monkeypatch):
    """With a key that may no more than the page says, against the local model."""
    made = client.post(
        "/api/v1/prompts", json={"name": "support/answer", "template": TEMPLATE}
    ).json()
    (version,) = client.get(f"/api/v1/prompts/{made['id']}/versions").json()["items"]
    client.post(f"/api/v1/prompts/{made['id']}/versions/{version['id']}/activate")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    code = "\n".join(map(textwrap.dedent, blocks(PAGE, "python")))
    key = make_key(subject, frozenset({Scope.chat}))
    told: dict[str, object] = {}
    exec(code.replace("http://127.0.0.1:8000/v1", address).replace("llmops_…", key), told)
    told["client"].close()
    printed = capsys.readouterr().out
    runs = client.get("/api/v1/runs?source=gateway").json()["items"]

    assert runs[-1]["output"]
    assert runs[-1]["output"] in printed
    assert runs[1]["output"] in printed
    assert "prompt:support/answer@production" in printed
    assert re.search(r"^\d+ tokens$", printed, re.MULTILINE)
    assert f"{runs[0]['id']} 1" in printed
    assert 4 == len(runs)


def test_the_page_names_every_parameter_that_is_refused_or_ignored():
    """A client's author finds each by its name."""
    text = (ROOT / "docs" / PAGE).read_text(encoding="utf-8").partition("## What is not there")[2]
    refused, _, ignored = text.partition("Ignored")

    assert [] == [name for name in HARMLESS if f"`{name}`" not in refused]
    assert [] == [name for name in IGNORED if f"`{name}`" not in ignored]
