from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from sqlalchemy import make_url

from app.core.database import Role
from app.embedded.errors import CannotStart, Misconfigured
from app.embedded.postgres import Postgres
from app.embedded.roles import DatabaseUrls, provision

PASSWORDS = {role.value: f"{role.value}-{'x' * 30}" for role in Role}


@pytest.fixture(scope="module")
def postgres(tmp_path_factory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("roles"), durable=False)
    server.start()
    # Roles must prove their passwords; the server's own superuser need not.
    access = server._cluster / "pg_hba.conf"
    access.write_text(
        "local all postgres trust\nlocal all llmops_app,llmops_system,llmops_owner scram-sha-256\n"
        "local all all trust\n"
    )
    run(server.admin_url, "SELECT pg_reload_conf()")
    yield server
    server.stop()


@pytest.fixture
def admin(postgres) -> Iterator[str]:
    """A fresh database of a superuser, on a server without our roles."""
    run(postgres.admin_url, "CREATE DATABASE fresh")
    yield as_user(postgres.admin_url, "postgres", "fresh")
    run(postgres.admin_url, "DROP DATABASE fresh WITH (FORCE)")
    for role in (*(role.value for role in Role), "maker", "plain"):
        run(postgres.admin_url, f"DROP ROLE IF EXISTS {role}")


def as_user(url: str, user: str, database: str = "fresh") -> str:
    found = make_url(url).set(username=user, database=database)
    return found.render_as_string(hide_password=False)


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def attributes(admin: str) -> list[tuple[object, ...]]:
    return run(
        admin,
        "SELECT rolname::text, rolsuper, rolbypassrls, rolinherit FROM pg_roles"
        " WHERE rolname LIKE 'llmops%' ORDER BY rolname",
    )


RIGHT = [
    ("llmops_app", False, False, False),
    ("llmops_owner", False, False, True),
    ("llmops_system", False, True, True),
]


def test_the_three_roles_have_their_places(admin):
    """Who bypasses policies, who owns the schema, and nobody is a superuser."""
    urls = provision(admin, passwords=PASSWORDS)
    owner = "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"

    assert attributes(admin) == RIGHT
    assert [("llmops_owner",)] == run(admin, owner)
    assert [(Role.app,), (Role.system,), (Role.owner,)] == [
        run(url, "SELECT current_user::text")[0] for url in urls
    ]
    assert [("vector",)] == run(admin, "SELECT extname FROM pg_extension WHERE extname = 'vector'")


def test_running_it_again_changes_nothing(admin):
    """The second run gives the same URLs, and they open."""
    assert provision(admin, passwords=PASSWORDS) == provision(admin, passwords=PASSWORDS)


def test_the_application_can_make_no_table_and_become_nobody(admin):
    """What a stolen connection of the application cannot do."""
    app = provision(admin, passwords=PASSWORDS).app

    for attempt in ("CREATE TABLE t ()", "SET ROLE llmops_owner", "SET ROLE llmops_system"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(app, attempt)


def test_the_owner_can_migrate(admin):
    """It makes tables in the schema it was given."""
    owner = provision(admin, passwords=PASSWORDS).owner
    run(owner, "CREATE TABLE t ()")

    assert [("llmops_owner",)] == run(owner, "SELECT tableowner::text FROM pg_tables LIMIT 1")


def test_a_role_that_drifted_is_put_right(admin):
    """An application role that somebody made a superuser is none after the next start."""
    provision(admin, passwords=PASSWORDS)
    run(
        admin,
        "ALTER ROLE llmops_app SUPERUSER BYPASSRLS INHERIT",
        "ALTER ROLE llmops_system NOBYPASSRLS",
    )
    provision(admin, passwords=PASSWORDS)

    assert attributes(admin) == RIGHT


def test_a_user_that_may_make_roles_is_enough(admin):
    """No superuser is needed, as on hosted servers; and the second run is the same."""
    run(
        admin, "CREATE ROLE maker LOGIN CREATEROLE BYPASSRLS", "ALTER DATABASE fresh OWNER TO maker"
    )
    maker = as_user(admin, "maker")
    run(admin, "ALTER SCHEMA public OWNER TO maker")
    urls = provision(maker, passwords=PASSWORDS)

    assert attributes(admin) == RIGHT
    assert urls == provision(maker, passwords=PASSWORDS)
    run(admin, "REASSIGN OWNED BY maker TO postgres", "DROP OWNED BY maker")


def test_a_user_that_may_not_gets_the_statements_to_run(admin):
    """They are complete: run by an administrator, nothing is missing."""
    run(admin, "CREATE ROLE plain LOGIN")
    with pytest.raises(Misconfigured) as refusal:
        provision(as_user(admin, "plain"), passwords=PASSWORDS)
    sentence = str(refusal.value)
    listed = [line.strip() for line in sentence.splitlines() if line.startswith("  ")]
    run(admin, *listed)

    assert "permission denied to create role" in sentence
    assert attributes(admin) == RIGHT
    assert len(listed) == 8
    assert "x" * 30 not in sentence


def test_where_only_membership_is_missing_nothing_is_listed(admin):
    """The roles are there; this user must name them."""
    provision(admin, passwords=PASSWORDS)
    run(admin, "CREATE ROLE plain LOGIN")

    with pytest.raises(Misconfigured, match="Give the three roles passwords") as refusal:
        provision(as_user(admin, "plain"), passwords=PASSWORDS)
    assert "administrator" not in str(refusal.value)


def test_a_member_of_all_three_keeps_its_url(admin):
    """One URL for all: the engines say SET ROLE."""
    provision(admin, passwords=PASSWORDS)
    run(admin, "CREATE ROLE plain LOGIN", f"GRANT {', '.join(Role)} TO plain")
    plain = as_user(admin, "plain")

    assert DatabaseUrls(plain, plain, plain) == provision(plain, passwords=PASSWORDS)


def test_one_of_the_roles_alone_is_not_enough(admin):
    """Signing in and migrating need the other two."""
    app = provision(admin, passwords=PASSWORDS).app

    with pytest.raises(Misconfigured, match="set LLMOPS_DATABASE_SYSTEM_URL"):
        provision(app, passwords=PASSWORDS)


def test_passwords_of_another_installation_are_not_overwritten(admin):
    """Roles belong to the whole server: a second stack on it must not lock out the first."""
    first = provision(admin, passwords=PASSWORDS)
    with pytest.raises(Misconfigured, match="exists with a password that is not in this"):
        provision(admin, passwords=dict.fromkeys(PASSWORDS, "other"))

    assert [(1,)] == run(first.app, "SELECT 1")


def test_without_vector_where_the_processor_cannot(admin):
    """The extension is not even loaded."""
    provision(admin, passwords=PASSWORDS, vector=False)

    assert [] == run(admin, "SELECT extname FROM pg_extension WHERE extname = 'vector'")


def test_a_server_that_is_not_there_is_said():
    """With the user it was tried as, and without a password."""
    with pytest.raises(CannotStart, match="does not let someone in") as refusal:
        provision("postgresql://someone:canary@127.0.0.1:1/nowhere")

    assert "canary" not in str(refusal.value)
