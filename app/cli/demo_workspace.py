"""The demo workspace: its key, its prompt, its golden examples, its experiment. Made once."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx2

from app.accounts import service as accounts
from app.cli import kept_key
from app.core.config import get_settings
from app.demo import content
from app.embedded import surroundings
from app.embedded.errors import CannotStart
from app.embedded.stack import Running
from app.llm.local import LABEL

TAG = PERSON = "demo"
EVALUATORS = ["similarity", "hallucination"]
MARGIN = 0.1
PATIENCE_S = 3600.0
ENDED = {"completed", "completed_with_errors", "failed", "cancelled"}


def connect(url: str, key: str) -> httpx2.Client:
    headers = {"X-API-Key": key}
    return httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30, trust_env=False)


def api_key(running: Running) -> str:
    return kept_key.of(running, "demo-key", "demo")


def dashboard_link(running: Running) -> str:
    """Opens the dashboard as the demo's own user, once, within half an hour."""
    surroundings.adopt(running.environment)
    accounts.demo_person(PERSON)
    link = accounts.sign_in_link(running.url, PERSON)
    surroundings.let_go()
    return link


def _sent(response: httpx2.Response, *, also: tuple[int, ...] = ()) -> Any:  # noqa: ANN401 - JSON
    """The answer's body; raises CannotStart with the API's own sentence."""
    if response.is_success or response.status_code in also:
        return response.json()
    problem = response.json()
    raise CannotStart(f"The demo could not be loaded: {problem.get('detail', response.text)}")


def load(client: httpx2.Client) -> str:
    """Loads the prompt, its versions and its golden examples where they are missing."""
    found = client.get("/prompts", params={"q": content.PROMPT_NAME})
    named = [p for p in _sent(found)["items"] if p["name"] == content.PROMPT_NAME]
    versions = content.versions()
    prompt = (
        named[0]
        if named
        else _sent(
            client.post(
                "/prompts",
                json={
                    "name": content.PROMPT_NAME,
                    "description": "Answers customers of Fernride, an invented e-bike firm.",
                    "tags": [TAG],
                },
            )
        )
    )
    prompt_id = str(prompt["id"])
    for version in versions:
        made = client.post(
            f"/prompts/{prompt_id}/versions",
            json={"template": version.template, "message": version.message},
        )
        _sent(made, also=(409,))  # 409: this content is there already
    if not _sent(client.get(f"/prompts/{prompt_id}/golden-examples"))["total"]:
        lines = "\n".join(json.dumps(example) for example in content.examples())
        file = ("golden.jsonl", lines.encode(), "application/x-ndjson")
        _sent(client.post(f"/prompts/{prompt_id}/golden-examples/import", files={"file": file}))
    _label_second(client, prompt_id)
    _protect(client, prompt_id)
    return prompt_id


def _protect(client: httpx2.Client, prompt_id: str) -> None:
    """From here on production moves by a pass, or by an admin with a reason.

    Forty examples cannot show a drop of .05: the margin is what they can show.
    """
    if _sent(client.get("/gates", params={"prompt": prompt_id}))["items"]:
        return
    metrics = [{"metric": name, "margin": MARGIN} for name in ("score", "failure")]
    body = {
        "prompt_id": prompt_id,
        "name": "release",
        "label": "production",
        "policy": {"metrics": metrics},
    }
    _sent(client.post("/gates", json=body))


def _label_second(client: httpx2.Client, prompt_id: str) -> None:
    """Version 2 is what customers get; the others are compared with it."""
    versions = _sent(client.get(f"/prompts/{prompt_id}/versions"))["items"]
    if any("production" in version["labels"] for version in versions):
        return
    second = next(version for version in versions if version["number"] == 2)
    url = f"/prompts/{prompt_id}/versions/{second['id']}/activate"
    _sent(client.post(url, json={"reason": "Answers from the article."}))


def experiment(client: httpx2.Client, prompt_id: str, say: Callable[[str], None]) -> dict[str, Any]:
    """The status of the demo's experiment on this model: run once, waited for, shown again."""
    model = get_settings().default_model
    kind = f" ({LABEL})" if model.startswith("local:") else ""
    started = _find(client, prompt_id, model)
    if started is None:
        say(f"Running 3 versions × 40 golden examples on {model}{kind}.")
        body = {
            "prompt_id": prompt_id,
            "experiment_name": "Three versions of the support answer",
            "versions": [1, 2, 3],
            "evaluators": EVALUATORS,
            "tags": [TAG, model[:64]],
        }
        started = str(_sent(client.post("/experiments/run", json=body))["experiment_id"])
    else:
        say(f"The experiment on {model}{kind} is there already; these are its results.")
    return _wait(client, started, say)


def _find(client: httpx2.Client, prompt_id: str, model: str) -> str | None:
    listed = client.get("/experiments", params={"prompt": prompt_id, "limit": 200})
    for item in _sent(listed)["items"]:
        if {TAG, model[:64]} <= set(item["tags"]) and item["status"] not in {"cancelled", "failed"}:
            return str(item["id"])
    return None


def _wait(client: httpx2.Client, experiment_id: str, say: Callable[[str], None]) -> dict[str, Any]:
    until, shown = time.monotonic() + PATIENCE_S, -1
    while time.monotonic() < until:
        status: dict[str, Any] = _sent(client.get(f"/experiments/{experiment_id}/status"))
        progress = status["progress"]
        done = sum(number for state, number in progress.items() if state != "planned")
        if done != shown:
            shown = done
            say(f"  {done}/{progress['planned']} cases")
        if status["status"] in ENDED and status["results"]:
            return status
        time.sleep(0.3)
    raise CannotStart("The experiment did not end within an hour; `llmops doctor` looks for why.")
