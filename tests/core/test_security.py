"""Keys, tokens and passwords as pure functions: what is accepted is exactly what was issued."""

import string
from datetime import timedelta

import jwt
import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from app.core import security
from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.security import (
    AUDIENCE,
    BASE62,
    ISSUER,
    AccessClaims,
    derived_key,
    hash_password,
    hash_token,
    issue_access_token,
    new_api_key,
    public_id_of,
    read_access_token,
    seal,
    unseal,
    verify_password,
)

CLAIMS = AccessClaims(new_id(), new_id(), new_id(), 3)


# --- API keys ---


@pytest.mark.parametrize("live", [True, False])
def test_a_key_has_its_form(live):
    """llmops_<live|test>_<8>_<43>_<6>: what secret scanners look for."""
    made = new_api_key(live=live)
    name, kind, public_id, rest = made.text.split("_", 3)

    assert ["llmops", "live" if live else "test"] == [name, kind]
    assert 8 == len(public_id)
    assert set(public_id) <= set(BASE62)
    assert 43 + 1 + 6 == len(rest)
    assert public_id == made.public_id == public_id_of(made.text)
    assert made.text[-4:] == made.last_four
    assert made.text not in made.digest


def test_keys_do_not_repeat():
    """256 bits of chance in each."""
    assert 200 == len({new_api_key().text for _ in range(200)})


@given(place=st.integers(min_value=0), to=st.sampled_from(string.ascii_letters + string.digits))
def test_a_typo_is_found_without_a_database(place, to):
    """Any one wrong character: the checksum, or the form, does not fit."""
    key = new_api_key().text
    at = place % len(key)
    wrong = key[:at] + to + key[at + 1 :]

    assert (wrong == key) == (public_id_of(wrong) is not None)


@given(st.text() | st.text().map("llmops_live_{}".format))
def test_any_text_is_no_key(text):
    """Whatever is offered is looked at without an error."""
    assert public_id_of(text) is None


# --- access tokens ---


def token(key: bytes | None = None, algorithm: str = "HS256", **changes: object) -> str:
    """A valid token with these claims changed; None leaves one out."""
    at = now()
    payload = {
        "sub": str(CLAIMS.user_id),
        "sid": str(CLAIMS.session_id),
        "wid": str(CLAIMS.workspace_id),
        "ver": 3,
        "iat": at,
        "exp": at + timedelta(minutes=5),
        "jti": "1",
        "aud": AUDIENCE,
        "iss": ISSUER,
    } | changes
    content = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(content, key or derived_key("access tokens"), algorithm=algorithm)


def test_a_token_that_was_issued_is_read():
    """Every claim comes back as it was."""
    assert CLAIMS == read_access_token(issue_access_token(CLAIMS))
    assert CLAIMS == read_access_token(token())


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": None},
        {"exp": 1},
        {"iat": None},
        {"iat": 9_999_999_999},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"sub": "admin"},
        {"jti": None},
        {"aud": None},
        {"aud": "llmops:refresh"},
        {"iss": None},
        {"iss": "somebody"},
        {"sid": None},
        {"sid": "1"},
        {"wid": None},
        {"wid": "'; DROP TABLE users"},
        {"ver": None},
        {"ver": "x"},
    ],
    ids=str,
)
def test_a_token_that_lacks_or_lies_is_none(wrong):
    """Signed with the right key, and still not accepted."""
    assert read_access_token(token(**wrong)) is None


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")  # the forger's key
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_the_algorithm_is_ours_to_choose(algorithm):
    """The header's choice is not followed, with the right key neither."""
    assert read_access_token(token(algorithm=algorithm)) is None


def test_a_token_without_a_signature_is_none():
    """`alg: none` in every spelling, and a signature cut off."""
    head, body, _ = token().split(".")
    unsigned = jwt.encode({"sub": "x"}, None, algorithm="none")
    for text in (
        unsigned,
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{unsigned.split('.')[0]}.{body}.",
    ):
        assert read_access_token(text) is None


def test_another_key_opens_nothing():
    """Also not one that this server derives for another purpose."""
    assert read_access_token(token(key=b"x" * 32)) is None
    assert read_access_token(token(key=derived_key("tokens"))) is None


def test_a_token_ends_after_half_an_hour():
    """Issued 31 minutes ago, it is none; 29 minutes ago, it is one."""
    old = issue_access_token(CLAIMS, at=now() - timedelta(minutes=31))
    young = issue_access_token(CLAIMS, at=now() - timedelta(minutes=29))

    assert read_access_token(old) is None
    assert CLAIMS == read_access_token(young)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_is_no_token(text):
    """Whatever is offered is looked at without an error."""
    assert read_access_token(text) is None


# --- passwords and stored secrets ---


def test_a_password_is_recognised_in_every_spelling():
    """NFKC: the same letters typed on another keyboard are the same password."""
    stored = hash_password("pässwörd №1 ﬁne")

    assert verify_password("pa\u0308sswo\u0308rd No1 fine", stored)
    assert not verify_password("password No1 fine", stored)


def test_hashing_is_as_dear_as_recommended():
    """argon2id with 19 MiB, two passes and one lane, and a salt of its own each time."""
    first, second = hash_password("the same"), hash_password("the same")

    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_an_unknown_person_costs_a_hash_too(monkeypatch):
    """The same work for nobody: time does not tell who exists."""
    asked = []
    monkeypatch.setattr(security._hasher, "verify", lambda *pair: asked.append(pair) or True)

    assert not verify_password("anything", None)
    assert 1 == len(asked)
    assert asked[0][1].startswith("$argon2id$")


def test_a_token_is_stored_as_a_keyed_hash(monkeypatch):
    """A stolen table says nothing without the server's secret."""
    before = hash_token("a token")
    monkeypatch.setattr(get_settings(), "secret_key", type(get_settings().secret_key)("y" * 48))

    assert "a token" not in before
    assert before != hash_token("a token")


def test_keys_for_different_purposes_differ():
    """A leak of one tells nothing of the others."""
    assert 3 == len({derived_key("a"), derived_key("b"), derived_key("")})
    assert {32} == {len(derived_key("a")), len(derived_key("b"))}


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_what_is_sealed_can_be_opened_here_only(text):
    """Encrypted, authenticated, and different each time."""
    sealed = seal(text)

    assert text == unseal(sealed)
    assert sealed != seal(text)
    with pytest.raises(InvalidToken):
        unseal(sealed[:-4] + "AAA=")
