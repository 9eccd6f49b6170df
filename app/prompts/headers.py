"""ETag, If-Match and Link: what the endpoints of prompts and examples say in headers."""

import re
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response

Cursor = Annotated[str | None, Query(max_length=1_000, description="`next_cursor` of a page.")]
IfMatch = Annotated[
    str | None, Header(max_length=1_000, description="Entity tags of what the caller has seen.")
]

_ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag(value: object) -> str:
    return f'"{value}"'


def tags_of(header: str | None) -> frozenset[str] | None:
    """The entity tags an If-Match or If-None-Match header lists; None for no header and for `*`."""
    if header is None or header.strip() == "*":
        return None
    return frozenset(_ENTITY_TAG.findall(header)) or frozenset({header.strip()})


def listed(header: str | None, value: object) -> bool:
    """Whether If-None-Match lists the entity tag of this value."""
    if header is None:
        return False
    tags = tags_of(header)
    return tags is None or str(value) in tags


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The Link header of a page that has a next one; relative, so that no Host is believed."""
    if cursor is None:
        return {}
    url = request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}


class PageQuery:
    """Which page is asked for; built per request by FastAPI."""

    def __init__(
        self,
        request: Request,
        response: Response,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Cursor = None,
    ) -> None:
        self._request = request
        self._response = response
        self.limit = limit
        self.cursor = cursor

    def link(self, next_cursor: str | None) -> None:
        """Says in the answer's header where the next page is."""
        self._response.headers.update(next_link(self._request, next_cursor))


PageDep = Annotated[PageQuery, Depends()]
