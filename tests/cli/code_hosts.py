"""GitHub's and GitLab's comments on loopback: their addresses, pages and refusals."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LISTS = re.compile(r"/(?:repos/acme/shop/issues/7/comments|projects/42/merge_requests/7/notes)")
ONE = re.compile(r"/(?:repos/acme/shop/issues/comments|projects/42/merge_requests/7/notes)/(\d+)")
TOKEN = "host-token"


class CommentsHost:
    """What was written, by id; `refuses` answers writes with that status."""

    def __init__(self) -> None:
        self.comments: dict[int, str] = {}
        self.refuses: int | None = None
        self.strange = False  # something in front of it answers
        self.url = ""

    def chat(self, count: int) -> None:
        """Comments of others, so that ours is not on the first page."""
        self.comments.update({n: f"comment {n}" for n in range(1, count + 1)})

    @contextmanager
    def served(self) -> Iterator["CommentsHost"]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, self))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class Handler(BaseHTTPRequestHandler):
    def __init__(self, host: CommentsHost, *arguments: Any) -> None:
        self._host = host
        super().__init__(*arguments)

    def do_GET(self) -> None:
        if self._host.strange:
            return self._answer(200, "Please sign in.")
        split = urlsplit(self.path)
        query = parse_qs(split.query)
        if not LISTS.fullmatch(split.path) or not self._is_known():
            return self._answer(404, {})
        size, page = int(query["per_page"][0]), int(query["page"][0])
        rows = [{"id": n, "body": text} for n, text in sorted(self._host.comments.items())]
        return self._answer(200, rows[(page - 1) * size : page * size])

    def do_POST(self) -> None:
        self._write(LISTS.fullmatch(self.path), lambda _: len(self._host.comments) + 1)

    def do_PATCH(self) -> None:
        self._write(ONE.fullmatch(self.path), lambda found: int(found[1]))

    def do_PUT(self) -> None:
        self.do_PATCH()

    def _write(self, found: Any, number: Any) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self._host.refuses or not found or not self._is_known():
            return self._answer(self._host.refuses or 404, {})
        self._host.comments[number(found)] = body["body"]
        return self._answer(200, {"id": number(found)})

    def _is_known(self) -> bool:
        sent = {self.headers.get("authorization"), self.headers.get("private-token")}
        return bool(sent & {f"Bearer {TOKEN}", TOKEN})

    def _answer(self, status: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nothing."""
