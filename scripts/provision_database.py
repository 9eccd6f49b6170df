"""Makes the three database roles on a server of yours, with the passwords of the settings' URLs.

`python -m scripts.provision_database`, before `alembic upgrade head`. Needs the URL of a user who
may make roles in `DATABASE_ADMIN_URL`, or the path of a file that holds it in
`DATABASE_ADMIN_URL_FILE`. Running it again changes nothing.
"""

import os
import sys
from pathlib import Path

from app.core.database import Role, url_of
from app.embedded.errors import CannotStart, Misconfigured
from app.embedded.roles import provision

NAME = "DATABASE_ADMIN_URL"
SETTING_OF = {
    Role.app: "DATABASE_URL",
    Role.system: "LLMOPS_DATABASE_SYSTEM_URL",
    Role.owner: "LLMOPS_DATABASE_OWNER_URL",
}


def admin_url() -> str:
    """Raises Misconfigured where none is given."""
    path = os.environ.get(f"{NAME}_FILE")
    given = os.environ.get(NAME) or (Path(path).read_text(encoding="utf-8").strip() if path else "")
    if not given:
        raise Misconfigured(
            f"Set {NAME}, or {NAME}_FILE, to the URL of a database user who may make roles."
        )
    return given


def role_passwords() -> dict[str, str]:
    """By role name, out of the three URLs; raises Misconfigured when one is not that role's."""
    found: dict[str, str] = {}
    for role, setting in SETTING_OF.items():
        url = url_of(role)
        if url.username != role.value or not url.password:
            raise Misconfigured(
                f"{setting} has to be a URL of the role {role} with its password: "
                f"postgresql://{role}:<password>@<host>/<database>."
            )
        found[role.value] = str(url.password)
    return found


def main() -> int:
    try:
        provision(admin_url(), passwords=role_passwords())
    except Misconfigured as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 3
    print("The roles llmops_app, llmops_system and llmops_owner are in place.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
