"""What can be seen of a stack from outside."""

import os
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
from sqlalchemy import make_url


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(address)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []


def of(data: Path) -> list[str]:
    """Every process that belongs to the folder, by environment, command line or place."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            signs = (*process.cmdline(), process.cwd(), process.environ().get("LLMOPS_DATA_DIR"))
            if any(str(data) in (sign or "") for sign in signs):
                found.append(" ".join(process.cmdline())[:80])
        except psutil.Error:
            continue
    return found
