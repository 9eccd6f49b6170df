"""The capture goes between its markers, without the key and the folder of the machine it ran on."""

import subprocess

import pytest

from scripts import capture_demo

OUTPUT = "Starting on .llmops/demo.  \nkey llmops_test_AbCd1234_x-y_Z9\n\ndone\n"


def test_the_capture_replaces_the_former_one():
    """Text before and after stays; run again, nothing changes."""
    page = f"before\n{capture_demo.BEGIN}old\n{capture_demo.END}after\n"
    once = capture_demo.replaced(page, OUTPUT)

    assert once.startswith("before\n")
    assert once.endswith("after\n")
    assert "old" not in once
    assert "$ make demo\nStarting on .llmops/demo.\nkey llmops_test_…\n\ndone\n```" in once
    assert once == capture_demo.replaced(once, OUTPUT)


def test_a_page_without_markers_is_refused():
    """Nothing is appended somewhere."""
    with pytest.raises(ValueError, match=r"README\.md needs the lines"):
        capture_demo.replaced("no markers\n", OUTPUT)


def test_what_the_demo_prints_is_taken_as_it_is(tmp_path, monkeypatch):
    """Both streams in order, the data folder by the name a reader has it under."""
    makefile = 'demo:\n\t@echo "on $(DEMO_DIR), exit $$DEMO_EXIT" >&2\n\t@echo table\n'
    (tmp_path / "Makefile").write_text(makefile, encoding="utf-8")
    (tmp_path / "README.md").write_text(capture_demo.BEGIN + capture_demo.END, encoding="utf-8")
    monkeypatch.setattr(capture_demo, "ROOT", tmp_path)
    monkeypatch.setattr(capture_demo, "README", tmp_path / "README.md")

    assert 0 == capture_demo.main()
    assert "$ make demo\non .llmops/demo, exit 1\ntable\n" in (tmp_path / "README.md").read_text()


def test_a_failed_demo_changes_nothing(tmp_path, monkeypatch, capsys):
    """The page keeps its last good capture, and what went wrong is shown."""
    (tmp_path / "Makefile").write_text("demo:\n\t@echo broken; exit 3\n", encoding="utf-8")
    monkeypatch.setattr(capture_demo, "ROOT", tmp_path)
    monkeypatch.setattr(capture_demo, "README", tmp_path / "README.md")

    assert 1 == capture_demo.main()
    assert not (tmp_path / "README.md").exists()
    assert "broken" in capsys.readouterr().err
    with pytest.raises(subprocess.CalledProcessError):
        capture_demo.demo()
