"""The versions of the two servers, as they say themselves."""

from collections.abc import Mapping

import psycopg2
import redis
from sqlalchemy import make_url

from app.core.redis import client_url

TIMEOUT_S = 2


def of_servers(environment: Mapping[str, str]) -> dict[str, str | None]:
    """None for one that does not answer."""
    return {
        "postgresql": _postgresql(environment.get("DATABASE_URL")),
        "valkey": _valkey(environment.get("REDIS_URL")),
    }


def _postgresql(url: str | None) -> str | None:
    if url is None:
        return None
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg2.connect(address, connect_timeout=TIMEOUT_S)
    except psycopg2.OperationalError:
        return None
    version = connection.get_parameter_status("server_version")
    connection.close()
    return version


def _valkey(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        with redis.Redis.from_url(client_url(url), socket_timeout=TIMEOUT_S) as client:
            found = client.info("server")
    except redis.RedisError:
        return None
    assert isinstance(found, dict)
    return str(found.get("valkey_version") or found["redis_version"])
