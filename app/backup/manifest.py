"""What a backup and a bundle say of themselves."""

import hmac
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.backup.archive import Frozen, Manifest, Part
from app.core.security import derived_key

SECRETS = "secrets.json"
SECRETS_BYTES = 65_536


class TablePart(Part):
    """One table in PostgreSQL's text format, its rows in the order of the primary key."""

    columns: list[str]
    rows: int


class BackupManifest(Manifest):
    kind: Literal["llmops backup"] = "llmops backup"
    migration: str
    secret_key: str  # not the key: a mark by which the same key is known again
    tables: dict[str, TablePart]
    secrets: Part | None


class KeptSecrets(Frozen):
    """Without them, API keys and sealed values in a backup cannot be read."""

    secret_key: str
    old_secret_keys: list[str] = Field(default_factory=list)


def key_mark(key: bytes | None = None) -> str:
    """A mark of the secret key in force, of which nothing else can be made."""
    return hmac.digest(key or derived_key("backup"), b"mark", "sha256").hex()[:16]


def place(table: str) -> str:
    return f"tables/{table}.copy"


class BundleManifest(Manifest):
    kind: Literal["llmops bundle"] = "llmops bundle"
    experiment_id: UUID
    prompt: str
    verdicts: int
    parts: dict[str, Part]


def verdict_part(number: int) -> str:
    return f"verdicts/{number}.json"


def is_verdict(part: str) -> bool:
    return part.startswith("verdicts/")
