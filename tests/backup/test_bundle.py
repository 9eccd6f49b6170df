"""A verdict that is proven far from where it was given."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.contracts.furnished import jobs_kept, work_off
from tests.support.experiments import started
from tests.support.fixtures import make_key, make_subject, make_workspace
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = """
import socket, sys
def refuse(*_): raise OSError("no network here")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from app.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def bundle(server, tmp_path_factory) -> Path:
    subject = make_subject(make_workspace())
    client = TestClient(server.app, headers={"authorization": f"Bearer {make_key(subject)}"})
    client.portal = server.portal
    made = make_prompt(subject, templates=(GROUNDED, UNGROUNDED), examples=4)
    with jobs_kept() as sent:
        early = started(client, made)
        none = client.get(f"/api/v1/experiments/{early}/bundle")
        work_off(sent)
    answer = client.get(f"/api/v1/experiments/{early}/bundle")

    assert (409, "no_verdict") == (none.status_code, none.json()["code"])
    assert (200, "application/zip") == (answer.status_code, answer.headers["content-type"])
    assert f'experiment-{early}.bundle.zip"' in answer.headers["content-disposition"]
    file = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    file.write_bytes(answer.content)
    return file


def changed(
    file: Path, target: Path, change: Callable[[dict], None], *, honest: bool, verdicts: int = 1
) -> Path:
    """The bundle with its verdict changed; `honest` brings the manifest in line with it."""
    with zipfile.ZipFile(file) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    told = json.loads(parts["verdicts/0.json"])
    change(told)
    parts["verdicts/0.json"] = content = json.dumps(told).encode()
    manifest = json.loads(parts["manifest.json"]) | {"verdicts": verdicts}
    if honest:
        digest = hashlib.sha256(content).hexdigest()
        manifest["parts"]["verdicts/0.json"] = {"bytes": len(content), "sha256": digest}
    parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w") as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return target


def better(told: dict) -> None:
    told["evidence"]["candidate"]["scores"]["score"][0][0] = 0.987654321


def by_other_rules(told: dict) -> None:
    told["verdict"]["decision_version"] = 99


def test_a_bundle_is_verified_without_anything(bundle):
    """In a process without network, database, key or settings."""
    ran = subprocess.run(
        [sys.executable, "-c", OFFLINE, "verify", str(bundle)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    with zipfile.ZipFile(bundle) as archive:
        experiment = json.loads(archive.read("experiment.json"))
        versions = json.loads(archive.read("versions.json"))
        examples = archive.read("examples.jsonl").splitlines()

    assert 0 == ran.returncode, ran.stderr
    assert ran.stdout.startswith("SAME VERDICT, BIT FOR BIT  ")
    assert [UNGROUNDED, GROUNDED] == [version["template"] for version in versions][::-1]
    assert 4 == len(examples)
    assert {"from", "to", "list"} == set(experiment["prices"])
    assert isinstance(experiment["seed"], int)


def test_a_changed_score_is_noticed(call, bundle, tmp_path):
    """By its digest, and where that was changed too, by the verdict."""
    seen = call("verify", changed(bundle, tmp_path / "a.zip", better, honest=False))
    found = call("verify", changed(bundle, tmp_path / "b.zip", better, honest=True))
    listed = call("verify", tmp_path / "b.zip", "--json")

    assert (1, True) == (seen.code, seen.out.startswith("ALTERED  verdicts/0.json"))
    assert (1, True) == (found.code, found.out.startswith("ANOTHER VERDICT  stored as "))
    assert (1, False) == (listed.code, json.loads(listed.out)["verdicts"][0]["same"])


@pytest.mark.parametrize("verdicts", [-1, 0, 2])
def test_a_verdict_that_is_not_counted_proves_nothing(call, bundle, tmp_path, verdicts):
    """None to look at is no pass, and none is looked past."""
    file = changed(bundle, tmp_path / "few.zip", better, honest=True, verdicts=verdicts)
    found = call("verify", file)

    assert (2, "") == (found.code, found.out)
    assert "others than its manifest counts" in found.err


def test_what_is_no_bundle_is_2(call, bundle, tmp_path):
    """Cut short, missing, by other rules, without what a verdict needs."""
    half = tmp_path / "half.zip"
    half.write_bytes(bundle.read_bytes()[:-200])
    later = changed(bundle, tmp_path / "later.zip", by_other_rules, honest=True)
    bare = changed(bundle, tmp_path / "bare.zip", lambda told: told.pop("evidence"), honest=True)

    for file in (half, later, bare, tmp_path / "none.zip"):
        assert 2 == call("verify", file).code
