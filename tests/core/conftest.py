"""A real uvicorn for what an in-process client cannot show; started once."""

from collections.abc import Iterator

import pytest

from tests.contracts.serving import Serving, serving
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def api(stack: Stack) -> Iterator[Serving]:
    with serving(stack) as running:
        yield running
