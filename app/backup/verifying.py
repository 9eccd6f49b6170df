"""Is a bundle's verdict what its evidence comes to? Pure: neither network nor database."""

import json
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

from pydantic import ValidationError

from app.backup import archive
from app.backup.archive import MANIFEST, Unreadable
from app.backup.manifest import BundleManifest, is_verdict, verdict_part
from app.verdicts.schemas import DECISION_VERSION, Verdict
from app.verdicts.verdict import judge_again

PART_BYTES = 512 * 2**20  # a verdict on 100,000 cases is 20 MB


class Checked(NamedTuple):
    """A verdict as it is stored; `again` is what its evidence comes to."""

    stored: Verdict
    again: Verdict

    @property
    def same(self) -> bool:
        """In every figure, to the last bit; only the sign of a zero is not kept by PostgreSQL."""
        return not self.differing

    @property
    def differing(self) -> list[str]:
        stored, again = self.stored.model_dump(), self.again.model_dump()
        return [name for name in stored if stored[name] != again[name]]


def verify(file: Path) -> tuple[BundleManifest, list[Checked]]:
    """Every verdict, computed again; raises Unreadable, and Altered where a digest differs."""
    with archive.opened(file) as source:
        manifest = BundleManifest.of(source)
        archive.only(source, {MANIFEST, *manifest.parts})
        names = [verdict_part(number) for number in range(manifest.verdicts)]
        if not names or {*names} != {part for part in manifest.parts if is_verdict(part)}:
            raise Unreadable("The bundle has no verdict, or others than its manifest counts.")
        for name, part in manifest.parts.items():
            if name not in names:
                _digest(source, name, part)
        return manifest, [_check(source, name, manifest.parts[name]) for name in names]


def _digest(source: ZipFile, name: str, part: archive.Part) -> None:
    with archive.found(source, name, part) as content:
        while content.read(2**20):
            pass


def _check(source: ZipFile, name: str, part: archive.Part) -> Checked:
    content = archive.read(source, name, part, most=PART_BYTES)
    try:
        found: dict[str, Any] = json.loads(content)
        rules = found["verdict"]["decision_version"]
        if rules != DECISION_VERSION:
            raise Unreadable(
                f"{name} was decided by rules {rules}, this llmops has rules {DECISION_VERSION}: "
                "verify it with the version that the manifest names."
            )
        stored = Verdict.model_validate(found["verdict"])
        return Checked(stored, judge_again(found["verdict"], found["evidence"]))
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise Unreadable(f"{name} is no verdict with its evidence.") from error
