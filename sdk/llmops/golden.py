"""The golden examples tests are parametrised with."""

from collections.abc import Sequence
from urllib.parse import quote

import pytest
from pydantic import TypeAdapter

from llmops import surroundings
from llmops.errors import LlmopsError, ServerAway
from llmops.http import Http
from llmops.models import GoldenExample
from llmops.shelf import Shelf

EXAMPLES = TypeAdapter(list[GoldenExample])
PAGE = 200


def examples(prompt: str, set_name: str | None) -> Sequence[GoldenExample]:
    """Those of the prompt with the tag `set_name`, all of them for `golden` or where none has it.

    With LLMOPS_TRACKING=0 the last copy on disk. Raises UsageError: a test run without its
    examples would be green for nothing.
    """
    try:
        server, key = surroundings.url(None), surroundings.api_key(None)
        shelf = Shelf(None, server, key)
        found = (
            _asked(server, key, shelf, prompt) if surroundings.tracking() else _kept(shelf, prompt)
        )
    except LlmopsError as error:
        raise pytest.UsageError(f"The golden examples of {prompt}: {error}") from error
    tagged = [example for example in found if set_name in example.tags]
    return tagged or found


def _asked(server: str, key: str, shelf: Shelf, prompt: str) -> list[GoldenExample]:
    with Http(server, key) as http:
        prompt_id = http.call("GET", f"/prompts/named/{quote(prompt)}")["id"]
        found: list[GoldenExample] = []
        params = {"limit": PAGE}
        while True:
            path = f"/prompts/{prompt_id}/golden-examples"
            page = http.call("GET", path, params=params)
            found += [GoldenExample.model_validate(row) for row in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
    if not found:
        raise LlmopsError("there are none; add some, or import a file.")
    shelf.put(_place(prompt), EXAMPLES.dump_json(found).decode())
    return found


def _kept(shelf: Shelf, prompt: str) -> list[GoldenExample]:
    text = shelf.take(_place(prompt))
    if text is None:
        raise ServerAway("the server", "tracking is off, and no copy is on disk; run once with it")
    return EXAMPLES.validate_json(text)


def _place(prompt: str) -> str:
    return f"golden examples of {prompt}"
