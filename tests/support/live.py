"""The application of this process behind a real socket: for streams, and readers that hang up."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app.main import app
from app.runs import providers
from tests.support.fixtures import eventually


class Server(uvicorn.Server):
    """Closes the model clients of its event loop as it ends."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await providers.registry().aclose()


@contextmanager
def listening() -> Iterator[str]:
    """The address of a uvicorn in a thread; it shares this process's settings and patches."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        assert eventually(lambda: server.started)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
