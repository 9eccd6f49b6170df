"""How each provider is reached, by the settings."""

import hashlib
import hmac
from dataclasses import replace

from app.core import security
from app.core.config import Settings
from app.llm.registry import Credential


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
