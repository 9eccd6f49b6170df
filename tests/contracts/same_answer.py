"""Whether two answers tell the same, but for the ids that were sent and the request's own."""

from typing import Any, NamedTuple

from app.core.clock import new_id

OF_THE_REQUEST = {"x-request-id", "ratelimit", "content-length"}


class Told(NamedTuple):
    status: int
    body: str
    headers: dict[str, Any]


def told(answer: Any, *ids: str) -> Told:
    """All an answer tells; `ids` are the ones that stand in the way of comparing it."""
    body = answer.text.replace(answer.headers["x-request-id"], "REQUEST")
    for value in ids:
        body = body.replace(value, "ID")
    headers = {k: v for k, v in answer.headers.items() if k not in OF_THE_REQUEST}
    return Told(answer.status_code, body, headers)


def nobodys(kind: str) -> str:
    """An id, or a prompt's name, that no workspace has."""
    return "nobody/has-this" if kind == "name" else str(new_id())
