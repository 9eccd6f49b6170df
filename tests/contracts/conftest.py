"""Two furnished workspaces that know nothing of each other.

The application is imported inside the fixtures: this file is read before the servers have started.
"""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

if TYPE_CHECKING:
    from tests.contracts.furnished import Furnished


@pytest.fixture(scope="session")
def furnished(server: TestClient) -> Iterator[Callable[[str], "Furnished"]]:
    """`furnished(name)`: one more workspace with a row in every table."""
    from app.runs import providers  # noqa: PLC0415 - see above
    from tests.contracts.furnished import furnish  # noqa: PLC0415 - same

    yield lambda name: furnish(server, name)
    providers._runner(os.getpid()).close()
    providers._runner.cache_clear()


@pytest.fixture(scope="session")
def ours(furnished: Callable[[str], "Furnished"]) -> "Furnished":
    return furnished("Ours")


@pytest.fixture(scope="session")
def theirs(furnished: Callable[[str], "Furnished"]) -> "Furnished":
    return furnished("Theirs")


@pytest.fixture
def us(server: TestClient, ours: "Furnished") -> TestClient:
    """An admin of our workspace, from an address of its own: sign-in is limited by address."""
    from tests.accounts.people import at_own_address  # noqa: PLC0415 - see above

    client = at_own_address(server)
    client.headers["authorization"] = f"Bearer {ours.key}"
    return client


@pytest.fixture(params=["both fences", "the services alone"])
def fence(request: pytest.FixtureRequest) -> Iterator[str]:
    """The second time the application's role sees every row there is."""
    from app.core import database  # noqa: PLC0415 - see above

    with pytest.MonkeyPatch.context() as patch:
        if request.param == "the services alone":
            real = database.engine
            patch.setattr(database, "engine", lambda _role: real(database.Role.system))
        yield request.param
