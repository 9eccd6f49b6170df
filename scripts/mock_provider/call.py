"""One request to a model, from its arrival to its end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scripts.mock_provider.settings import Fault
from scripts.mock_provider.stats import Key

DIRECTIVE = re.compile(r"\[\[mock:([^\]]*)\]\]")


@dataclass(slots=True)
class Call:
    """`digest` names the body; `attempt` counts from 0 how often it was seen before."""

    route: str
    request: dict[str, Any]
    key: Key
    digest: bytes
    attempt: int = 0
    text: str = ""
    directive: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    due: float = 0.0
    headers: bytes = b""  # of its reply

    @property
    def model(self) -> str:
        return str(self.request.get("model") or "-")

    @property
    def draw(self) -> int:
        """64 random bits that depend on seed and body alone."""
        return int.from_bytes(self.digest[:8], "big")

    @property
    def streamed(self) -> bool:
        return bool(self.request.get("stream")) and self.route in {"chat", "messages"}

    @property
    def good(self) -> bool:
        """Whether its reply is whole and faultless, so that asking again would be waste."""
        return self.fault in {None, "slow"}

    def read(self) -> None:
        self.text = "\n".join(pieces(self.request))
        if "[[mock:" in self.text:
            self.directive = directives(self.text)


def pieces(request: dict[str, Any]) -> Iterator[str]:
    """All text of a request: system, messages, inputs."""
    for name in ("system", "messages", "input", "inputs"):
        value = request.get(name)
        for part in value if isinstance(value, list) else [value]:
            yield from texts(part)


def texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        content = part.get("content", part.get("text"))
        for inner in content if isinstance(content, list) else [content]:
            yield from texts(inner)


def directives(text: str) -> dict[str, str]:
    found = {}
    for match in DIRECTIVE.finditer(text):
        body = match[1]
        if body.startswith("reply="):  # a reply may hold commas
            found["reply"] = body.removeprefix("reply=")
            continue
        for part in body.split(","):
            name, _, value = part.partition("=")
            found[name.strip()] = value.strip()
    return found
