"""What happened, kept as a row and told to those who asked to hear of it."""

from app.events.service import emit
from app.models import EventKind

__all__ = ["EventKind", "emit"]
