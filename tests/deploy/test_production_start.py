"""The compose file's own commands, variables and secrets, started without containers.

Only what the Dockerfile copies is there; PostgreSQL asks for passwords and Valkey for its own. What
this cannot show is what needs a container engine: images, networks, users, mounts.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import psycopg2
import pytest
import redis

from app.embedded.postgres import Postgres
from app.embedded.stack import free_port
from app.embedded.valkey import _program
from scripts.make_secrets import make
from tests.deploy.files import copied, services, with_defaults, words
from tests.support.fixtures import eventually
from tests.support.stack import ROOT


class Site:
    """A machine with the image's files, the secrets, and the two servers."""

    def __init__(self, folder: Path, postgres: Postgres) -> None:
        self.image = folder / "image"
        self.secrets = folder / "secrets"
        self.postgres = postgres
        self.redis_port = free_port("127.0.0.1", 0)
        self.ports = {port: free_port("127.0.0.1", 0) for port in ("8000", "5555")}
        self._copy_image()
        make(self.secrets)
        self._point_urls_at_this_machine()

    def _copy_image(self) -> None:
        for name in copied():
            source, target = ROOT / name, self.image / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(
                    source, target, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
                )
            else:
                shutil.copy(source, target)

    def _point_urls_at_this_machine(self) -> None:
        for name in ("admin", "system", "owner", ""):
            file = self.secrets / ("database_url" if not name else f"database_{name}_url")
            there = f"@/llmops?host={self.postgres._sockets}&port=5432"
            file.write_text(file.read_text().replace("@postgres:5432/llmops", there))
        file = self.secrets / "redis_url"
        file.write_text(file.read_text().replace("@valkey:6379", f"@127.0.0.1:{self.redis_port}"))

    def environment(self, service: str) -> dict[str, str]:
        """The service's variables and nothing of this test run; unset ones are left out."""
        given = services()[service]["environment"]
        found = {name: str(value) for name, value in given.items() if value is not None}
        moved = {
            name: with_defaults(value).replace("/run/secrets", str(self.secrets))
            for name, value in found.items()
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.image), "HOSTNAME": os.uname().nodename, **moved}

    def command(self, service: str) -> list[str]:
        return [self._here(word) for word in words(services()[service])]

    def _here(self, word: str) -> str:
        """Secrets and ports of this machine for those of the containers."""
        word = with_defaults(word).replace("/run/secrets", str(self.secrets))
        for inside, outside in self.ports.items():
            word = word.replace(inside, str(outside))
        return word

    def url(self, port: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[port]}{path}"

    def run(self, service: str, *command: str) -> subprocess.CompletedProcess[str]:
        """A service that is a job; with a command of its own as by `docker compose run`."""
        return subprocess.run(
            command or self.command(service),
            cwd=self.image,
            env=self.environment(service),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @contextmanager
    def running(self, service: str) -> Iterator[Path]:
        """A service that stays; gives its log."""
        log = self.image / f"{service}.log"
        with log.open("wb") as stream:
            child = subprocess.Popen(
                self.command(service),
                cwd=self.image,
                env=self.environment(service),
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield log
        finally:
            child.terminate()
            child.wait(45)

    def is_healthy(self, service: str) -> bool:
        """What the service's health check says."""
        kind, *test = services()[service]["healthcheck"]["test"]
        spelled = [self._here(part) for part in test]
        ran = subprocess.run(
            ["sh", "-c", *spelled] if kind == "CMD-SHELL" else spelled,
            cwd=self.image,
            env=self.environment(service),
            capture_output=True,
            check=False,
        )
        return ran.returncode == 0


@pytest.fixture(scope="module")
def postgres(tmp_path_factory) -> Iterator[tuple[Postgres, str]]:
    server = Postgres(tmp_path_factory.mktemp("production"), durable=False)
    admin = server.start()
    yield server, admin
    server.stop()


@pytest.fixture(scope="module")
def site(postgres, tmp_path_factory) -> Iterator[Site]:
    server, admin = postgres
    made = Site(tmp_path_factory.mktemp("site"), server)
    password = (made.secrets / "postgres_password").read_text()
    with closing(psycopg2.connect(admin)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("ALTER ROLE postgres PASSWORD %s", (password,))
            # from here on nobody is trusted
            (server._cluster / "pg_hba.conf").write_text("local all all scram-sha-256\n")
            cursor.execute("SELECT pg_reload_conf()")
    valkey = made.command("valkey")
    data = tmp_path_factory.mktemp("valkey")
    bind = ["--bind", "127.0.0.1", "--port", str(made.redis_port), "--dir", str(data)]
    child = subprocess.Popen([_program(), *valkey[1:], *bind], stdout=subprocess.DEVNULL)
    yield made
    child.terminate()
    child.wait(20)


@pytest.fixture(scope="module")
def migrated(site) -> subprocess.CompletedProcess[str]:
    return site.run("migrate")


def test_the_job_makes_the_roles_and_the_schema(site, migrated):
    """From an empty server with a superuser's password to the newest schema, and again."""
    again = site.run("migrate")

    assert 0 == migrated.returncode, migrated.stderr
    assert "The roles llmops_app, llmops_system and llmops_owner are in place." in migrated.stdout
    assert 0 == again.returncode, again.stderr


def test_the_queue_asks_for_its_password(site):
    """Without it nothing is said, with it the settings of the command line are in force."""
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=site.redis_port).ping()
    with redis.Redis.from_url((site.secrets / "redis_url").read_text()) as client:
        found = client.config_get("maxmemory-policy", "appendonly", "save")

    assert {"maxmemory-policy": "noeviction", "appendonly": "yes", "save": ""} == {
        str(key): value for key, value in found.items()
    }


def test_the_platform_comes_up_and_says_so(site, migrated):
    """API, sweeper and beat with the file's variables and secrets; the first key opens the API."""

    def health() -> dict | None:
        try:
            found = httpx2.get(site.url("8000", "/api/v1/health"), trust_env=False).json()
        except httpx2.TransportError:
            return None
        return found if "ok" == found["status"] else None

    key = site.run("migrate", "python", "-m", "app", "keys", "create", "ops", "--scopes", "all")
    with site.running("api") as log, site.running("control"), site.running("beat"):
        found = eventually(health)
        docs = httpx2.get(site.url("8000", "/docs"), trust_env=False)
        headers = {"X-API-Key": key.stdout.strip()}
        known = httpx2.get(site.url("8000", "/api/v1/me"), headers=headers, trust_env=False)
        watched = [eventually(lambda n=name: site.is_healthy(n)) for name in ("control", "beat")]

    assert found, log.read_text()
    assert {"ok"} == {check["status"] for check in found["checks"].values()}
    assert 404 == docs.status_code
    assert 200 == known.status_code, key.stderr
    assert [True, True] == watched


def test_a_worker_answers_its_health_check(site, migrated):
    """`inspect ping` finds the worker by the name the command gives it."""
    with site.running("worker") as log:
        healthy = eventually(lambda: site.is_healthy("worker"))

    assert healthy, log.read_text()


def test_flower_starts_behind_a_password(site, migrated):
    """The view of the queue answers nobody without the password of its file."""
    with site.running("flower") as log:
        address = site.url("5555", "/")
        healthy = eventually(lambda: site.is_healthy("flower"))
        nobody = httpx2.get(address, trust_env=False)
        user, _, password = (site.secrets / "flower_basic_auth").read_text().partition(":")
        known = httpx2.get(address, auth=(user, password), trust_env=False, follow_redirects=True)

    assert healthy, log.read_text()
    assert 401 == nobody.status_code
    assert 200 == known.status_code
