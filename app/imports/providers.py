"""Models by the names other tools have for them, as `provider:model` here."""

import re

from app.imports.found import Found, Json
from app.imports.plain import listed, mapping
from app.llm.registry import UnknownModel, parse
from app.prompts.parameters import Parameters

CODE = re.compile(
    r"(?:file|exec|python|golang|https?|websocket|webhook)\b|.*\.(?:py|js|ts|mjs|cjs|rb)$"
)
INTERFACES = re.compile(
    r"^(openai|anthropic|huggingface):(?:chat|completion|responses|messages|text-generation):"
)
FAMILIES = {"gpt-": "openai", "o1": "openai", "o3": "openai", "o4": "openai", "claude": "anthropic"}
LONGEST = 200

NO_CODE = "Code is never executed; choose a model, or put your own server behind a base URL."
NO_PROVIDER = "There is no such provider here; `GET /api/v1/providers` lists those there are."


def reference(name: str) -> str | None:
    """`openai:chat:gpt-5` and a bare `gpt-5` are `openai:gpt-5`; None for one nobody here has."""
    plain = INTERFACES.sub(r"\1:", name.strip())
    if ":" not in plain:
        family = next((ours for start, ours in FAMILIES.items() if plain.startswith(start)), None)
        plain = f"{family}:{plain}" if family else plain
    try:
        found = str(parse(plain))
    except UnknownModel:
        return None
    return found if len(found) <= LONGEST else None


def read_providers(found: Found, key: str, value: Json) -> dict[str, Json]:
    """Adds the models of a file; what is set for the only one of them comes back as parameters."""
    configs: list[dict[str, Json]] = []
    for place, entry in enumerate(listed(value)):
        where = f"{key}[{place}]" if isinstance(value, list) else key
        name, config = _named(entry)
        if name is None or CODE.match(name):
            found.skip(where, name or "provider", NO_CODE)
            continue
        model = reference(name)
        if model is None:
            found.skip(where, name, NO_PROVIDER)
            continue
        if model not in found.models:
            found.models.append(model)
        configs.append(read_parameters(found, f"{where}.config", config))
    return configs[0] if len(configs) == 1 else _without(found, key, configs)


def _without(found: Found, key: str, configs: list[dict[str, Json]]) -> dict[str, Json]:
    if any(configs):
        found.skip(key, "config", "Parameters belong to a version, which several models share.")
    return {}


def _named(entry: Json) -> tuple[str | None, Json]:
    if isinstance(entry, str):
        return entry, None
    fields = mapping(entry)
    if isinstance(fields.get("id"), str):
        return fields["id"], fields.get("config")
    if len(fields) == 1:  # {"openai:gpt-5": {"config": …}}
        name, inner = next(iter(fields.items()))
        return name, mapping(inner).get("config")
    return None, None


def read_parameters(found: Found, where: str, config: Json) -> dict[str, Json]:
    """Those a version may set, each checked by itself; the others go to the report."""
    kept: dict[str, Json] = {}
    for name, value in mapping(config).items():
        known = {"max_completion_tokens": "max_tokens", "stop_sequences": "stop"}.get(name, name)
        try:
            if known not in Parameters.model_fields:
                found.skip(f"{where}.{name}", name, "There is no such parameter of a version.")
                continue
            kept |= Parameters.model_validate({known: value}).model_dump(exclude_none=True)
        except ValueError:
            found.skip(f"{where}.{name}", name, "The value is not one this parameter takes.")
    return kept
