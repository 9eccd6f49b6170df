"""What the stack's processes find in their environment: addresses, roles, secrets."""

import ipaddress
import json
import os
from collections.abc import Mapping

from pydantic import SecretStr, ValidationError

from app.core.config import Environment, Settings, get_settings
from app.core.database import Role, engine
from app.embedded.datadir import DataDir
from app.embedded.errors import Misconfigured
from app.embedded.roles import DatabaseUrls, provision
from app.embedded.secrets_file import Secrets

# The settings class prefers these spellings; ours must not lose against one inherited.
OTHER_NAMES = ("LLMOPS_DATABASE_URL", "LLMOPS_REDIS_URL")


def given_settings(secrets: Secrets) -> Settings:
    """The settings as given, with the folder's secret key where none is; raises Misconfigured."""

    class Given(Settings):
        secret_key: SecretStr = SecretStr(secrets.secret_key)
        old_secret_keys: list[SecretStr] = [SecretStr(key) for key in secrets.old_secret_keys]  # noqa: RUF012 - pydantic copies it

    try:
        return Given()
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, reason['loc'])) or 'settings'}: {reason['msg']}"
            for reason in error.errors()
        )
        raise Misconfigured(f"The settings are not valid: {reasons}") from None


def refuse_open_development(settings: Settings, host: str) -> None:
    """Development settings stay on this machine; raises Misconfigured."""
    if settings.environment is Environment.development and not _is_loopback(host):
        raise Misconfigured(
            f"--host {host} would open a development set-up to the network: set "
            "LLMOPS_ENVIRONMENT=production, or leave --host at 127.0.0.1."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def external_database(settings: Settings, secrets: Secrets) -> DatabaseUrls | None:
    """The three URLs of the server that DATABASE_URL names; None when none is named."""
    if "database_url" not in settings.model_fields_set:
        return None
    app = settings.database_url.get_secret_value()
    system, owner = settings.database_system_url, settings.database_owner_url
    if system is None and owner is None:
        return provision(app, passwords=secrets.role_passwords)
    return DatabaseUrls(
        app=app,
        system=system.get_secret_value() if system else app,
        owner=owner.get_secret_value() if owner else app,
    )


def environment(
    folder: DataDir, settings: Settings, urls: DatabaseUrls, redis_url: str, public_url: str
) -> dict[str, str]:
    """What is added to the caller's own environment for every process of the stack."""
    given = "public_url" in settings.model_fields_set
    former = [key.get_secret_value() for key in settings.old_secret_keys]
    return {
        "DATABASE_URL": urls.app,
        "LLMOPS_DATABASE_SYSTEM_URL": urls.system,
        "LLMOPS_DATABASE_OWNER_URL": urls.owner,
        "REDIS_URL": redis_url,
        "LLMOPS_DATA_DIR": str(folder.root),
        "LLMOPS_SECRET_KEY": settings.secret_key.get_secret_value(),
        "LLMOPS_PUBLIC_URL": settings.public_url if given else public_url,
    } | ({"LLMOPS_OLD_SECRET_KEYS": json.dumps(former)} if former else {})


def complete(added: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a child process."""
    inherited = {name: value for name, value in os.environ.items() if name not in OTHER_NAMES}
    return inherited | dict(added)


def adopt(added: Mapping[str, str]) -> None:
    """From here on this process works on that stack."""
    let_go()
    for name in OTHER_NAMES:
        os.environ.pop(name, None)
    os.environ.update(added)


def let_go() -> None:
    """Closes this process's connections and forgets its settings."""
    if engine.cache_info().currsize:
        for role in Role:
            engine(role).dispose()
        engine.cache_clear()
    get_settings.cache_clear()
