"""The same request with the same Idempotency-Key is done, and paid for, once."""

from app.idempotency.once import Once, OnceDep

__all__ = ["Once", "OnceDep"]
