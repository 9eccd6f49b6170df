"""The stack's database for a command that needs nothing else."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.embedded import cpu, leftovers, processes, programs, state, surroundings
from app.embedded.datadir import DataDir, FolderLock
from app.embedded.postgres import Postgres
from app.embedded.roles import DatabaseUrls, provision
from app.embedded.secrets_file import load_or_create
from app.embedded.state import Phase, State
from app.embedded.supervisor import Service, say

SETTLE_TIMEOUT_S = 120.0


@contextmanager
def open_database(data_dir: Path, holder: str) -> Iterator[Mapping[str, str]]:
    """The environment of the running stack, or of its database alone, started for the while.

    `holder` names the command to others who want the folder meanwhile. Raises CannotStart.
    """
    folder = DataDir.open(data_dir)
    running = _settled(folder)
    if running:
        yield running.environment
        return
    with FolderLock(folder.run / "lock", holder), ExitStack() as servers:

        def start(server: Service) -> None:
            servers.callback(server.stop)
            server.start()

        leftovers.clear(folder)
        secrets = load_or_create(folder)
        settings = surroundings.given_settings(secrets)
        urls = surroundings.external_database(settings, secrets) or own(folder, start)
        redis_url = settings.redis_url.get_secret_value()
        environment = surroundings.environment(
            folder, settings, urls, redis_url, settings.public_url
        )
        programs.migrate(folder, environment)
        yield environment


def _settled(folder: DataDir) -> State | None:
    """The running stack; one that is just starting is waited for."""

    def starts() -> bool:
        running = state.read_running(folder)
        return running is not None and running.phase is Phase.starting

    processes.wait_for(lambda: not starts(), SETTLE_TIMEOUT_S)
    return state.read_running(folder)


def own(folder: DataDir, start: Callable[[Service], None]) -> DatabaseUrls:
    """The embedded database, started, with its roles."""
    postgres = Postgres(folder.root)
    start(postgres)
    vector = cpu.runs_pgvector()
    if not vector:
        say("This processor has no AVX2, which pgvector needs: semantic search is off.")
    return provision(postgres.admin_url, vector=vector)
