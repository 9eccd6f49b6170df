"""The three database roles that row-level security stands on, made where they are missing.

`llmops_owner` migrates, `llmops_app` obeys the policies, `llmops_system` sees every workspace.
The same statements serve the embedded server, a server of yours, and the person who has to run
them by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

import psycopg2
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class with a small name
from psycopg2.extensions import encrypt_password
from sqlalchemy import URL, make_url

from app.core.database import Role
from app.embedded.errors import CannotStart, Misconfigured

CONNECT_TIMEOUT_S = 10

# role: (rolsuper, rolbypassrls, rolinherit, rolcanlogin) as they must be, and the same in SQL
ATTRIBUTES = {
    Role.owner: ([False, False, True, True], "NOBYPASSRLS INHERIT LOGIN"),
    Role.app: ([False, False, False, True], "NOBYPASSRLS NOINHERIT LOGIN"),
    Role.system: ([False, True, True, True], "BYPASSRLS INHERIT LOGIN"),
}


class DatabaseUrls(NamedTuple):
    """One database, seen by three roles."""

    app: str
    system: str
    owner: str


class _Caller(NamedTuple):
    name: str
    superuser: bool
    database: str


def provision(
    admin_url: str, *, passwords: Mapping[str, str] | None = None, vector: bool = True
) -> DatabaseUrls:
    """Makes the roles and gives `public` to the owner; running it again changes nothing.

    `passwords` by role name; None where the server asks for none. A user that may already become
    all three roles keeps its URL: the engines say SET ROLE. Raises CannotStart when the server
    does not answer and Misconfigured, with the statements to run, when the user may not do this.
    """
    url = make_url(admin_url)
    with _connected(url) as connection:
        caller = _caller(connection)
        if not caller.superuser and _may_become_all(connection):
            return DatabaseUrls(*[_text(url)] * 3)
        if caller.name in set(Role):
            raise Misconfigured(
                f"DATABASE_URL connects as {caller.name}: set LLMOPS_DATABASE_SYSTEM_URL and "
                "LLMOPS_DATABASE_OWNER_URL too, for llmops_system and llmops_owner."
            )
        _make(connection, caller, passwords or {}, vector=vector)
    urls = DatabaseUrls(
        *(_as_role(url, role, passwords) for role in (Role.app, Role.system, Role.owner))
    )
    _refuse_unknown_passwords(urls)
    return urls


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    """One transaction."""
    try:
        connection = psycopg2.connect(_text(url), connect_timeout=CONNECT_TIMEOUT_S)
    except psycopg2.OperationalError as error:
        raise CannotStart(f"The database does not let {url.username} in: {error}") from None
    with closing(connection), connection:
        yield connection


def _text(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _as_role(url: URL, role: Role, passwords: Mapping[str, str] | None) -> str:
    password = passwords[role.value] if passwords else None
    return _text(url.set(username=role.value, password=password))


def _ask(connection: Connection, query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _caller(connection: Connection) -> _Caller:
    query = (
        "SELECT rolname::text, rolsuper, current_database()::text"
        " FROM pg_roles WHERE rolname = current_user"
    )
    name, superuser, database = _ask(connection, query)[0]
    return _Caller(str(name), bool(superuser), str(database))


def _may_become_all(connection: Connection) -> bool:
    # Since 16, who makes a role is a member that may administer it and yet not become it.
    kind = "SET" if connection.server_version >= 160_000 else "MEMBER"
    query = (
        "SELECT count(*) FROM pg_roles"
        " WHERE rolname = ANY(%s) AND pg_has_role(current_user, oid, %s)"
    )
    return _ask(connection, query, [role.value for role in Role], kind) == [(len(Role),)]


def _missing(connection: Connection, caller: _Caller, *, vector: bool) -> list[str]:
    """The statements the caller has still to run."""
    statements = _missing_roles(connection)
    if not caller.superuser:  # may hand a schema only to a role it is a member of
        statements.append(f"GRANT {Role.owner} TO {_quoted(caller.name)}")
    statements += _missing_ownership(connection, caller)
    if vector:
        statements += _missing_extension(connection, caller)
    return statements


def prepare(url: str) -> None:
    """Makes the roles for a set-up that knows this one URL: its user becomes each by SET ROLE.

    Changes nothing where the URL is a role's own. Raises as `provision` does.
    """
    with _connected(make_url(url)) as connection:
        caller = _caller(connection)
        if caller.name in set(Role):
            return
        _make(connection, caller, {}, vector=True)
        if not caller.superuser and not _may_become_all(connection):
            into = f"TO {_quoted(caller.name)} WITH INHERIT FALSE, SET TRUE"
            grants = [f"GRANT {role} {into}" for role in Role]
            try:
                _run(connection, grants, {})
            except InsufficientPrivilege as error:
                raise Misconfigured(_instructions(caller, grants, error)) from None


def _make(
    connection: Connection, caller: _Caller, passwords: Mapping[str, str], *, vector: bool
) -> None:
    by_hand = _missing(connection, caller._replace(superuser=True), vector=vector)
    try:
        _run(connection, _missing(connection, caller, vector=vector), passwords)
    except InsufficientPrivilege as error:
        raise Misconfigured(_instructions(caller, by_hand, error)) from None


def _missing_roles(connection: Connection) -> list[str]:
    query = "SELECT rolname::text, rolsuper, rolbypassrls, rolinherit, rolcanlogin FROM pg_roles"
    found = {str(name): rest for name, *rest in _ask(connection, query)}
    statements = []
    for role, (attributes, text) in ATTRIBUTES.items():
        if role.value not in found:
            statements.append(f"{_creation(role)} NOSUPERUSER {text}")
        elif found[role.value] != attributes:
            # Only a superuser may say NOSUPERUSER of a role that exists.
            prefix = "NOSUPERUSER " if found[role.value][0] else ""
            statements.append(f"ALTER ROLE {role} {prefix}{text}")
    return statements


def _creation(role: Role) -> str:
    return f"CREATE ROLE {role}"


def _missing_ownership(connection: Connection, caller: _Caller) -> list[str]:
    """The schema is the owner's; the database may stay whose it is."""
    query = "SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = 'public'"
    if _ask(connection, query) == [(Role.owner.value,)]:
        return []
    return [
        f"GRANT CREATE ON DATABASE {_quoted(caller.database)} TO {Role.owner}",
        f"ALTER SCHEMA public OWNER TO {Role.owner}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {Role.app}, {Role.system}",
    ]


