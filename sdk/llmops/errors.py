"""What can go wrong, each with a sentence that says what to do."""

from collections.abc import Mapping, Sequence
from typing import Any


class LlmopsError(Exception):
    """Base of everything this package raises on purpose."""


class ServerAway(LlmopsError):
    """No answer came: nobody listens, the connection broke, or the time was up."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"The server at {url} does not answer ({reason}). "
            "Start it with `llmops up`, or correct LLMOPS_URL."
        )
        self.url = url
        self.reason = reason


class ApiError(LlmopsError):
    """The server refused: the members of its problem answer (RFC 9457).

    `errors` are `{pointer, code, detail}`; `extra` holds whatever else the answer said.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the members of a problem answer
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        errors: Sequence[Mapping[str, Any]] = (),
        hint: str | None = None,
        request_id: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{detail} {hint}" if hint else detail)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = list(errors)
        self.hint = hint
        self.request_id = request_id
        self.extra = dict(extra or {})


class KeyRefused(ApiError):
    """401 or 403: the key is missing, wrong, expired, or may not do this."""


class MissingPackage(LlmopsError):
    """An optional package is needed for what was asked."""

    def __init__(self, package: str, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs {package}; install it with `pip install 'llmops-client[{extra}]'`."
        )
        self.package = package


class RenderError(LlmopsError):
    """A prompt cannot be rendered with these variables."""


class StillRunning(LlmopsError):
    """The time to wait is over, and the work is not: it goes on."""
