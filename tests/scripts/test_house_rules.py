"""Each house rule on a small tree: what it finds, and what it leaves alone."""

import pytest

from scripts import house_rules


@pytest.fixture
def found(tmp_path):
    """`found({path: text})`: the rules broken by these files."""

    def look(files: dict[str, str]) -> list[tuple[str, int, str]]:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        return [
            (finding.path, finding.line, finding.rule) for finding in house_rules.findings(tmp_path)
        ]

    return look


def lines(number: int) -> str:
    return "x = 1\n" * number


def function(length: int) -> str:
    return "def f():\n" + "    x = 1\n" * (length - 1)


def test_this_project_keeps_its_own_rules_about_its_own_words():
    """No tracked file names a machine's paths or tells how it came about."""
    left = [f for f in house_rules.findings(house_rules.ROOT) if f.rule.endswith(("path", "word"))]

    assert [] == left


def test_a_file_may_have_four_hundred_lines(found):
    """One more is a finding, in code; data and tests may be longer."""
    files = {
        "app/long.py": lines(401),
        "app/full.py": lines(400),
        "alembic/versions/1.py": lines(401),
        "docs/long.md": lines(401),
    }

    assert [("app/long.py", 401, "file-length")] == found(files)


def test_a_function_may_have_sixty_lines(found):
    """One more is a finding at its first line; async ones count too."""
    files = {
        "app/a.py": function(61),
        "app/b.py": function(60),
        "tasks/c.py": "\nasync " + function(61),
    }

    assert [("app/a.py", 1, "function-length"), ("tasks/c.py", 2, "function-length")] == found(
        files
    )


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager", "base_service"])
def test_a_vague_name_is_found_as_file_and_as_folder(found, name):
    """A name that says nothing attracts everything."""
    files = {f"app/runs/{name}.py": "", f"tests/{name}/a.py": "", "app/runs/common_words.py": ""}

    assert [
        (f"app/runs/{name}.py", 1, "module-name"),
        (f"tests/{name}/a.py", 1, "module-name"),
    ] == found(files)


def test_a_standard_name_hides_the_library_only_where_plain_imports_look(found):
    """At the root and beside scripts run by path it hides; inside a package it does not."""
    files = {
        "types.py": "",
        "scripts/queue.py": "",
        "platform/a.py": "",
        "app/core/queue.py": "",
        "scripts/lock.py": "",
    }

    assert [
        ("platform/a.py", 1, "module-name"),
        ("scripts/queue.py", 1, "module-name"),
        ("types.py", 1, "module-name"),
    ] == found(files)


@pytest.mark.parametrize(
    "handler",
    [
        "except Exception:",
        "except:",
        "except (ValueError, BaseException):",
        "except Exception:  # noqa: BLE001",
        "except Exception:  # noqa: BLE001 - sorry",
    ],
)
def test_swallowing_everything_needs_a_reason(found, handler):
    """A rule's number alone, or one word, is no reason."""
    text = f"try:\n    x = 1\n{handler}\n    pass\n"

    assert ("app/a.py", 3, "broad-except") in found({"app/a.py": text})


@pytest.mark.parametrize(
    "handler",
    [
        "except Exception:  # noqa: BLE001 - whatever the client raises, the row is safe\n    pass",
        "except Exception:\n    # whatever it was, the answer is paid and kept\n    pass",
        "except ValueError:\n    pass",
        "except BaseException:\n    x = 2\n    raise",
    ],
)
def test_a_reasoned_narrow_or_raising_handler_is_fine(found, handler):
    """A handler that raises again swallows nothing."""
    assert [] == found({"app/a.py": f"try:\n    x = 1\n{handler}\n"})


EXEMPTIONS = [
    "# noqa",
    "# noqa: S603",
    "# noqa: S603, S607",
    "# noqa: S603 (our own program)",
    "# type: ignore[arg-type]",
    "# type: ignore[arg-type]  # noqa: S603 - our own program",
    "# pragma: no cover",
]


