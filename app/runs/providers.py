"""The models of this process: one registry, made from the settings on first use."""

import asyncio
import hashlib
import hmac
import os
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from app.core import security
from app.core.config import Settings, get_settings
from app.llm.client import LanguageModel
from app.llm.limits import Limits
from app.llm.registry import Credential, Registry
from app.runs import circuits, shared_limits

Result = TypeVar("Result")


def credentials(settings: Settings) -> dict[str, Credential]:
    """Provider → credential, for every provider the settings configure."""
    found = _configured(settings)
    return {name: replace(one, fingerprint=_fingerprint(one)) for name, one in found.items()}


def _fingerprint(credential: Credential) -> str:
    """Tells credentials apart in shared memory; a keyed hash, because a key can be guessed at."""
    told = (credential.secret, credential.base_url, credential.route, credential.bill_to)
    key = security.derived_key("provider-credential")
    return hmac.new(key, repr(told).encode(), hashlib.sha256).hexdigest()[:16]


def _configured(settings: Settings) -> dict[str, Credential]:
    found: dict[str, Credential] = {}
    if settings.hf_api_token or settings.hf_base_url:
        found["huggingface"] = Credential(
            provider="huggingface",
            api_key=settings.hf_api_token,
            base_url=settings.hf_base_url,
            route=settings.hf_provider,
        )
    if settings.openai_api_key or settings.openai_base_url:
        found["openai"] = Credential(
            provider="openai",
            api_key=settings.openai_api_key,
            base_url=settings.openai_base_url,
        )
    if settings.anthropic_api_key or settings.anthropic_base_url:
        found["anthropic"] = Credential(
            provider="anthropic",
            api_key=settings.anthropic_api_key,
            base_url=settings.anthropic_base_url,
        )
    return found


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
