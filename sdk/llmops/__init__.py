"""Client of the LLM operations platform: `from llmops import Client`.

Importing the package is cheap: httpx2 and pydantic wait until a client is made.
"""

from typing import TYPE_CHECKING, Any

from llmops.errors import ApiError, KeyRefused, LlmopsError, ServerAway

if TYPE_CHECKING:
    from llmops.async_client import AsyncClient
    from llmops.client import Client

__all__ = ["ApiError", "AsyncClient", "Client", "KeyRefused", "LlmopsError", "ServerAway"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - two classes
    """The clients are imported when they are asked for (PEP 562)."""
    if name == "Client":
        from llmops.client import Client  # noqa: PLC0415 - brings pydantic, 50 ms

        return Client
    if name == "AsyncClient":
        from llmops.async_client import AsyncClient  # noqa: PLC0415 - same

        return AsyncClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
