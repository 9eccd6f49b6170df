"""The built dashboard at `/`: hashed files that never change, and one page for every other address.

The files are read and compressed once; there are a few dozen. The page carries a nonce of its own
request: the editor writes style rules at run time and names it, everything else comes from files.
"""

import gzip
import json
import mimetypes
import secrets
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from app.core.middleware import STRICT_POLICY

BUILT = Path(__file__).resolve().parents[1] / "web"
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
NONCE_SLOT = '<meta name="csp-nonce" content="" />'
# What the dashboard's addresses begin with, and the module that shows what is there; a person who
# asks for another address is told so by the page itself.
MODULES = {
    "": "dashboard",
    "prompts": "prompts",
    "prompts/": "prompt",
    "go/prompts/": "prompt",
    "experiments": "experiments",
    "experiments/": "experiment",
    "experiments/new": "experiment-new",
    "compare": "compare",
    "playground": "playground",
    "evaluations": "evaluations",
    "evaluations/judges/": "judge",
    "evaluations/review": "review",
    "analytics": "analytics",
    "settings": "settings",
    "sign-in": "sign-in",
    "welcome": "welcome",
    "invite": "welcome",
    "reset": "welcome",
}
PAGES = frozenset(beginning.split("/")[0] for beginning in MODULES if beginning)
HEAD_END = "</head>"
LONGEST_ADDRESS = 2_000

NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>llmops</title></head>
<body><h1>The dashboard is not built yet</h1>
<p>Run <code>make dashboard</code> in the project folder; it brings what it needs.
The API works without it: <a href="/docs">reference</a>.</p></body></html>
"""


@dataclass(frozen=True)
class Asset:
    """One file, as it is and compressed."""

    path: Path
    is_hashed: bool

    @property
    def is_there(self) -> bool:
        """A build takes away the files of the one before, also under a server that knows them."""
        try:
            return self.raw is not None
        except FileNotFoundError:
            return False

    @cached_property
    def raw(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.raw, 9, mtime=0)

    @cached_property
    def etag(self) -> str:
        return f'"{sha256(self.raw).hexdigest()[:32]}"'

    def answer(self, request: Request) -> Response:
        headers = {
            "cache-control": FOREVER if self.is_hashed else ASK_AGAIN,
            "etag": self.etag,
            "vary": "accept-encoding",
        }
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        body = self.raw
        if "gzip" in request.headers.get("accept-encoding", "") and len(body) > len(self.packed):
            headers["content-encoding"] = "gzip"
            body = self.packed
        media_type = mimetypes.guess_type(self.path.name)[0] or "application/octet-stream"
        return Response(body, media_type=media_type, headers=headers)


def _files(folder: Path) -> dict[str, Asset]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".vite" not in path.parts)
    named = ((path.relative_to(folder).as_posix(), path) for path in found)
    return {name: Asset(path, name.startswith("assets/")) for name, path in named}


def _ahead(folder: Path) -> dict[str, str]:
    """By module of a page: links to the scripts it needs, so that they come with the first ones.

    The browser would ask for them only after it has run those, 0.1 s later on a slow line.
    """
    path = folder / ".vite" / "manifest.json"
    chunks = json.loads(path.read_text()) if path.is_file() else {}
    first = _reach(chunks, "index.html")
    links = {}
    for module in MODULES.values():
        keys = _reach(chunks, f"src/pages/{module}.tsx") - first
        found = sorted(chunks[key]["file"] for key in keys)
        links[module] = "".join(f'<link rel="modulepreload" href="/{name}" />' for name in found)
    return links


def _module(path: str) -> str:
    return MODULES[max(filter(path.startswith, MODULES), key=len)]


def _reach(chunks: dict[str, Any], start: str) -> set[str]:
    """A chunk and all it imports; none of a chunk that is not there."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key in chunks and key not in seen:
            seen.add(key)
            waiting.extend(chunks[key].get("imports", []))
    return seen


def install(app: FastAPI, folder: Path = BUILT) -> None:
    """Answers what no route does: files, and the page for every other address of a person.

    It is the router's last word and not a route, so that a wrong method on a call of the API is
    still a 405.
    """
    files = _files(folder) if folder.is_dir() else {}
    index = files.pop("index.html", None)
    template = index.raw.decode() if index else None
    ahead = _ahead(folder)
    otherwise = app.router.default

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix("/")
        is_read = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        is_known = path == "" or (path.split("/")[0] in PAGES and len(path) <= LONGEST_ADDRESS)
        if is_read and path in files and files[path].is_there:
            await files[path].answer(Request(scope))(scope, receive, send)
        elif is_read and (is_known or _is_browsing(scope, path)):
            links = ahead[_module(path)] if is_known else ""
            await _page(template, 200 if is_known else 404, links)(scope, receive, send)
        else:
            await otherwise(scope, receive, send)

    app.router.default = page


def _is_browsing(scope: Scope, path: str) -> bool:
    """A person went to an address that is not there; not a script that is gone, nor a call."""
    wants = Headers(scope=scope).get("accept", "")
    return "text/html" in wants and not path.startswith(("api/", "v1/", "assets/", "docs/"))


def _page(template: str | None, status: int, ahead: str) -> Response:
    if template is None:
        return HTMLResponse(NOT_BUILT, status)
    nonce = secrets.token_urlsafe(16)
    body = template.replace(NONCE_SLOT, f'<meta name="csp-nonce" content="{nonce}" />')
    body = body.replace(HEAD_END, ahead + HEAD_END)
    policy = STRICT_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    headers = {"content-security-policy": policy, "cache-control": "no-store"}
    return HTMLResponse(body, status, headers=headers)
