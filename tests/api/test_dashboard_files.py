"""The built dashboard as the server hands it out."""

import gzip
import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api import dashboard
from app.core import problems
from app.core.middleware import Edge

PAGE = """<!doctype html><html><head><meta name="csp-nonce" content="" />
<script src="/theme.js"></script></head><body><div id="root"></div></body></html>"""
SCRIPT = "export const words = 'the same text again and again';\n" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "theme.js").write_text("1;\n")
    (tmp_path / "assets" / "index-a1b2.js").write_text(SCRIPT)
    (tmp_path / ".vite" / "manifest.json").write_text("{}")
    return tmp_path


def make_thing() -> None:
    """A call that takes POST and nothing else."""


def serve(folder: Path) -> TestClient:
    application = FastAPI()
    application.post("/api/v1/things")(make_thing)
    problems.install(application)
    application.add_middleware(Edge)
    dashboard.install(application, folder)
    return TestClient(application)


def test_every_address_of_a_page_gets_the_page_with_a_nonce_of_its_own(built):
    """The policy names the nonce that stands in the page, and no two answers share one."""
    client = serve(built)
    nonces = set()
    for path in ("/", "/prompts/support/answer", "/experiments/1?case=2"):
        answer = client.get(path)
        found = re.search(r'name="csp-nonce" content="([^"]+)"', answer.text)

        assert 200 == answer.status_code
        assert found is not None
        assert f"'nonce-{found[1]}'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "no-store" == answer.headers["cache-control"]
        nonces.add(found[1])

    assert 3 == len(nonces)


@pytest.mark.parametrize(
    ("path", "scripts"),
    [
        ("/prompts", ["prompts-1.js"]),
        ("/prompts/support/answer", ["chart-1.js", "prompt-1.js"]),
        ("/experiments/new?prompt=a", []),
        ("/", []),
    ],
)
def test_a_page_names_its_own_scripts_ahead(built, path, scripts):
    """And not those that come with the first one, nor those that are imported late."""
    manifest = {
        "index.html": {"file": "index-1.js", "imports": ["_shared.js"]},
        "_shared.js": {"file": "shared-1.js"},
        "_chart.js": {"file": "chart-1.js", "imports": ["_shared.js", "gone"]},
        "_late.js": {"file": "late-1.js"},
        "src/pages/prompts.tsx": {"file": "prompts-1.js", "imports": ["index.html"]},
        "src/pages/prompt.tsx": {
            "file": "prompt-1.js",
            "imports": ["index.html", "_chart.js"],
            "dynamicImports": ["_late.js"],
        },
    }
    (built / ".vite" / "manifest.json").write_text(json.dumps(manifest))
    page = serve(built).get(path).text

    assert scripts == re.findall(r'<link rel="modulepreload" href="/([^"]+)" />', page)


def test_hashed_files_are_kept_for_good_and_come_compressed(built):
    """A name with a hash never changes; a client that takes gzip gets it."""
    answer = serve(built).get("/assets/index-a1b2.js", headers={"accept-encoding": "gzip"})

    assert SCRIPT == answer.text
    assert "gzip" == answer.headers["content-encoding"]
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 4
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]


def test_a_client_without_gzip_gets_the_file_as_it_is(built):
    """Nobody is sent bytes that they did not say they can read."""
    answer = serve(built).get("/assets/index-a1b2.js", headers={"accept-encoding": "identity"})

    assert "content-encoding" not in answer.headers
    assert SCRIPT == answer.text
    assert len(gzip.compress(SCRIPT.encode())) < int(answer.headers["content-length"])


def test_files_without_a_hash_are_asked_for_again_and_answered_304(built):
    """A new build shows at once; an unchanged file costs no bytes."""
    client = serve(built)
    first = client.get("/theme.js")
    again = client.get("/theme.js", headers={"if-none-match": first.headers["etag"]})

    assert "no-cache" == first.headers["cache-control"]
    assert 304 == again.status_code
    assert b"" == again.content


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/assets/gone.js", "/docs/nothing"])
def test_what_belongs_to_machines_is_a_problem_and_not_a_page(built, path):
    """A script that is gone must not come back as HTML, nor an unknown call of the API."""
    answer = serve(built).get(path)

    assert 404 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]


def test_a_file_that_a_new_build_took_away_is_not_found(built):
    """A server that was started before the build says so, unless it has the file in memory."""
    (built / "assets" / "late-c3d4.js").write_text(SCRIPT)
    client = serve(built)
    client.get("/assets/index-a1b2.js")
    (built / "assets" / "index-a1b2.js").unlink()
    (built / "assets" / "late-c3d4.js").unlink()
    gone = client.get("/assets/late-c3d4.js")

    assert (404, "not_found") == (gone.status_code, gone.json()["code"])
    assert SCRIPT == client.get("/assets/index-a1b2.js").text


def test_the_build_manifest_is_not_served(built):
    """What only the budget check reads stays on the machine."""
    assert "{}" != serve(built).get("/.vite/manifest.json").text


def test_without_a_build_the_page_says_how_to_make_one(tmp_path):
    """The platform starts without its dashboard."""
    answer = serve(tmp_path / "nothing").get("/prompts")

    assert 200 == answer.status_code
    assert "make dashboard" in answer.text


def test_a_wrong_method_stays_a_wrong_method(built):
    """The page is the last word, not a route in front of the API's own answers."""
    answer = serve(built).get("/api/v1/things")

    assert 405 == answer.status_code
    assert "POST" == answer.headers["allow"]


def test_an_address_that_is_no_page_is_one_for_people_only(built):
    """A browser shows the page that says so, with the status; a program gets the problem."""
    client = serve(built)
    person = client.get("/nothing/here", headers={"accept": "text/html,*/*"})
    program = client.get("/nothing/here")

    assert (404, True) == (person.status_code, "csp-nonce" in person.text)
    assert (404, "not_found") == (program.status_code, program.json()["code"])
