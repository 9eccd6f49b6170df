"""The walkthrough calls every endpoint there is, and every answer is the expected one."""

import os
import re
import subprocess
from datetime import timedelta

from app.core import security
from app.core.clock import now
from app.core.database import system_unit_of_work
from app.main import create_app
from app.models import LinkKind, OneTimeLink
from tests.support.fixtures import make_key, make_subject, make_workspace
from tests.support.stack import ROOT

SCRIPT = ROOT / "docs" / "walkthrough.sh"
CALL = re.compile(
    r"^ *(?:call|send) ([A-Z]+) (?:'[^']*'|\"[^\"]*\"|\S+) \"?([^\"\s]+)", re.MULTILINE
)


def operations() -> set[tuple[str, str]]:
    paths = create_app().openapi()["paths"]
    return {(method.upper(), path) for path, found in paths.items() for method in found}


def calls() -> set[tuple[str, str]]:
    """Method and path of every call in the script, variables as `$NAME`."""
    text = SCRIPT.read_text(encoding="utf-8")
    return {
        (method, path.replace("$API", "/api/v1").partition("?")[0])
        for method, path in CALL.findall(text)
    }


def is_called(method: str, path: str) -> bool:
    """A parameter matches a variable; only the prompt's name may be more than that."""
    spelled = (
        re.escape(path).replace(r"\{name\}", r"\$MARK/answer").replace(r"\{selector\}", r"\w+")
    )
    spelled = re.sub(r"\\\{label\\\}", r"\\w+", spelled)
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", r"\\$[A-Z_]+", spelled))
    return any(method == m and pattern.fullmatch(p) for m, p in calls())


def test_every_endpoint_is_walked():
    """An endpoint that is added to the API is added to the walkthrough."""
    assert [] == sorted(f"{m} {p}" for m, p in operations() if not is_called(m, p))


def test_every_answer_is_the_expected_one(address, subject):
    """The script runs to its end against a real server, queue and workers."""
    token = security.new_token()
    with system_unit_of_work() as session:
        session.add(
            OneTimeLink(
                kind=LinkKind.setup,
                created_by="test",
                token_hash=security.hash_token(token),
                workspace_id=subject.workspace_id,
                expires_at=now() + timedelta(minutes=5),
            )
        )
    ran = walk(address, make_key(subject), SETUP_TOKEN=token)

    assert 0 == ran.returncode, ran.stdout + ran.stderr
    assert ran.stdout.endswith("Every endpoint answered as expected.\n")
    assert "200  POST   /api/v1/auth/login" in ran.stdout


def test_without_a_set_up_token_it_walks_as_far(address):
    """Closed sign-up is an expected answer too."""
    ran = walk(address, make_key(make_subject(make_workspace())))

    assert 0 == ran.returncode, ran.stdout + ran.stderr
    assert "403  POST   /api/v1/auth/register" in ran.stdout


def test_it_stops_at_the_first_unexpected_answer(address):
    """A wrong key ends it with the problem's sentence, not with a list of failures."""
    ran = walk(address, "llmops_test_wrong")

    assert 1 == ran.returncode
    assert "/protected" in ran.stdout.splitlines()[-1]
    assert "expected 200; the answer was:" in ran.stderr
    assert '"code":"unauthenticated"' in ran.stderr


def walk(address: str, key: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(SCRIPT)],
        env=os.environ | {"BASE": address, "KEY": key, "no_proxy": "127.0.0.1"} | environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