@pytest.mark.parametrize("comment", EXEMPTIONS)
def test_an_exemption_without_a_reason_is_found(found, comment):
    """From the linter, the type checker or the coverage, in tests and in the client as well."""
    text = f"x = 1  {comment}\n"

    assert [("sdk/a.py", 1, "exemption"), ("tests/b.py", 1, "exemption")] == found(
        {"sdk/a.py": text, "tests/b.py": text}
    )


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa: S603, S607 - git is where it is",
        "x = 1  # type: ignore[arg-type] # the stub has no types",
        "x = 1  # pragma: no cover - another system's",
        "# ruff: noqa: PLC0415 - imports wait",
        'x = "# noqa: S603"',
    ],
)
def test_an_exemption_with_its_reason_is_fine(found, line):
    """And a text that only speaks of one is none."""
    assert [] == found({"app/a.py": f"{line}\n"})


def test_only_one_place_commits(found):
    """Elsewhere a commit would split a request in two."""
    files = {
        "app/runs/service.py": "session.commit()\n",
        "app/core/database.py": "session.commit()\n",
        "alembic/env.py": "own.commit()\n",
        "tests/test_a.py": "session.commit()\n",
    }

    assert [("app/runs/service.py", 1, "commit")] == found(files)


@pytest.mark.parametrize("use", ["os.environ['A']", "os.getenv('A')", "from os import environ"])
def test_settings_are_read_in_one_place(found, use):
    """The command line and the embedded stack set up other processes and may."""
    files = {
        "app/runs/service.py": f"{use}\n",
        "app/core/config.py": f"{use}\n",
        "app/cli/up.py": f"{use}\n",
        "app/embedded/stack.py": f"{use}\n",
        "scripts/a.py": f"{use}\n",
        "tests/conftest.py": f"{use}\n",
    }

    assert [("app/runs/service.py", 1, "environ")] == found(files)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("see /" + "work/x", "machine-path"),
        ("`/" + "root`", "machine-path"),
        ("cd /" + "home/ada", "machine-path"),
        ("as in shared/" + "design", "workshop-word"),
        ("a coding " + "agent wrote it", "workshop-word"),
    ],
)
def test_what_a_workshop_leaves_behind_is_found_in_any_text(found, text, rule):
    """In prose as in code."""
    assert [("docs/a.md", 2, rule)] == found({"docs/a.md": f"first\n{text}\n"})


@pytest.mark.parametrize(
    "text", ["https://example.org/work/a", "/workshops", "User-Agent: x", "a login session"]
)
def test_ordinary_words_and_addresses_are_fine(found, text):
    """Only a path that begins with such a folder is one."""
    assert [] == found({"docs/a.md": text})


def test_a_test_file_without_an_assertion_is_found(found):
    """Expecting an error is an assertion; a file without tests needs none."""
    files = {
        "tests/test_a.py": "def test_a():\n    f()\n",
        "tests/test_b.py": "def test_b():\n    with pytest.raises(X):\n        f()\n",
        "tests/test_c.py": "def test_c():\n    assert True\n",
        "tests/conftest.py": "def make():\n    f()\n",
    }

    assert [("tests/test_a.py", 1, "no-assertion")] == found(files)


def test_a_waiver_names_its_rule_and_its_reason(found):
    """Another rule's name, or no reason, waives nothing."""
    files = {
        "app/a.py": "session.commit()  # house: commit - a library's own transaction\n",
        "app/b.py": "session.commit()  # house: commit\n",
        "app/c.py": "session.commit()  # house: environ - a library's own transaction\n",
    }

    assert [("app/b.py", 1, "commit"), ("app/c.py", 1, "commit")] == found(files)


def test_pictures_are_not_read(found, tmp_path):
    """What is not UTF-8 holds no words."""
    (tmp_path / "a.png").write_bytes(b"\x89PNG\xff")

    assert [] == found({})


def test_a_finding_prints_as_one_line_and_ends_in_exit_code_1(monkeypatch, capsys, tmp_path):
    """`path:line: rule: what to do`, which editors understand."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "utils.py").touch()
    monkeypatch.setattr(house_rules, "ROOT", tmp_path)

    assert 1 == house_rules.main()
    assert "app/utils.py:1: module-name: name utils for what it holds\n" == capsys.readouterr().out


def test_nothing_found_is_exit_code_0(monkeypatch, capsys, tmp_path):
    """And prints nothing."""
    monkeypatch.setattr(house_rules, "ROOT", tmp_path)

    assert 0 == house_rules.main()
    assert "" == capsys.readouterr().out
