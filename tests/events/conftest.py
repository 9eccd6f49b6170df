"""A workspace without workers, of whose events somebody is told."""

import pytest


@pytest.fixture
def post(apart, subject):
    # imported here: at the top, the application would be read before the servers are there
    from tests.support.post import Post  # noqa: PLC0415 - see above

    return Post(apart, subject, "http://127.0.0.1:9999/hook")
