"""As whom the application may connect, and what PostgreSQL's errors may tell."""

import traceback

import psycopg2
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.testclient import TestClient

from app.core import database
from app.core.config import Environment, get_settings
from app.core.database import Role, UnsafeRole, unit_of_work
from app.main import create_app
from app.models import Prompt

VISIBLE = text("SELECT DISTINCT workspace_id FROM prompts")
CANARY = "canary" + "-7f3a9c"  # in two parts: a traceback quotes this file


@pytest.fixture
def connecting_as(monkeypatch, stack):
    """`connecting_as(user)`: the application's engine, as another user of the same database."""
    made = []

    def use(user: str, environment: Environment = Environment.production) -> None:
        url = make_url(stack.postgres.admin_url).set(username=user)
        settings = get_settings().model_copy(
            update={
                "database_url": SecretStr(url.render_as_string(hide_password=False)),
                "environment": environment,
            }
        )
        monkeypatch.setattr(database, "get_settings", lambda: settings)
        made.append(database.engine.__wrapped__(Role.app))
        monkeypatch.setattr(database, "engine", lambda _role: made[-1])

    yield use
    for engine in made:
        engine.dispose()


@pytest.fixture
def administration(stack):
    """Statements of the server's own superuser."""
    connection = psycopg2.connect(stack.postgres.admin_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor.execute
    connection.close()


def test_the_application_starts_as_its_own_role(connecting_as):
    """The role that obeys the policies is let in."""
    connecting_as("llmops_app")

    with TestClient(create_app()) as client:
        assert 200 == client.get("/healthz").status_code


def test_it_refuses_to_start_as_a_superuser(connecting_as):
    """Behind `SET ROLE` it still is one: a single RESET ROLE away from every row."""
    connecting_as("postgres")

    with pytest.raises(UnsafeRole, match="postgres may bypass"), TestClient(create_app()):
        pass


def test_in_development_one_superuser_url_is_enough(connecting_as):
    """What people have at hand; every statement still runs as llmops_app."""
    connecting_as("postgres", Environment.development)
    database.refuse_unsafe_role()
    with unit_of_work() as session:
        assert "llmops_app" == session.scalar(text("SELECT current_user"))


def test_it_refuses_to_start_when_its_role_may_bypass(connecting_as, administration):
    """Somebody who gave llmops_app the attribute hears of it at the next start."""
    connecting_as("llmops_app")
    administration("ALTER ROLE llmops_app BYPASSRLS")
    try:
        with pytest.raises(UnsafeRole, match="llmops_app may bypass"), TestClient(create_app()):
            pass
    finally:
        administration("ALTER ROLE llmops_app NOBYPASSRLS")


def test_a_plain_member_of_the_three_roles_is_let_in(connecting_as, administration, workspace):
    """One URL is enough where its user may become each of them; the policies still hold."""
    with unit_of_work(workspace) as session:
        session.add(Prompt(name="fenced", created_by="test"))
    administration("CREATE ROLE one_for_all LOGIN")
    administration("GRANT llmops_app, llmops_system, llmops_owner TO one_for_all")
    connecting_as("one_for_all")
    try:
        database.refuse_unsafe_role()
        with unit_of_work() as session:
            seen = session.scalars(VISIBLE).all()
            role = session.scalar(text("SELECT current_user"))
    finally:
        database.engine(Role.app).dispose()
        administration("DROP OWNED BY one_for_all")
        administration("DROP ROLE one_for_all")

    assert [] == seen
    assert "llmops_app" == role


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT CAST(:secret AS text) / 0",
        "INSERT INTO prompts (id, name) VALUES (gen_random_uuid(), :secret)",
        "SELECT :secret FROM nowhere",
        "SELECT CAST(concat('{', :secret) AS jsonb)",
    ],
    ids=["quoted statement", "failing row", "line", "context"],
)
def test_values_stay_out_of_errors(workspace, statement):
    """A prompt or a key in a statement never reaches a log through an exception's text."""
    with pytest.raises(DBAPIError) as refused, unit_of_work(workspace) as session:
        session.execute(text(statement), {"secret": CANARY})
    told = "".join(traceback.format_exception(refused.value))

    assert CANARY not in told
    assert refused.value.orig.diag.message_primary in told


def test_a_missing_database_is_told_in_its_own_words(connecting_as):
    """An error from before there is a server has no parts and is left as it is."""
    connecting_as("a_role_there_is_none_of")

    with pytest.raises(OperationalError, match="a_role_there_is_none_of"):
        database.refuse_unsafe_role()
