"""What a provider's refusal means, in sentences that are safe to store and to show."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from app.llm.client import ErrorCode, ModelError

LONGEST_QUOTE = 300

# Addresses, and what looks like a key: its usual beginnings, or 32 letters and digits on end.
SECRETS = re.compile(
    r"\w+://\S+|\b[\w.-]+:\d{2,5}\b|\b(?:sk|hf|rk|pk|gsk|xai|api)[-_]\S+|[A-Za-z0-9_]{32,}"
)


class Provider(NamedTuple):
    name: str  # as people write it
    key: str  # the environment variable that holds its key


PROVIDERS = {
    "huggingface": Provider("Hugging Face", "HF_API_TOKEN"),
    "openai": Provider("OpenAI", "OPENAI_API_KEY"),
    "anthropic": Provider("Anthropic", "ANTHROPIC_API_KEY"),
}


def refusal(
    provider: str, status: int, headers: Mapping[str, str], body: bytes, secret: str
) -> ModelError:
    """The error a status other than 2xx stands for.

    The provider's own sentence is quoted only where the user can act on it (a refused prompt or
    parameter), and without `secret`, addresses and whatever else looks like a key.
    """
    name, key = PROVIDERS[provider]
    code, sentence = meaning(status)
    said = words(body, secret)
    if code == "invalid_request" and status >= 400:
        sentence += quoted(said)
    error = ModelError(
        code,
        sentence.format(name=name, key=key, status=status),
        provider=provider,
        status=status,
        retry_after_s=retry_after(headers),
    )
    error.said = said
    return error


MEANINGS: dict[int, tuple[ErrorCode, str]] = {
    401: ("authentication", "{name} refused the key (401): check {key}."),
    403: ("authentication", "{name} refused the key (403): check {key} and what it may use."),
    404: (
        "model_not_found",
        "{name} has no such model, or this key may not see it (404): check the model's name.",
    ),
    408: ("timeout", "{name} gave up waiting for the model (408): try again."),
    409: ("unavailable", "{name} was busy with the same request (409): try again."),
    429: ("rate_limited", "{name} is limiting this key (429): wait, or raise its limits."),
}


def meaning(status: int) -> tuple[ErrorCode, str]:
    """The code, and a sentence with `{name}`, `{key}` and `{status}` to fill in."""
    if status in MEANINGS:
        return MEANINGS[status]
    if status < 400:
        redirected = "{name} sent us elsewhere ({status}), and no redirect is followed: "
        return "invalid_request", redirected + "correct the base URL."
    if status >= 500:
        return "unavailable", "{name} failed to answer ({status}): try again later."
    return "invalid_request", "{name} refused the prompt or its parameters ({status})."


def words(body: bytes, secret: str) -> str | None:
    """The provider's reason without secrets; None where none can be read."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    text = error.get("message") if isinstance(error, dict) else error
    if not isinstance(text, str) or not text.strip():
        return None
    text = text.replace("\0", "").encode("utf-8", "replace").decode()  # as a database can hold it
    if secret:
        text = text.replace(secret, "…")
    return " ".join(SECRETS.sub("…", text).split())[:LONGEST_QUOTE]


def quoted(said: str | None) -> str:
    """The provider's reason as ` It says: "…"`, ready to be formatted."""
    if said is None:
        return ""
    return f' It says: "{said}"'.replace("{", "{{").replace("}", "}}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds a Retry-After header asks to wait (RFC 9110: seconds, or a date), never below 0."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        seconds = (at - datetime.now(UTC)).total_seconds()
    return max(seconds, 0.0) if seconds < float("inf") else None
