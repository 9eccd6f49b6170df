import os

import pytest

from app.core.config import get_settings
from app.embedded import surroundings
from app.embedded.datadir import DataDir
from app.embedded.errors import CannotStart, Misconfigured
from app.embedded.roles import DatabaseUrls
from app.embedded.secrets_file import Secrets

pytestmark = pytest.mark.usefixtures("alone")
URLS = DatabaseUrls("postgresql://app@/d", "postgresql://system@/d", "postgresql://owner@/d")


def test_production_needs_no_secret_of_its_own_here(monkeypatch):
    """The folder's key stands where none is given."""
    secrets = Secrets()
    monkeypatch.setenv("LLMOPS_ENVIRONMENT", "production")

    found = surroundings.given_settings(secrets)

    assert secrets.secret_key == found.secret_key.get_secret_value()


def test_a_given_secret_wins(monkeypatch):
    """The folder's key is a default."""
    monkeypatch.setenv("LLMOPS_SECRET_KEY", "given" * 10)

    found = surroundings.given_settings(Secrets())

    assert "given" * 10 == found.secret_key.get_secret_value()


def test_a_wrong_setting_is_named_and_its_value_is_not_shown(monkeypatch):
    """Values may be secrets."""
    monkeypatch.setenv("LLMOPS_SHARD_SIZE", "canary")
    monkeypatch.setenv("LLMOPS_ENVIRONMENT", "production")
    monkeypatch.setenv("LLMOPS_SECRET_KEY", "short")

    with pytest.raises(Misconfigured, match="shard_size") as refusal:
        surroundings.given_settings(Secrets())
    assert "canary" not in str(refusal.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_development_may_listen_here(host):
    """Loopback by any of its names."""
    assert None is surroundings.refuse_open_development(
        surroundings.given_settings(Secrets()), host
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_development_may_not_listen_to_the_network(host, monkeypatch):
    """Only production settings may; the sentence says which."""
    with pytest.raises(Misconfigured, match="LLMOPS_ENVIRONMENT=production"):
        surroundings.refuse_open_development(surroundings.given_settings(Secrets()), host)
    monkeypatch.setenv("LLMOPS_ENVIRONMENT", "production")
    surroundings.refuse_open_development(surroundings.given_settings(Secrets()), host)


def test_without_database_url_the_database_is_ours():
    """The default of the setting is not a wish."""
    assert None is surroundings.external_database(surroundings.given_settings(Secrets()), Secrets())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"SYSTEM": "s", "OWNER": "o"}, DatabaseUrls("a", "s", "o")),
        ({"SYSTEM": "s"}, DatabaseUrls("a", "s", "a")),
        ({"OWNER": "o"}, DatabaseUrls("a", "a", "o")),
    ],
)
def test_given_roles_are_taken_as_they_are(monkeypatch, given, expected):
    """Nobody connects to see whether they exist: this server is not ours."""
    monkeypatch.setenv("DATABASE_URL", "a")
    for name, url in given.items():
        monkeypatch.setenv(f"LLMOPS_DATABASE_{name}_URL", url)

    found = surroundings.external_database(surroundings.given_settings(Secrets()), Secrets())

    assert expected == found


def test_a_lone_database_url_is_provisioned(monkeypatch):
    """That is tried at once; here nobody answers."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin@127.0.0.1:1/x")

    with pytest.raises(CannotStart, match="does not let admin in"):
        surroundings.external_database(surroundings.given_settings(Secrets()), Secrets())


def test_the_processes_environment(data, monkeypatch):
    """Addresses of the three roles, the queue, the folder; a public address only as a default."""
    secrets = Secrets()
    folder = DataDir.at(data)
    settings = surroundings.given_settings(secrets)
    found = surroundings.environment(folder, settings, URLS, "unix:///q", "http://here")
    monkeypatch.setenv("LLMOPS_PUBLIC_URL", "https://llmops.example.org/")
    settings = surroundings.given_settings(secrets)
    public = surroundings.environment(folder, settings, URLS, "unix:///q", "http://here")

    assert found == {
        "DATABASE_URL": URLS.app,
        "LLMOPS_DATABASE_SYSTEM_URL": URLS.system,
        "LLMOPS_DATABASE_OWNER_URL": URLS.owner,
        "REDIS_URL": "unix:///q",
        "LLMOPS_DATA_DIR": str(data),
        "LLMOPS_SECRET_KEY": secrets.secret_key,
        "LLMOPS_PUBLIC_URL": "http://here",
    }
    assert "https://llmops.example.org" == public["LLMOPS_PUBLIC_URL"]


def test_an_inherited_address_does_not_win(monkeypatch):
    """Settings prefer the LLMOPS_ spelling; a child must see the stack's address."""
    monkeypatch.setenv("LLMOPS_DATABASE_URL", "postgresql://elsewhere/x")
    monkeypatch.setenv("OPENAI_API_KEY", "kept")
    child = surroundings.complete({"DATABASE_URL": URLS.app})
    surroundings.adopt({"DATABASE_URL": URLS.app})

    assert (None, "kept", URLS.app) == (
        child.get("LLMOPS_DATABASE_URL"),
        child["OPENAI_API_KEY"],
        child["DATABASE_URL"],
    )
    assert URLS.app == get_settings().database_url.get_secret_value()
    assert "LLMOPS_DATABASE_URL" not in os.environ
