"""Between httpx2's objects and ours; the one module that both doors import late."""

import json
from typing import Any

import httpx2

from llmops import wire
from llmops.wire import Answer, Call


def request(server: str, call: Call) -> dict[str, Any]:
    """The arguments of `Client.request`."""
    return {
        "method": call.method,
        "url": f"{server}{wire.PREFIX}{call.path}",
        "params": call.params,
        "json": call.json,
        "files": call.files,
        "headers": dict(call.headers),
    }


def read(response: httpx2.Response) -> Answer:
    """An answer that has been read to its end."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, _body(response))


def _body(response: httpx2.Response) -> Any:  # noqa: ANN401 - JSON, text, bytes or None
    if not response.content:
        return None
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return _parsed(response.text)
    if kind.startswith("text/") or kind.endswith(("json", "ndjson", "jsonl", "xml", "yaml")):
        return response.text
    return response.content


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text)
    except ValueError:
        return text  # cut short on the way, or a stranger's: told by its status


def told(error: httpx2.TransportError) -> str:
    """In a few words; the library's own sentences may hold the address with its query."""
    words: dict[type[httpx2.TransportError], str] = {
        httpx2.ConnectError: "nobody listens there",
        httpx2.ConnectTimeout: "no connection in time",
        httpx2.ReadTimeout: "no answer in time",
        httpx2.RemoteProtocolError: "the connection was cut",
    }
    return words.get(type(error), type(error).__name__)
