"""What was done, by whom: written in the transaction of the act, never changed, chained by hash."""

from app.audit.service import Actor, AuditTag, record, verify

__all__ = ["Actor", "AuditTag", "record", "verify"]
