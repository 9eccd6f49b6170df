"""A webhook of a workspace without workers, and the receiver it leads to.

Imported here, the application would be read before the test run has its servers.
"""

import pytest


@pytest.fixture
def receiver():
    from tests.support.receiver import receiving  # noqa: PLC0415 - see above

    with receiving() as found:
        yield found


@pytest.fixture
def post(apart, subject, receiver):
    from tests.support.post import Post  # noqa: PLC0415 - see above

    return Post(apart, subject, receiver.url)
