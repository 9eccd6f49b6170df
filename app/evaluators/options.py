"""Options of evaluators: checked against the factory's signature, and hashed into versions."""

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from pydantic import ConfigDict, ValidationError, validate_call

from app.evaluators.base import InvalidEvaluatorOptions

T = TypeVar("T")


def checked(factory: Callable[..., T]) -> Callable[..., T]:
    """Refuses options that do not fit the factory's annotations, with a sentence.

    Strict: the text "yes" is no boolean. The wrapper raises InvalidEvaluatorOptions only.
    """
    validated = validate_call(config=ConfigDict(strict=True, allow_inf_nan=False))(factory)

    @wraps(factory)
    def build(**options: Any) -> T:  # noqa: ANN401 - whatever a client sent; checked here
        try:
            return validated(**options)
        except ValidationError as error:
            raise InvalidEvaluatorOptions(_sentence(error)) from error

    return build


def version_of(base: str, factory: Callable[..., object], options: Mapping[str, Any]) -> str:
    """`1` with default options, `1-4f2a9c01` with others: other options, other scores."""
    defaults = inspect.signature(factory).parameters
    chosen = {name: v for name, v in options.items() if v != defaults[name].default}
    return f"{base}-{fingerprint(chosen)}" if chosen else base


def fingerprint(content: object) -> str:
    """Eight hex digits of the SHA-256 of `content` as canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]


def _sentence(error: ValidationError) -> str:
    faults = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(str(part) for part in fault["loc"])
        faults.append(f"option {where}: {fault['msg']}")
    return "; ".join(faults) + "."
