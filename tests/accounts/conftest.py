"""Somebody who can sign in, from an address of the test's own."""

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from starlette.testclient import TestClient

if TYPE_CHECKING:
    from tests.accounts.people import Person


@pytest.fixture
def visitor(server: TestClient) -> TestClient:
    """No credentials, and an address nobody else uses."""
    from tests.accounts.people import at_own_address  # noqa: PLC0415 - imports the application

    return at_own_address(server)


@pytest.fixture
def person(workspace: UUID) -> "Person":
    """An editor of the test's workspace."""
    from tests.accounts.people import make_person  # noqa: PLC0415 - imports the application

    return make_person(workspace)


@pytest.fixture
def tab(server: TestClient) -> TestClient:
    """A browser that nobody has signed in with yet."""
    from tests.accounts.people import browser  # noqa: PLC0415 - imports the application

    return browser(server)


@pytest.fixture
def own_tab(server: TestClient, person: "Person") -> TestClient:
    """The person's browser, signed in."""
    from tests.accounts.people import signed_in  # noqa: PLC0415 - imports the application

    return signed_in(server, person.username)
