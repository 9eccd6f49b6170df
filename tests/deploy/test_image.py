"""The Dockerfile beside the project: versions fit, what is needed is copied, nobody is root."""

import json
import shlex
import subprocess
import sys
import tomllib

from packaging.specifiers import SpecifierSet

from tests.deploy.files import copied, instructions
from tests.support.stack import ROOT


def rests(head: str) -> list[str]:
    return [rest for found, rest in instructions() if found == head]


def test_the_base_image_has_a_python_the_project_runs_on():
    """One version in both Python stages, inside `requires-python`; Node only builds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first, *images = [rest.split()[0] for rest in rests("FROM")]

    assert first.startswith("node:")
    assert {"python:3.11-slim"} == set(images)
    assert "3.11" in SpecifierSet(project["requires-python"])


def test_what_is_copied_is_there_and_let_through():
    """`.dockerignore` holds back everything but what the image takes."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}

    assert "*" in lines
    assert allowed == set(copied())
    assert all((ROOT / path).exists() for path in copied())


def test_it_does_not_run_as_root():
    """A user of its own, by number, so that a cluster can check it."""
    assert ["10001:10001"] == rests("USER")


def test_the_last_stage_installs_and_compiles_nothing():
    """Tools stay in the stages before."""
    last = [head for head, _ in instructions()]
    stage = instructions()[len(last) - last[::-1].index("FROM") - 1 :]
    ran = [rest for head, rest in stage if head == "RUN"]

    assert 1 == len(ran)
    assert ran[0].startswith("groupadd ")


def test_the_health_check_asks_this_python():
    """It is a program of its own: no curl in the image, and a failure is an exit code."""
    _, _, command = rests("HEALTHCHECK")[0].partition("CMD ")
    program = json.loads(command)
    nobody_answers = subprocess.run(
        [sys.executable, *program[1:2], program[2].replace(":8000", ":1")],
        capture_output=True,
        check=False,
    )

    assert "python" == program[0]
    assert 1 == nobody_answers.returncode
    assert b"Connection refused" in nobody_answers.stderr


def test_the_default_command_is_the_api():
    """What compose spells out for the API is what the image does by itself."""
    (command,) = rests("CMD")

    assert ["uvicorn", "app.main:app"] == json.loads(command)[:2]
    assert "RUN" not in shlex.split(command)
