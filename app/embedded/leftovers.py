"""What a stack that was killed left running.

On Linux the kernel tells every child of its parent's end, so this finds little; elsewhere it is
the only broom.
"""

import shutil

from app.embedded import processes, state
from app.embedded.datadir import DataDir
from app.embedded.postgres import Postgres
from app.embedded.valkey import Valkey


def clear(folder: DataDir) -> None:
    """Ends it; the caller holds the folder's lock."""
    servers = (Postgres(folder.root), Valkey(folder.root))
    names = {server.name for server in servers}
    last = state.read(folder)
    if last:
        # At once: their work is claimed with a lease, and the servers they need are orphans too.
        marks = [entry.mark for entry in last.processes if entry.mark and entry.name not in names]
        processes.kill(processes.survivors(marks))
    for server in servers:
        with server.lock:  # whoever holds it is alive: raises FolderInUse
            server.end_leftovers()
    shutil.rmtree(folder.sockets, ignore_errors=True)
    state.remove(folder)
