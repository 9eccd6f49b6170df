"""Logs: a constant name plus ids, bound once per request or task; never a prompt or a key."""

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

from app.core.config import get_settings

SECRET_NAMES = re.compile(
    r"authorization|cookie|password|passwd|secret|token$|api[_-]?key|[_-]key$|dsn", re.IGNORECASE
)
SECRET_VALUES = re.compile(  # a `sk-` inside a word is none: `risk-assessment`, `task-management`
    r"(?<![A-Za-z0-9])(?:sk-[A-Za-z0-9_-]{8,}|hf_[A-Za-z0-9]{8,})"
    r"|llmops_(?:live|test)_[A-Za-z0-9_-]{8,}"
    r"|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
)
MASK = "***"
LONGEST = 4_000  # the end of a traceback says what happened
QUIET = ("openai", "anthropic", "httpx2", "httpcore2", "huggingface_hub", "aiohttp", "urllib3")


def redact(value: object) -> object:
    """The same value with everything that looks like a secret masked, and long text cut."""
    if isinstance(value, str):
        masked = SECRET_VALUES.sub(MASK, value)
        return masked if len(masked) <= LONGEST else masked[:500] + " … " + masked[-LONGEST:]
    if isinstance(value, dict):
        return {
            key: MASK if SECRET_NAMES.search(str(key)) else redact(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return redact(str(value))  # an exception's text may carry the key it was given


def _redacted(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in list(event.items()):
        if not key.startswith("_"):  # structlog's own, never written
            event[key] = MASK if SECRET_NAMES.search(key) else redact(value)
    return event


def configure() -> None:
    """Sends structlog's and the standard library's records through one pipe to stderr."""
    settings = get_settings()
    as_json = settings.log_json if settings.log_json is not None else not sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redacted,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], structlog.stdlib.ExtraAdder(), _redacted],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "celery", "celery.task"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # it writes query strings; the line of `core.middleware` does not
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False


def get() -> Any:  # noqa: ANN401 - structlog's lazy proxy has no useful type
    return structlog.get_logger()


@contextmanager
def bound_log(**ids: object) -> Iterator[None]:
    """Binds ids to every line logged inside, and clears them after."""
    with structlog.contextvars.bound_contextvars(**{k: str(v) for k, v in ids.items()}):
        yield
