from collections.abc import Iterator

import pytest

from scripts.mock_provider.launch import MockProvider, start


@pytest.fixture(scope="session")
def mock() -> Iterator[MockProvider]:
    """One mock provider for all tests here; each tells its calls apart by its own prompts."""
    with start(tokens=12) as running:
        yield running
