"""Which evaluators there are and what they can be told, read off their signatures."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from app.evaluators.base import Factory, build, factories
from app.llm.client import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatorInfo:
    """One evaluator for a list or a form. `options` maps names to JSON Schemas with defaults."""

    name: str
    needs_model: bool
    summary: str
    options: dict[str, JsonObject]


def describe() -> list[EvaluatorInfo]:
    """Every registered evaluator, by name."""
    return [
        EvaluatorInfo(
            name=name,
            needs_model=build(name).needs_model,
            summary=(factory.__doc__ or "").partition("\n")[0],
            options=_options(factory),
        )
        for name, factory in sorted(factories().items())
    ]


def _options(factory: Factory) -> dict[str, JsonObject]:
    """A JSON Schema for each option; its definitions, if it refers to any, inside it."""
    schema = TypeAdapter(factory).json_schema()  # type: ignore[arg-type] # functions too
    shared = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return {
        name: {**option, **(shared if "$ref" in str(option) else {})}
        for name, option in schema.get("properties", {}).items()
    }
