"""The models of this process: one registry, made from the settings on first use."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from functools import lru_cache
from typing import Any, TypeVar

from app.core.config import get_settings
from app.llm.client import LanguageModel
from app.llm.credentials import credentials
from app.llm.limits import Limits
from app.llm.registry import Registry
from app.runs import circuits, shared_limits

Result = TypeVar("Result")


@lru_cache
def _registry(_process: int) -> Registry:
    settings = get_settings()
    limits = Limits(
        concurrency=settings.provider_concurrency,
        rpm=settings.provider_rpm,
        tpm=settings.provider_tpm,
        deadline_s=settings.case_deadline_seconds,
        on_circuit=circuits.note,
    )
    return Registry(credentials(settings), limits, shared_limits.ledger())


def registry() -> Registry:
    return _registry(os.getpid())


def get_model(reference: str) -> LanguageModel:
    """The client of a `provider:model`; raises UnknownModel or ModelError."""
    return registry().get(reference)


@lru_cache
def _runner(_process: int) -> asyncio.Runner:
    return asyncio.Runner()


def run_async(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Runs a coroutine on the one event loop this worker keeps, and with it its HTTP clients."""
    # the loop's own context is that of its first job, whose ids would stand in every later log line
    return _runner(os.getpid()).run(work(), context=copy_context())
