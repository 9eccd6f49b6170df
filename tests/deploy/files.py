"""The deployment files, read as they stand."""

import re
import shlex
from functools import cache
from typing import Any

import yaml

from tests.support.stack import ROOT


@cache
def compose() -> dict[str, Any]:
    """docker-compose.prod.yml with its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load(
        (ROOT / "docker-compose.prod.yml").read_text(encoding="utf-8")
    )
    return found


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def own_services() -> dict[str, dict[str, Any]]:
    """Those that run our image."""
    return {n: s for n, s in services().items() if s["image"].startswith("llmops-platform")}


def words(service: dict[str, Any]) -> list[str]:
    """A command as the container's shell would split it, compose's variables at their defaults."""
    command = service["command"]
    parts = shlex.split(command) if isinstance(command, str) else list(command)
    return [with_defaults(part) for part in parts]


def with_defaults(text: str) -> str:
    """`${NAME:-default}` as its default, `$$` as `$`."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(text)).replace("$$", "$")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continuation lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (head, rest.strip()) for head, _, rest in (li.partition(" ") for li in joined.split("\n"))
    ]


def copied() -> list[str]:
    """What the Dockerfile takes out of the project's folder, stages of its own left out."""
    taken = []
    for head, rest in instructions():
        if head == "COPY" and "--from" not in rest:
            taken += rest.split()[:-1]
    return taken
