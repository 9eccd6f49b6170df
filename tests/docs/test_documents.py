"""Hand-written pages name only what is there: links, targets, commands, settings, paths, states."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

from app.evaluators.base import ScoreState, names
from app.main import create_app
from app.models import Base, CaseState, ExperimentStatus
from scripts.reference.commands import helps
from scripts.reference.settings import settings
from tests.support.stack import ROOT

PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if path.parent.name != "reference"
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# variables of the compose file and of the demo, and of the client, which are no settings
OTHER_NAMES = {"LLMOPS_PORT", "LLMOPS_TAG"} | {
    "LLMOPS_URL",
    "LLMOPS_API_KEY",
    "LLMOPS_TRACKING",
}


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The anchors a page's headings get."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def paths_of_the_api() -> frozenset[str]:
    """With a star for each parameter; the document takes seconds to make."""
    return frozenset(re.sub(r"\{\w+\}", "*", path) for path in create_app().openapi()["paths"])


def of_page(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_link_leads_somewhere(page):
    """Files by their path, headings by their anchor; other sites are not asked."""
    broken = []
    for link in LINK.findall(text_of(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert [] == broken


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_make_target_is_one(page):
    """In code and in prose: `make demo`."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z][a-z-]*)\b", text_of(page)))

    assert set() == named - targets


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_command_is_one(page):
    """`llmops keys create` and its like; a group may be named without its command."""
    named = re.findall(r"(?:`|\$ |bin/|migrate )(llmops(?: [a-z-]+){1,2})\b", text_of(page))
    known = {path for path, _ in helps()}

    assert [] == [
        found for found in named if found not in known and " ".join(found.split()[:2]) not in known
    ]


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_setting_is_one(page):
    """By any of its names, or as the path of a file."""
    known = {name for setting in settings() for name in setting.names}
    known |= {f"{name}_FILE" for name in known} | OTHER_NAMES
    named = set(re.findall(r"\b(?:LLMOPS|OPENAI|ANTHROPIC|HF)_[A-Z_]+\b", text_of(page)))

    assert set() == named - known


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_path_of_the_api_is_one(page):
    """With variables of the shell or in braces where the API has a parameter."""
    paths = paths_of_the_api()
    named = re.findall(r"/api/v1(?:/[\w${}./-]*\w)?\}?", text_of(page))
    spelled = [re.sub(r"\$\w+|\{\w+\}", "*", path) for path in named]

    assert [] == [path for path in spelled if path not in paths and path != "/api/v1"]


@pytest.mark.parametrize("states", [ExperimentStatus, CaseState, ScoreState], ids=str)
def test_every_state_is_explained(states):
    """A reader who meets a state finds it on the page of concepts."""
    page = text_of(ROOT / "docs" / "concepts.md")

    assert [] == [state.value for state in states if f"`{state.value}`" not in page]


def test_the_erasure_map_has_every_table():
    """A new table needs its line, and a line its table."""
    page = text_of(ROOT / "docs" / "decisions" / "0008-erasure-map.md")

    assert set(Base.metadata.tables) == set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=of_page)
def test_a_decision_is_one_page_of_four_parts(page):
    """Context of at most four sentences, a decision of at most two, consequences, alternatives."""
    parts = dict(
        re.findall(r"^## ([^\n]+)\n\n(.*?)(?=^## |\Z)", text_of(page), re.MULTILINE | re.DOTALL)
    )

    assert ["Context", "Decision", "Consequences", "Alternatives"] == [
        name for name in parts if name != "The map"
    ]
    assert len(re.findall(r"[.?!](?=\s|$)", parts["Context"])) <= 4
    assert len(re.findall(r"[.?!](?=\s|$)", parts["Decision"])) <= 2
    prose = [line for line in text_of(page).splitlines() if not line.startswith("|")]
    assert len(prose) <= 80


def test_every_decision_is_listed():
    """In order, and none is missing."""
    index = text_of(ROOT / "docs" / "decisions" / "README.md")

    assert [page.name for page in DECISIONS] == re.findall(r"\]\((0[^)]+)\)", index)


def test_the_read_me_shows_the_demo():
    """A capture stands between its markers: three versions, all cases."""
    page = text_of(ROOT / "README.md")
    capture = re.search(r"<!-- demo: begin.*?<!-- demo: end -->", page, re.DOTALL)

    assert capture
    assert "120/120 cases" in capture[0]
    assert "not a language model" in capture[0]
    assert "llmops_test_…" in capture[0]


def test_counts_and_versions_in_the_text_are_right():
    """Numbers that are spelled out go stale first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    compose = yaml.safe_load((ROOT / "docker-compose.prod.yml").read_text(encoding="utf-8"))

    assert 24 == len(names())
    assert "Twenty-four evaluators" in text_of(ROOT / "README.md")
    assert f"## {project['version']}" in text_of(ROOT / "CHANGELOG.md")
    assert f":-{project['version']}}}" in compose["services"]["api"]["image"]
    assert "the LLM Operations Platform authors" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] in (ROOT / "LICENSE").read_text(encoding="utf-8")
