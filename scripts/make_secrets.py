"""Makes the secrets of docker-compose.prod.yml, once: `python3 -m scripts.make_secrets [FOLDER]`.

Needs nothing but Python. A file that is there is left as it is: run again, it changes nothing.
Compose mounts the files with the owner and mode they have here, and the containers run as users of
their own; so the files are readable and the folder around them is closed.
"""

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "secrets"
DATABASE = "llmops"
# What a person fills in; empty means that the provider is not used.
TO_FILL = ("openai_api_key", "anthropic_api_key", "hf_api_token")


def token() -> str:
    return secrets.token_urlsafe(36)  # 48 characters that need no quoting in a URL


def contents() -> Mapping[str, str]:
    """File name → new content; the passwords inside fit together."""
    superuser, queue = token(), token()
    return {
        "secret_key": token(),
        "postgres_password": superuser,
        "database_admin_url": database_url("postgres", superuser),
        "database_url": database_url("llmops_app", token()),
        "database_system_url": database_url("llmops_system", token()),
        "database_owner_url": database_url("llmops_owner", token()),
        "valkey_conf": f"requirepass {queue}\n",
        "redis_url": f"redis://:{queue}@valkey:6379/0",
        "flower_basic_auth": f"admin:{token()}",
        ".gitignore": "*\n",
    } | dict.fromkeys(TO_FILL, "")


def database_url(role: str, password: str) -> str:
    return f"postgresql://{role}:{password}@postgres:5432/{DATABASE}"


def make(folder: Path) -> list[str]:
    """Writes what is missing and returns its names; refuses to complete half of a set."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    wanted = contents()
    missing = [name for name in wanted if not (folder / name).exists()]
    generated = [name for name in wanted if name not in {*TO_FILL, ".gitignore"}]
    lost = [name for name in generated if name in missing]
    if lost and len(lost) < len(generated):
        raise SystemExit(
            f"{folder} lacks {', '.join(lost)}, and new ones would not fit the rest: restore them "
            "from a backup, or move the folder away to begin anew."
        )
    for name in missing:
        file = folder / name
        file.write_text(wanted[name], encoding="utf-8")
        file.chmod(0o644)
    return missing


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    made = make(folder)
    if not made:
        print(f"All secrets are in {folder} already.")
        return
    print(f"Made in {folder}: {', '.join(made)}.")
    print("Back the folder up: without secret_key no API key works any more.")
    print(f"Put the keys of your model providers into {', '.join(TO_FILL)}; empty means unused.")


if __name__ == "__main__":
    main()
