"""What was sealed or hashed under a secret key outlives it."""

import pytest
from cryptography.fernet import InvalidToken
from pydantic import SecretStr

from app.backup.resealing import reseal
from app.core import security
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.models import WebhookEndpoint
from app.webhooks import signing
from tests.support.fixtures import make_workspace

LOST = "gAAAAAB" + "x" * 80


@pytest.fixture
def endpoint(apart) -> WebhookEndpoint:
    """With a secret of now, and one before it that nobody can read."""
    made = WebhookEndpoint(
        workspace_id=make_workspace(),
        url="http://127.0.0.1:9/hook",
        kinds=[],
        created_by="test",
        old_secret_sealed=LOST,
    )
    with system_unit_of_work() as session:
        signing.give(made, "whsec_c2VjcmV0")
        session.add(made)
        session.flush()
        signing.give(made, "whsec_c2VjcmV0")  # sealed with its id, which it has now
    return made


def test_a_new_secret_key_reads_what_the_former_sealed(endpoint, monkeypatch):
    """Sealed again it needs the former one no more; what cannot be read stays and is counted."""
    before = endpoint.secret_sealed
    key = security.new_api_key()
    former = get_settings().secret_key
    monkeypatch.setattr(get_settings(), "secret_key", SecretStr("n" * 48))
    with pytest.raises(InvalidToken):
        security.unseal(before)
    known_without = security.is_hash_of(key.digest, key.text)
    monkeypatch.setattr(get_settings(), "old_secret_keys", [former])
    known = security.is_hash_of(key.digest, key.text)
    with system_unit_of_work() as session:
        done = reseal(session)
    with system_unit_of_work() as session:
        after = session.get_one(WebhookEndpoint, endpoint.id)
    monkeypatch.setattr(get_settings(), "old_secret_keys", [])

    assert done.values >= 1
    assert done.unreadable >= 1
    assert before != after.secret_sealed
    assert LOST == after.old_secret_sealed
    assert "whsec_c2VjcmV0" == signing.unseal(after.id, after.secret_sealed)
    assert (False, True) == (known_without, known)
    assert not security.is_hash_of(key.digest, key.text[:-1] + "?")
