"""The built-in keyless model: first start, demo and tests."""

from app.llm.local.model import LABEL, NAME, LocalModel

__all__ = ["LABEL", "NAME", "LocalModel"]
