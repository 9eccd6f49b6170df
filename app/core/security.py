"""Passwords, API keys and access tokens: pure functions over the process's secret."""

import base64
import hashlib
import hmac
import secrets
import string
import unicodedata
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

import jwt
from cryptography.fernet import Fernet, MultiFernet
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

from app.core.clock import new_id, now
from app.core.config import get_settings

ACCESS_TOKEN_LIFE = timedelta(minutes=30)
AUDIENCE = "llmops:access"
ISSUER = "llmops"

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
KEY_ID_LENGTH = 8
KEY_SECRET_LENGTH = 43
CHECKSUM_LENGTH = 6

# 19 MiB a hash (OWASP); four at a time, so that a burst of sign-ins costs 76 MiB and not 2 GB
_hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
_hashing = BoundedSemaphore(4)


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, derived from the secret; a leak of one tells nothing of others."""
    return _derived(get_settings().secret_key, purpose)


def _derived(secret: SecretStr, purpose: str) -> bytes:
    key = secret.get_secret_value().encode()
    return hmac.new(key, f"llmops:{purpose}".encode(), hashlib.sha256).digest()


def _derived_keys(purpose: str) -> list[bytes]:
    """Under the secret in force, then under the former ones."""
    settings = get_settings()
    return [_derived(s, purpose) for s in (settings.secret_key, *settings.old_secret_keys)]


def normalised(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    with _hashing:
        return _hasher.hash(normalised(password))


@lru_cache(1)
def _hash_of_nothing() -> str:
    return hash_password(secrets.token_urlsafe(16))


def verify_password(password: str, stored: str | None) -> bool:
    """Costs the same for an unknown user (`stored` None), so that nobody can ask who exists."""
    with _hashing:
        right = _hasher.verify(normalised(password), stored or _hash_of_nothing())
    return right and stored is not None


def warm_up() -> None:
    """Makes the stand-in hash before the first sign-in needs it."""
    _hash_of_nothing()


def hash_token(token: str) -> str:
    """How a high-entropy secret is stored: keyed, so that a stolen table is of no use."""
    return _keyed_hash(derived_key("tokens"), token)


def _keyed_hash(key: bytes, token: str) -> str:
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()


def is_hash_of(stored: str, token: str) -> bool:
    """Also where it was hashed under a former secret key."""
    return any(same(stored, _keyed_hash(key, token)) for key in _derived_keys("tokens"))


def same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


# --- API keys: llmops_<live|test>_<8 id>_<43 secret>_<6 checksum> ---


@dataclass(frozen=True, slots=True)
class ApiKeySecret:
    """A new key: `text` is shown once, the rest is stored."""

    text: str
    public_id: str
    digest: str
    last_four: str


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(BASE62[digit])
    return "".join(reversed(digits))


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECKSUM_LENGTH)


def new_api_key(*, live: bool = True) -> ApiKeySecret:
    public_id = "".join(secrets.choice(BASE62) for _ in range(KEY_ID_LENGTH))
    secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    body = f"llmops_{'live' if live else 'test'}_{public_id}_{secret}"
    text = f"{body}_{_checksum(body)}"
    return ApiKeySecret(text, public_id, hash_token(text), text[-4:])


def public_id_of(key: str) -> str | None:
    """The id inside a well-formed key; None for a typo, found without asking a database."""
    body, _, checksum = key.rpartition("_")
    head = body.split("_", 3)
    well_formed = (
        len(head) == 4
        and head[0] == "llmops"
        and head[1] in {"live", "test"}
        and len(head[2]) == KEY_ID_LENGTH
        and len(head[3]) == KEY_SECRET_LENGTH
        and key.isascii()
        and same(checksum, _checksum(body))
    )
    return head[2] if well_formed else None


# --- access tokens ---


@dataclass(frozen=True, slots=True)
class AccessClaims:
    user_id: UUID
    session_id: UUID
    workspace_id: UUID
    token_version: int


def issue_access_token(claims: AccessClaims, *, at: datetime | None = None) -> str:
    issued = at or now()
    return jwt.encode(
        {
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "wid": str(claims.workspace_id),
            "ver": claims.token_version,
            "iat": issued,
            "exp": issued + ACCESS_TOKEN_LIFE,
            "jti": str(new_id()),
            "aud": AUDIENCE,
            "iss": ISSUER,
        },
        derived_key("access tokens"),
        algorithm="HS256",
    )


def read_access_token(token: str) -> AccessClaims | None:
    """The claims of a valid token; None for anything else, whatever is wrong with it."""
    try:
        payload: dict[str, Any] = jwt.decode(
            token,
            derived_key("access tokens"),
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "jti", "aud", "iss"]},
        )
        return AccessClaims(
            user_id=UUID(payload["sub"]),
            session_id=UUID(payload["sid"]),
            workspace_id=UUID(payload["wid"]),
            token_version=int(payload["ver"]),
        )
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
        return None


# --- secrets that must be shown again ---


def _cipher() -> MultiFernet:
    """Encrypts under the secret in force, reads what a former one sealed."""
    keys = _derived_keys("sealed values")
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def seal(text: str) -> str:
    return _cipher().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    return _cipher().decrypt(sealed.encode()).decode()


def seal_again(sealed: str) -> str:
    """The same under the secret in force; raises InvalidToken for what no known secret sealed."""
    return _cipher().rotate(sealed.encode()).decode()


def new_token() -> str:
    """An opaque secret of 32 random bytes."""
    return secrets.token_urlsafe(32)
