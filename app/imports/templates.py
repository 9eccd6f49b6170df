"""Prompts and values of other tools' template languages, as far as ours says the same."""

import re
from collections.abc import Mapping
from typing import Any

from app.core.errors import Invalid
from app.imports.found import Found, Json, Version
from app.prompts import content
from app.prompts.content import Draft
from app.templating import render as templating
from app.templating.errors import TemplateProblem

ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
ENVIRONMENT = re.compile(r"\{[{%][^{}]{0,200}?\b(?:env\.|process\.env)")
IN_BRACES = re.compile(r"\{[{%]")

NO_ENVIRONMENT = "Environment variables are not put into texts; write the value out."


def add_version(found: Found, name: str | None, where: str, draft: Draft) -> None:
    """Adds a text of a prompt, or says why it cannot be one."""
    texts = [draft.template or ""] + [turn["content"] for turn in draft.messages or ()]
    if any(ENVIRONMENT.search(text) for text in texts):
        found.skip(where, "prompt", NO_ENVIRONMENT)
        return
    try:
        content.columns(draft)
    except Invalid as problem:
        line = problem.extra.get("line")
        found.skip(where, "prompt", f"Line {line}: {problem.detail}" if line else problem.detail)
        return
    found.versions.setdefault(name, []).append(Version(where, draft))


def read_messages(found: Found, where: str, turns: Json) -> list[dict[str, str]] | None:
    """The messages of a chat prompt; None, and a word in the report, if one is something else."""
    messages = []
    for place, turn in enumerate(turns if isinstance(turns, list) else []):
        fields = turn if isinstance(turn, dict) else {}
        role, text = ROLES.get(str(fields.get("role"))), fields.get("content")
        if role is None or not isinstance(text, str):
            found.skip(
                f"{where}[{place}]",
                fields.get("type") or fields.get("role") or "message",
                "A message is a text by system, user or assistant.",
            )
            return None
        messages.append({"role": role, "content": text})
    return messages or None


def rendered(text: str, variables: Mapping[str, Any]) -> str:
    """A value with variables in it, as its tool would fill it in; raises TemplateProblem."""
    if not IN_BRACES.search(text):
        return text
    if ENVIRONMENT.search(text):
        raise TemplateProblem(NO_ENVIRONMENT)
    return templating.render(text, variables, "jinja2")
