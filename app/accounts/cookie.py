"""The cookie of a browser's session, and what keeps pages elsewhere from using it.

`SameSite=Lax` keeps it out of most requests that other sites cause; the rest of them are known by
`Sec-Fetch-Site`, or by `Origin` where a browser does not send that, and by their bodies, which
HTML forms cannot make JSON.
"""

from urllib.parse import urlsplit

from fastapi import Request, Response

from app.accounts.sessions import ABSOLUTE_LIFE
from app.core.config import get_settings
from app.core.errors import Forbidden

PLAIN, SECURE = "llmops", "__Host-llmops"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BODIES = frozenset({"application/json", "multipart/form-data"})


class CrossSite(Forbidden):
    code = "cross_site"
    title = "Not from our own pages"
    message = (
        "A session's cookie changes things from the platform's own pages only; "
        "programs send an API key instead."
    )


def is_secure(request: Request) -> bool:
    """By the connection or, behind a proxy that ends TLS, by the settings."""
    return request.url.scheme == "https" or get_settings().public_url.startswith("https://")


def name_of(request: Request) -> str:
    """Over TLS the plain name counts for nothing: who can speak http could plant it."""
    return SECURE if is_secure(request) else PLAIN


def read(request: Request) -> str | None:
    return request.cookies.get(name_of(request)) or None


def put(request: Request, response: Response, token: str) -> None:
    """Kept for thirty days at most; the server ends it sooner."""
    response.set_cookie(
        name_of(request),
        token,
        max_age=int(ABSOLUTE_LIFE.total_seconds()),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def clear(request: Request, response: Response) -> None:
    response.delete_cookie(
        name_of(request), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def refuse_cross_site(request: Request, *, unknown_may: bool = False) -> None:
    """Raises CrossSite for a request that another site caused.

    `unknown_may` lets a request pass that says nothing of where it comes from, as programs' do;
    only where it brings no cookie that could be misused.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        own = site == "same-origin"
    elif origin is not None:
        own = _is_own(request, origin)
    else:
        own = unknown_may
    if not own:
        raise CrossSite


def _is_own(request: Request, origin: str) -> bool:
    """A page cannot choose the Host its browser sends; a proxy may, and then the settings know."""
    scheme = "https" if is_secure(request) else "http"
    mine = {f"{scheme}://{request.headers.get('host', '')}".lower(), _origin_of_settings()}
    return origin.lower() in mine


def _origin_of_settings() -> str:
    parts = urlsplit(get_settings().public_url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def refuse_form(request: Request) -> None:
    """Raises CrossSite for a body that an HTML form or `sendBeacon` could make without asking."""
    headers = request.headers
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and media not in BODIES:
        raise CrossSite("Send the body as JSON, or a file as multipart/form-data.")
