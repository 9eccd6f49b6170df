"""The page about imports: its suite is imported as it stands and becomes what the page says."""

import re

from app.imports.promptfoo_checks import MAPPED
from tests.docs.blocks import blocks
from tests.imports.sending import report
from tests.support.stack import ROOT

PAGE = "how-to/importing.md"


def test_the_suite_of_the_page_becomes_what_it_says(client):
    """Prompt, model, evaluators, and the line of the report."""
    (suite,), (line,) = blocks(PAGE, "yaml"), blocks(PAGE, "text")
    told = report(client, suite, "promptfooconfig.yaml")
    (left,) = told["not_imported"]

    assert ["capitals"] == [prompt["name"] for prompt in told["prompts"]]
    assert (1, 2) == (len(told["versions"]), told["golden_examples"])
    assert ["openai:gpt-5-mini"] == told["models"]
    assert ["exact", "rubric", "contains"] == [judge["name"] for judge in told["evaluators"]]
    assert f"{left['where']} {left['what']}: {left['why']}".startswith(line.strip())


def test_the_page_names_every_assertion_that_is_imported():
    """Each in the table, the `i` forms by a word."""
    text = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z-]+)`", text))
    forms = {f"i{name}" for name in ("contains-all", "contains-any")}

    assert MAPPED.keys() <= named | forms
