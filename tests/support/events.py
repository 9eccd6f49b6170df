"""Server-sent events, read back."""

import json
from typing import Any, NamedTuple


class Event(NamedTuple):
    name: str
    data: dict[str, Any]
    id: str | None


def events(text: str) -> list[Event]:
    """Every event of a stream; comments are none."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if line[:1] not in {"", ":"})
        if "event" in lines:
            found.append(Event(lines["event"], json.loads(lines["data"]), lines.get("id")))
    return found
