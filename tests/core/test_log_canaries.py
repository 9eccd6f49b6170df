"""A real process, with secrets and prompts in every place of a request: its log holds none."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

from app.core import security
from tests.contracts.serving import serving
from tests.support.fixtures import make_key


@contextmanager
def telltale() -> Iterator[str]:
    """A provider that refuses every key and quotes it, as some do."""

    class Quoting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            quoted = json.dumps({"error": {"message": f"No: {self.headers['authorization']}"}})
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(401)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(quoted)))
            self.end_headers()
            self.wfile.write(quoted.encode())

        def log_message(self, *_arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Quoting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def test_a_process_writes_no_secret_and_no_prompt(stack, subject):
    """Keys, passwords, tokens and prompts in every place of a request: none is in the log."""
    key = make_key(subject)
    canaries = {
        "own key": key.split("_")[3],
        "wrong key": "canarywrong" + "x" * 32,
        "provider key": "sk-canaryprovider0123456789",
        "password": "canary-password-1",
        "prompt": "canary prompt about the weather",
        "query": "canaryquery",
        "cookie": "canarycookie",
        "token": "canarytoken",
    }
    wrong = f"llmops_test_Abcd1234_{canaries['wrong key'][:43]}_"
    wrong += security._checksum(wrong[:-1])
    admin = {"authorization": f"Bearer {key}"}
    with (
        telltale() as provider,
        serving(
            stack,
            OPENAI_API_KEY=canaries["provider key"],
            OPENAI_BASE_URL=provider,
            LLMOPS_LOG_LEVEL="INFO",
        ) as api,
        httpx2.Client(base_url=f"{api.url}/api/v1", headers={"cookie": "s=canarycookie"}) as client,
    ):
        answers = [
            client.get("/me", headers=admin),
            client.get("/me", headers={"authorization": f"Bearer {wrong}"}),
            client.get("/me", headers={"x-api-key": wrong}),
            client.get("/runs?cursor=canaryquery&api_key=canaryquery", headers=admin),
            client.post("/auth/login", json={"username": "a", "password": canaries["password"]}),
            client.post("/auth/refresh", json={"refresh_token": canaries["token"]}),
            client.post(
                "/prompts", headers=admin, json={"name": "logged", "template": canaries["prompt"]}
            ),
            client.post("/prompts", headers=admin, json={"name": canaries["prompt"], "x": 1}),
            client.post(
                "/playground/stream",
                headers=admin,
                json={"template": canaries["prompt"], "model": "openai:gpt-4o-mini"},
            ),
        ]
    log = api.log.read_text()

    assert [200, 401, 401, 400, 401, 401, 201, 422, 200] == [a.status_code for a in answers]
    assert "event: error" in answers[-1].text
    assert canaries["provider key"] not in answers[-1].text
    assert [] == [name for name, canary in canaries.items() if canary in log]
    for answer in answers:
        assert answer.headers["x-request-id"] in log
