"""The whole platform on one machine: servers, migrations, API, workers, beat."""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from pathlib import Path

from app.embedded import database, leftovers, programs, state, surroundings
from app.embedded.datadir import DataDir, FolderLock
from app.embedded.errors import CannotStart, Misconfigured, with_tail
from app.embedded.processes import Mark
from app.embedded.secrets_file import load_or_create
from app.embedded.state import Phase, ProcessState, State
from app.embedded.supervisor import Supervisor, Watched, say
from app.embedded.valkey import Valkey

READY_TIMEOUT_S = 120.0
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True, kw_only=True)
class Options:
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000  # 0: any free one


@dataclass(frozen=True, kw_only=True)
class Running:
    """A stack that answers; `environment` is what its processes were given, secrets included."""

    url: str
    data_dir: Path
    environment: Mapping[str, str]


def run(
    options: Options,
    on_ready: Callable[[Running], None],
    before_stop: Callable[[], None] = lambda: None,
) -> None:
    """Runs the stack until Ctrl-C or SIGTERM; raises CannotStart when it cannot go on.

    `on_ready` is called once, when the API is ready, in a thread of its own; what it raises stops
    the stack. It ends the stack, if it wants to, with SIGTERM to its own process. `before_stop` is
    called after Ctrl-C or SIGTERM, while the API still answers.
    """
    folder = DataDir.open(options.data_dir)
    with FolderLock(folder.run / "lock", "llmops up"):
        leftovers.clear(folder)
        try:
            _Stack(folder, options).run(on_ready, before_stop)
        finally:
            state.remove(folder)


class _Stack:
    def __init__(self, folder: DataDir, options: Options) -> None:
        self._folder = folder
        self._secrets = load_or_create(folder)
        self._settings = surroundings.given_settings(self._secrets)
        surroundings.refuse_open_development(self._settings, options.host)
        self._host = options.host
        self._port = free_port(options.host, options.port)
        self._phase = Phase.starting
        self._environment: Mapping[str, str] = {}
        self._url = url_of(options.host, self._port)
        self._supervisor = Supervisor(on_change=self._record)

    def run(self, on_ready: Callable[[Running], None], before_stop: Callable[[], None]) -> None:
        with self._supervisor as supervisor:
            self._record()
            self._start()
            if not supervisor.stopping:
                self._enter(Phase.ready)
                self._hand_over(on_ready)
                supervisor.watch()
            before_stop()
            self._enter(Phase.stopping)
            say("Stopping.")

    def _start(self) -> None:
        supervisor, folder = self._supervisor, self._folder
        say(f"Starting on {folder.root}.")
        self._environment = self._start_servers()
        programs.migrate(folder, self._environment)
        image = programs.image(folder, self._environment)
        supervisor.start(image)
        api = programs.api(folder, image, self._host, self._port)
        supervisor.start(api)
        until = time.monotonic() + READY_TIMEOUT_S

        def ready() -> bool:
            if time.monotonic() > until:
                late = f"The API was not ready within {READY_TIMEOUT_S:.0f} s."
                raise CannotStart(with_tail(late, api.log))
            return _answers(self._url)

        supervisor.watch(ready)  # first, and alone: on two cores the others double its start
        for program in programs.background(folder, image):
            supervisor.start(program)

    def _start_servers(self) -> dict[str, str]:
        """Those that the settings do not name elsewhere; returns the programs' environment."""
        settings = self._settings
        urls = surroundings.external_database(settings, self._secrets)
        if urls is None:
            urls = database.own(self._folder, self._supervisor.start)
        if "redis_url" in settings.model_fields_set:
            redis_url = settings.redis_url.get_secret_value()
        else:
            valkey = Valkey(self._folder.root)
            self._supervisor.start(valkey)
            redis_url = valkey.url
        return surroundings.environment(self._folder, settings, urls, redis_url, self._url)

    def _hand_over(self, on_ready: Callable[[Running], None]) -> None:
        """In a thread of its own: it may take minutes, and Ctrl-C must not wait for it."""
        url = self._environment["LLMOPS_PUBLIC_URL"]
        running = Running(url=url, data_dir=self._folder.root, environment=self._environment)
        failures: list[BaseException] = []

        def call() -> None:
            try:
                on_ready(running)
            except BaseException as error:  # noqa: BLE001 - raised again in the main thread
                failures.append(error)

        thread = threading.Thread(target=call, name="on_ready", daemon=True)
        thread.start()
        self._supervisor.watch(lambda: not thread.is_alive())
        if failures and not self._supervisor.stopping:
            raise failures[0]

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._record()

    def _record(self) -> None:
        """Writes down who runs, before anything else can happen to them."""
        state.write(
            self._folder,
            State(
                supervisor=Mark.of(os.getpid()),
                phase=self._phase,
                url=self._url,
                version=version("llmops-platform"),
                processes=[_state_of(entry) for entry in self._supervisor.watched],
                environment=dict(self._environment),
            ),
        )


def _state_of(entry: Watched) -> ProcessState:
    service = entry.service
    return ProcessState(
        name=service.name,
        mark=service.child.mark if service.child else None,
        restarts=entry.restarts,
        log=str(service.log),
    )


def free_port(host: str, port: int) -> int:
    """The port, if it can be bound; raises Misconfigured."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Misconfigured(
                f"Port {port} on {host} cannot be used ({error.strerror}): choose another with "
                "--port, or stop what uses it."
            ) from None
        return int(probe.getsockname()[1])


def url_of(host: str, port: int) -> str:
    """Where this machine reaches what listens there."""
    name = ANY_ADDRESS.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _answers(url: str) -> bool:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
