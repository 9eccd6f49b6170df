"""Generated pages say what the code says, the same on every machine, and a stale one is named."""

import json
import os
import subprocess
import sys

import pytest

from app.core.config import Settings
from app.core.errors import AppError
from scripts import generate_docs
from scripts.reference import commands, problems, settings


def generate(root, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.generate_docs", "--root", str(root), *arguments],
        cwd=generate_docs.ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The pages, generated into an empty folder on a machine full of settings."""
    root = tmp_path_factory.mktemp("pages")
    generate(
        root,
        COLUMNS="40",
        NO_COLOR="1",
        LLMOPS_ENVIRONMENT="production",
        LLMOPS_DEFAULT_MODEL="openai:other",
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
    )
    return root


@pytest.mark.parametrize("name", generate_docs.pages())
def test_the_machine_has_no_part_in_what_is_written(written, name):
    """Variables, terminal width and an unreachable database change nothing of the committed files."""
    committed = generate_docs.ROOT / name

    assert committed.read_text(encoding="utf-8") == (written / name).read_text(encoding="utf-8")


def test_a_fresh_set_passes_and_a_changed_file_is_named(written):
    """`--check` writes nothing, exits 1 and says which files to make anew."""
    fresh = generate(written, "--check")
    changed, missing = (written / "docs" / "reference" / name for name in ("cli.md", "problems.md"))
    kept = {page: page.read_text(encoding="utf-8") for page in (changed, missing)}
    changed.write_text("by hand\n", encoding="utf-8")
    missing.unlink()
    stale = generate(written, "--check")
    for page, text in kept.items():
        page.write_text(text, encoding="utf-8")

    assert (0, "") == (fresh.returncode, fresh.stderr)
    assert 1 == stale.returncode
    assert ["docs/reference/cli.md", "docs/reference/problems.md"] == [
        line.partition(" is out of date; run `make docs`")[0] for line in stale.stderr.splitlines()
    ]


def test_every_setting_is_on_the_page_with_all_its_names():
    """The page has a heading for each setting, and for nothing else."""
    page = settings.settings_page()
    headings = [line[4:] for line in page.splitlines() if line.startswith("### ")]

    assert list(Settings.model_fields) == headings
    assert "`LLMOPS_HF_API_TOKEN`, `HF_API_TOKEN`, `HF_TOKEN`" in page
    assert "`LLMOPS_SECRET_KEY_FILE`" in page
    assert all(setting.description for setting in settings.settings())


def test_each_section_begins_at_a_setting_there_is():
    """A renamed setting would silently lose its section."""
    assert set(settings.SECTIONS) <= set(Settings.model_fields)


def test_the_example_file_read_as_it_stands_gives_the_defaults(tmp_path, monkeypatch):
    """Every line but comments is a name the settings class knows, with its own default."""
    lines = [
        line[1:]
        for line in settings.env_example().splitlines()
        if line.startswith("#") and not line.startswith("# ")
    ]
    for setting in settings.settings():
        for name in setting.names:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    plain = Settings()
    for name, value in (line.split("=", 1) for line in lines):
        if value:
            monkeypatch.setenv(name, value)

    assert len(Settings.model_fields) == len(lines)
    assert plain.model_dump() == Settings().model_dump()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("environment", "one of `development`, `production`"),
        ("docs_open", "`true` or `false`"),
        ("database_pool_size", "a whole number from 1 to 200"),
        ("lease_seconds", "a number, 1 or more"),
        ("data_dir", "a folder"),
        ("openai_api_key", "text"),
    ],
)
def test_a_setting_says_what_it_takes(name, value):
    """Types and limits come from the class."""
    found = {setting.name: setting.value for setting in settings.settings()}

    assert value == found[name]


def test_every_error_code_has_its_section():
    """What `type` of an error answer points at is a heading of the page."""
    page = problems.problems_page()
    headings = {line[3:] for line in page.splitlines() if line.startswith("## ")}
    codes = {error.code for error in problems.error_classes()}

    assert codes | {"method_not_allowed"} == headings
    assert AppError in problems.error_classes()


def test_advice_is_about_codes_there_are():
    """A renamed code would keep its old advice for nobody."""
    assert set(problems.ADVICE) <= {error.code for error in problems.error_classes()}


def test_every_command_is_on_the_page():
    """Groups and their commands, each with its help at a fixed width."""
    page = commands.commands_page()
    headings = [line[3:] for line in page.splitlines() if line.startswith("## ")]

    assert {"llmops", "llmops up", "llmops keys", "llmops keys create"} <= set(headings)
    assert max(map(len, page.splitlines())) <= 100


def test_the_api_is_written_with_sorted_keys():
    """A difference between two commits is a difference of the API."""
    text = (generate_docs.ROOT / "docs" / "reference" / "openapi.json").read_text(encoding="utf-8")
    document = json.loads(text)

    assert text == json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert "/api/v1/prompts" in document["paths"]
