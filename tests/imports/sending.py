"""Sends a file to the import."""

from typing import Any

import httpx2


def send(client: Any, content: str | bytes, filename: str = "file", **form: Any) -> httpx2.Response:
    """What the endpoint answers; form fields as they are written."""
    data = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in form.items()
    }
    raw = content.encode() if isinstance(content, str) else content
    return client.post("/api/v1/imports", files={"file": (filename, raw)}, data=data)


def report(
    client: Any, content: str | bytes, filename: str = "file", **form: Any
) -> dict[str, Any]:
    answer = send(client, content, filename, **form)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def left_out(told: dict[str, Any]) -> dict[str, str]:
    """Where → why."""
    return {item["where"]: item["why"] for item in told["not_imported"]}


def examples(client: Any, prompt_id: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/prompts/{prompt_id}/golden-examples?limit=200")
    return answer.json()["items"]
