"""OpenAI's own client, and what it asks.

The application is imported inside the fixtures: this file is read before the servers have started.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import openai

    from app.accounts.subject import Subject
    from scripts.mock_provider.launch import MockProvider


@pytest.fixture(scope="module")
def address(shared_provider: "MockProvider") -> Iterator[str]:
    from tests.openai_api.door import opened  # noqa: PLC0415 - see above

    with opened(shared_provider) as url:
        yield url


@pytest.fixture
def mock(address: str, provider: "MockProvider") -> "MockProvider":
    return provider


@pytest.fixture
def sdk(address: str, subject: "Subject") -> Iterator[Callable[..., "openai.OpenAI"]]:
    """`sdk()`: a client with an admin's key; `sdk("…")` with this one."""
    from tests.openai_api.door import clients  # noqa: PLC0415 - see above

    with clients(address, subject) as make:
        yield make


@pytest.fixture
def run_of(subject: "Subject") -> Callable[[str], Any]:
    """The recorded run of an answer's id."""
    from tests.openai_api.door import recorded  # noqa: PLC0415 - see above

    return partial(recorded, subject)
