"""docs/reference/problems.md: every code an error answer can carry, out of the error classes."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import app
from app.core.errors import AppError

INTRO = """\
# Problems

Every refusal is `application/problem+json` (RFC 9457). `type` is `/docs/problems#<code>`, `detail`
is a sentence for the person, `errors` lists the fields with a JSON pointer each, `request_id` finds
the log line. A program decides by `code`, never by `detail`: sentences get better over time. Words
in braces stand for what the sentence names. A running platform shows the same at `/docs/problems`.

```json
{
  "type": "/docs/problems#not_found",
  "title": "Not found",
  "status": 404,
  "detail": "There is no run with this id in your workspace.",
  "code": "not_found",
  "instance": "/api/v1/runs/01997b1e-0000-7000-8000-000000000000",
  "request_id": "01997b1e-5c1f-7d0e-9a53-2f6f2b1c9d11",
  "errors": []
}
```
"""

# What to do about a code, besides what its sentence says.
ADVICE = {
    "bad_request": "Correct the request; sending it again unchanged gives the same answer.",
    "unauthenticated": "Send a valid key or token. After `POST /auth/refresh`, use the new tokens.",
    "forbidden": "Use a key with the scope the sentence names, or ask an administrator for it.",
    "not_found": "Check the id. What another workspace has gives the same answer on purpose.",
    "conflict": "Read the current state, then decide. The sentence names what stands in the way.",
    "out_of_date": "Read the object again, repeat the change on it, and send its new ETag.",
    "too_large": "Send less, or split it. Imports have a limit of their own.",
    "invalid": "Correct the fields in `errors`; each has a pointer and a sentence.",
    "file_refused": "Nothing was imported. Save the file as the sentence says and send it again.",
    "rows_refused": "Nothing was imported. `rows` lists what is wrong in which row.",
    "rate_limited": "Wait for the seconds in `Retry-After`. `RateLimit` says how much is left.",
    "unavailable": "Wait for `Retry-After` and try again. `GET /api/v1/health` says what is away.",
    "internal_error": "It is a bug: the request id finds the log line; please report it.",
}

# Raised by the web framework for paths and methods there are none of; no class of ours.
FRAMEWORK = """\
## method_not_allowed

405, *Method Not Allowed*: the path exists, with other methods; the header `Allow` names them.
"""


def problems_page() -> str:
    """One section for each code, by status."""
    sections: dict[str, list[type[AppError]]] = {}
    for error in sorted(error_classes(), key=lambda found: (found.status, found.__name__)):
        sections.setdefault(error.code, []).append(error)
    parts = ["\n".join(_section(code, found)) for code, found in sections.items()]
    return "\n".join([INTRO, *parts, FRAMEWORK])


def error_classes() -> set[type[AppError]]:
    """Every error class of the application, the base included."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name != "app.__main__":
            import_module(module.name)
    return {AppError, *_below(AppError)}


def _below(error: type[AppError]) -> Iterator[type[AppError]]:
    for child in error.__subclasses__():
        if child.__module__.startswith("app."):
            yield child
            yield from _below(child)


def _section(code: str, found: list[type[AppError]]) -> Iterator[str]:
    first = next((error for error in found if "code" in vars(error)), found[0])
    yield f"## {code}\n"
    yield f"{first.status}, *{first.title}*. {ADVICE.get(code, '')}".rstrip() + "\n"
    messages = {error.message.replace("!r}", "}") for error in found} - {"{problems}"}
    for message in sorted(messages):
        yield f"- {message}"
    yield ""
