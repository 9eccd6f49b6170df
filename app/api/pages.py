"""Pages for people: the interactive API reference and what each error means.

Swagger's files come from a wheel and are served from here, without an inline script: the page
works on a machine without internet and under the same strict policy as everything else.
"""

import html
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from app.core.errors import AppError

FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
{head}
</head>
<body>
{body}
</body>
</html>
"""
REFERENCE = FRAME.format(
    title="LLM Operations Platform: API",
    head='<link rel="stylesheet" href="/docs/assets/swagger-ui.css">',
    body=(
        '<div id="swagger-ui"></div>\n'
        '<script src="/docs/assets/swagger-ui-bundle.js"></script>\n'
        '<script src="/docs/start.js"></script>'
    ),
)
START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  syntaxHighlight: { activated: false },
  presets: [SwaggerUIBundle.presets.apis],
});
"""


def _assets() -> Path:
    found = find_spec("fastapi_swagger")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("fastapi-swagger is not installed: pip install -r requirements.txt")
    return Path(found.submodule_search_locations[0]) / "resources"


def install(app: FastAPI, *, reference: bool) -> None:
    """Adds the pages; the reference only where the settings open it."""
    app.add_api_route("/docs/problems", problems, include_in_schema=False)
    if reference:
        app.add_api_route("/docs", docs, include_in_schema=False)
        app.add_api_route("/docs/start.js", start, include_in_schema=False)
        app.mount("/docs/assets", StaticFiles(directory=_assets()), name="docs-assets")


def docs() -> HTMLResponse:
    return HTMLResponse(REFERENCE)


def start() -> Response:
    return Response(START, media_type="text/javascript")


def kinds(base: type[AppError] = AppError) -> Iterator[type[AppError]]:
    """Every class of error, bases first."""
    yield base
    for derived in base.__subclasses__():
        yield from kinds(derived)


def problems() -> HTMLResponse:
    """What each `type` of a problem+json answer means; `#code` finds it."""
    sections: dict[str, str] = {}
    for kind in kinds():
        sections.setdefault(
            kind.code,
            f'<h2 id="{kind.code}">{kind.status} {html.escape(kind.title)}</h2>\n'
            f"<p><code>{kind.code}</code>: {html.escape(kind.message)}</p>",
        )
    body = "<h1>Errors of the API</h1>\n" + "\n".join(sections.values())
    return HTMLResponse(FRAME.format(title="Errors of the API", head="", body=body))
