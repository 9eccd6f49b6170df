"""Pins every dependency with its hashes: `make lock`. Universal: all platforms, Python 3.11 on."""

import subprocess
import sys

COMMON = ("--python-version", "3.11", "--universal", "--generate-hashes", "--no-header", "--quiet")


def main() -> None:
    uv = (sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *COMMON)
    subprocess.run([*uv, *sys.argv[1:], "-o", "requirements.txt"], check=True)
    dev = ("--extra", "dev", "-c", "requirements.txt", "-o", "requirements-dev.txt")
    subprocess.run([*uv, *sys.argv[1:], *dev], check=True)
    # apart from the rest: only machines without a Node of their own take it
    node = (*uv[:5], "requirements-node.in", *COMMON, "-o", "requirements-node.txt")
    subprocess.run([*node, *sys.argv[1:]], check=True)


if __name__ == "__main__":
    main()
