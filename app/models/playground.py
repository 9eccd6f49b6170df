"""What stands in the playground's columns, kept under a link."""

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Base, Identified, Tenant, own


class PlaygroundState(Identified, Tenant, Base):
    """Never changed. `content` is JSON as text: jsonb would sort its keys and drop its spaces."""

    __tablename__ = "playground_states"

    content: Mapped[str]
    created_by: Mapped[str]

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )
