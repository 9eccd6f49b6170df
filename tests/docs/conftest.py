import pytest

from tests.docs.live import served


@pytest.fixture(scope="session")
def address(worker):
    """A platform as a reader of the documents has it: API, workers, beat."""
    with served(worker) as url:
        yield url
