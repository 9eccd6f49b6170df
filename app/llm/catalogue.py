"""The models there are to choose from before any has been used."""

from collections.abc import Mapping

from app.core.config import Settings
from app.llm.local import NAME as LOCAL_MODEL
from app.llm.registry import LOCAL, Credential

SUGGESTED = {  # to begin with; any model can be written instead
    "openai": ("gpt-5-mini", "gpt-5"),
    "anthropic": ("claude-haiku-4-5", "claude-sonnet-4-5"),
    "huggingface": ("Qwen/Qwen3-32B",),
}


def of_settings(settings: Settings) -> set[str]:
    """The default model, the judge and the built-in one, as `provider:model`."""
    return {settings.default_model, settings.judge, f"{LOCAL}:{LOCAL_MODEL}"}


def suggested(configured: Mapping[str, Credential]) -> set[str]:
    """Of the configured providers; none of a server of one's own, which has its own models."""
    return {
        f"{provider}:{model}"
        for provider, credential in configured.items()
        if credential.base_url is None
        for model in SUGGESTED[provider]
    }
