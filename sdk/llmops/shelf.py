"""The last good copies on disk, so that a program that starts during an outage has its prompts.

One file for each server, key and prompt, replaced in one step. Only the prompt is in it; server and
key appear as a hash, and nobody but the user may read it.
"""

import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path

from llmops import surroundings

log = logging.getLogger("llmops")


class Shelf:
    """A folder of JSON texts; every failure of the disk is a copy that is not there."""

    def __init__(self, folder: str | Path | None, server: str, api_key: str) -> None:
        """Below the user's folder for caches unless another is given."""
        kept = Path(folder) if folder else surroundings.cache_folder()
        self._folder = kept / _hashed(f"{server}\n{api_key}")

    def put(self, name: str, text: str) -> None:
        target = self._place(name)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=self._folder, suffix=".part")  # 0600
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(json.dumps({"name": name, "copy": text}))
            Path(made).replace(target)
        except OSError as error:
            log.warning("no copy of %s was kept on disk (%s)", name, type(error).__name__)

    def take(self, name: str) -> str | None:
        try:
            kept = json.loads(self._place(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        copy = kept.get("copy") if isinstance(kept, dict) and kept.get("name") == name else None
        return copy if isinstance(copy, str) else None

    def drop(self, name: str) -> None:
        try:
            self._place(name).unlink(missing_ok=True)
        except OSError as error:
            log.warning("the copy of %s stays on disk (%s)", name, type(error).__name__)

    def _place(self, name: str) -> Path:
        return self._folder / f"{_hashed(name)}.json"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