def _missing_extension(connection: Connection, caller: _Caller) -> list[str]:
    """Adds pgvector where it is at hand and allowed; without it, search is by words alone."""
    query = (
        "SELECT e.name FROM pg_available_extensions e JOIN pg_available_extension_versions v"
        " ON v.name = e.name AND v.version = e.default_version"
        " WHERE e.name = 'vector' AND e.installed_version IS NULL"
        " AND (%s OR v.trusted OR NOT v.superuser)"
    )
    return ["CREATE EXTENSION vector"] if _ask(connection, query, caller.superuser) else []


def _run(connection: Connection, statements: Sequence[str], passwords: Mapping[str, str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        for name, password in passwords.items():
            # Only of a role made here: roles belong to a whole server, another stack may use them.
            if any(statement.startswith(_creation(Role(name))) for statement in statements):
                # The verifier, because a server may log statements.
                verifier = encrypt_password(password, name, connection, "scram-sha-256")
                cursor.execute(f"ALTER ROLE {Role(name)} PASSWORD %s", (verifier,))


def _instructions(caller: _Caller, by_hand: Sequence[str], error: InsufficientPrivilege) -> str:
    listed = "".join(f"\n  {statement};" for statement in by_hand)
    return (
        f"{caller.name}, the user of DATABASE_URL, may not prepare the database "
        f"({str(error).splitlines()[0]}). "
        + (f"Ask an administrator to run\n{listed}\n\n" if listed else "")
        + "Give the three roles passwords, and set DATABASE_URL, LLMOPS_DATABASE_SYSTEM_URL and "
        "LLMOPS_DATABASE_OWNER_URL to llmops_app, llmops_system and llmops_owner."
    )


def _refuse_unknown_passwords(urls: DatabaseUrls) -> None:
    for url in map(make_url, urls):
        try:
            psycopg2.connect(_text(url), connect_timeout=CONNECT_TIMEOUT_S).close()
        except psycopg2.OperationalError:
            raise Misconfigured(
                f"The role {url.username} exists with a password that is not in this data folder's "
                "secrets.json: set DATABASE_URL, LLMOPS_DATABASE_SYSTEM_URL and "
                "LLMOPS_DATABASE_OWNER_URL with the passwords you gave the three roles."
            ) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
