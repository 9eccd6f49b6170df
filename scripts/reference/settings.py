"""`.env.example` and docs/reference/settings.md, out of the settings class."""

import textwrap
from collections.abc import Iterator
from enum import EnumType
from pathlib import Path
from typing import Any, NamedTuple, get_args

from annotated_types import Ge, Le
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from app.core.config import PLACEHOLDER, PREFIX, Settings

# A section starts at the setting named here; a new setting belongs to the one before it.
SECTIONS = {
    "environment": "Platform",
    "database_url": "Database and queue",
    "hf_api_token": "Models",
    "rate_limit_per_minute": "Access and limits",
    "shard_size": "The engine",
}

SETTINGS_INTRO = """\
# Settings

Every setting answers to all the names listed; the first that is set counts. A name with `_FILE` at
its end gives a path, and the setting is what that file holds: this is how Docker and Kubernetes
hand over secrets. It works for every setting and is listed for the secrets. The environment wins
over such a file, and that over a file `.env` in the working directory.

`llmops config show` prints what is in force, with secrets masked.
"""

ENV_INTRO = """\
# Settings of the LLM Operations Platform. Copy this file to .env and change what you need; a line
# that stays commented out keeps its default. `make docs` writes this file out of the settings
# class; docs/reference/settings.md says more.
"""


class Setting(NamedTuple):
    """One setting as documents show it; `names` are its environment variables."""

    name: str
    names: list[str]
    description: str
    value: str
    default: str | None
    secret: bool

    @property
    def shown_name(self) -> str:
        """The name most people know: the one other tools use, where there is one."""
        return self.names[1] if len(self.names) > 1 else self.names[0]


def settings() -> list[Setting]:
    """All settings, in the order the class has them."""
    return [_setting(name, field) for name, field in Settings.model_fields.items()]


def _setting(name: str, field: FieldInfo) -> Setting:
    alias = field.validation_alias
    names = alias.choices if isinstance(alias, AliasChoices) else [f"{PREFIX}{name.upper()}"]
    kinds = list(get_args(field.annotation) or (field.annotation,))
    return Setting(
        name=name,
        names=[str(choice) for choice in names],
        description=field.description or "",
        value=_value(kinds[0], field),
        default=_default(field.default),
        secret=SecretStr in kinds,
    )


def _value(kind: Any, field: FieldInfo) -> str:  # noqa: ANN401 - any type a setting may have
    if isinstance(kind, EnumType):
        return "one of " + ", ".join(f"`{member.value}`" for member in kind)  # type: ignore[var-annotated] # enum members
    words = {bool: "`true` or `false`", int: "a whole number", Path: "a folder"}
    numeric = kind is int or any(isinstance(mark, (Ge, Le)) for mark in field.metadata)
    word = words.get(kind, "a number" if numeric else "text")
    low = next((mark.ge for mark in field.metadata if isinstance(mark, Ge)), None)
    high = next((mark.le for mark in field.metadata if isinstance(mark, Le)), None)
    limits = "" if low is None else f", {low} or more" if high is None else f" from {low} to {high}"
    return word + limits


def _default(value: Any) -> str | None:  # noqa: ANN401 - any default a setting may have
    if value is None:
        return None
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_page() -> str:
    """docs/reference/settings.md."""
    parts = [SETTINGS_INTRO]
    for setting in settings():
        if setting.name in SECTIONS:
            parts.append(f"## {SECTIONS[setting.name]}\n")
        parts.append("\n".join(_entry(setting)))
    return "\n".join(parts)


def _entry(setting: Setting) -> Iterator[str]:
    yield f"### {setting.name}\n"
    yield f"{setting.description}\n"
    yield "- Environment: " + ", ".join(f"`{name}`" for name in setting.names)
    if setting.secret:
        yield "- From a file: " + ", ".join(f"`{name}_FILE`" for name in setting.names)
    yield f"- Value: {setting.value}"
    default = "none" if setting.default is None else f"`{setting.default}`"
    refused = ", refused in production" if setting.default == PLACEHOLDER else ""
    yield f"- Default: {default}{refused}\n"


def env_example() -> str:
    """`.env.example`: every setting, commented out, with its default."""
    parts = [ENV_INTRO]
    for setting in settings():
        if setting.name in SECTIONS:
            parts.append(f"# --- {SECTIONS[setting.name]} ---\n")
        comment = textwrap.wrap(setting.description, 96)
        lines = [
            *(f"# {line}" for line in comment),
            f"#{setting.shown_name}={setting.default or ''}",
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
