"""Who is calling, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.models import Role


class Scope(StrEnum):
    read = "read"
    write = "write"
    run = "run"
    ci = "ci"
    chat = "chat"
    review = "review"
    admin = "admin"


_USER = frozenset({Scope.read, Scope.chat})
_MODERATOR = _USER | {Scope.review}
_EDITOR = _MODERATOR | {Scope.write, Scope.run, Scope.ci}

SCOPES_OF: dict[Role, frozenset[Scope]] = {
    Role.user: _USER,
    Role.moderator: _MODERATOR,
    Role.editor: _EDITOR,
    Role.admin: frozenset(Scope),
}


class SubjectKind(StrEnum):
    key = "key"
    session = "session"
    system = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The caller of one request: a key or a signed-in person, in one workspace."""

    kind: SubjectKind
    id: UUID | None  # of the key or of the login session
    label: str  # how the caller appears in histories
    workspace_id: UUID
    workspace_name: str
    role: Role
    scopes: frozenset[Scope]
    user_id: UUID | None = None
    username: str | None = None
    rate_limit_per_minute: int | None = None
    address: str | None = None
    request_id: str | None = None

    @property
    def actor_id(self) -> UUID | None:
        return self.user_id or self.id

    @property
    def key_id(self) -> UUID | None:
        """The API key that pays; None for people and for the platform itself."""
        return self.id if self.kind is SubjectKind.key else None

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes


def parse_scopes(text: str) -> frozenset[Scope]:
    """`all`, or scopes with commas between; raises ValueError naming what there is."""
    if text.strip() == "all":
        return frozenset(Scope)
    names = {part.strip() for part in text.split(",") if part.strip()}
    unknown = names - {scope.value for scope in Scope}
    if unknown or not names:
        raise ValueError(
            f"Unknown scope {', '.join(sorted(unknown)) or text!r}; "
            f"choose from all, {', '.join(scope.value for scope in Scope)}."
        )
    return frozenset(Scope(name) for name in names)
