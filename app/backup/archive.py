"""ZIP files whose parts are written and read as streams, each with its size and digest.

A part is read by what a manifest says of it: no more bytes are inflated than it may have, and at
its end size and digest are compared. What a ZIP says about itself is believed nowhere.
"""

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Literal, Self
from zipfile import ZipFile

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.errors import Invalid

MANIFEST = "manifest.json"
MANIFEST_BYTES = 4 * 2**20
FORMAT = 1
DISTRIBUTION = "llmops-platform"

Kind = Literal["llmops backup", "llmops bundle"]


class Unreadable(Invalid):
    """The file is not what it should be, or only a part of it."""

    code = "archive_unreadable"
    title = "The file cannot be read"


class Altered(Invalid):
    """A part differs from what the manifest says of it."""

    code = "archive_altered"
    title = "The file was altered"
    message = "{name} in the file is not what its manifest says: it was altered."


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(Frozen):
    """What a manifest says of a part."""

    bytes: int = Field(ge=0)
    sha256: str


# --- writing ---


class Sink:
    """Takes a part; counts and digests what goes by."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._digest = stream, hashlib.sha256()
        self.bytes = self.lines = 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.bytes += len(data)
        self.lines += data.count(b"\n")
        return self._stream.write(data)

    def told(self) -> Part:
        return Part(bytes=self.bytes, sha256=self._digest.hexdigest())


@contextmanager
def created(file: Path) -> Iterator[ZipFile]:
    """A new archive, for its owner's eyes only; the file is there once it is whole, or never."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # 0600
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                yield archive
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def added(archive: ZipFile, name: str) -> Iterator[Sink]:
    with archive.open(name, "w", force_zip64=True) as stream:
        yield Sink(stream)


def add(archive: ZipFile, name: str, content: bytes) -> Part:
    with added(archive, name) as sink:
        sink.write(content)
    return sink.told()


# --- reading ---


@contextmanager
def opened(file: Path | IO[bytes]) -> Iterator[ZipFile]:
    """The archive; whatever is wrong with it raises Unreadable."""
    try:
        with ZipFile(file) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,  # a part that is missing
        NotImplementedError,  # a way to pack that nobody here writes
        RuntimeError,  # a password
    ) as error:
        raise Unreadable(f"The file is no whole ZIP archive of llmops: {error}") from error
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror or error}.") from error


class Source:
    """Gives a part; more bytes than the manifest says are altered bytes."""

    def __init__(self, stream: IO[bytes], name: str, part: Part) -> None:
        self._stream, self._name, self._part = stream, name, part
        self._digest = hashlib.sha256()
        self.bytes = self.lines = 0
        self.problem: Exception | None = None  # psycopg2 tells of it in words of its own

    def read(self, size: int = -1) -> bytes:
        most = self._part.bytes - self.bytes + 1
        try:
            data = self._stream.read(most if size < 0 else min(size, most))
        except Exception as error:
            self.problem = error
            raise
        self._digest.update(data)
        self.bytes += len(data)
        self.lines += data.count(b"\n")
        if self.bytes > self._part.bytes:
            self.problem = Altered(name=self._name)
            raise self.problem
        return data

    def check(self) -> None:
        """After the last byte."""
        if (self.bytes, self._digest.hexdigest()) != (self._part.bytes, self._part.sha256):
            raise Altered(name=self._name)


@contextmanager
def found(archive: ZipFile, name: str, part: Part) -> Iterator[Source]:
    with archive.open(name) as stream:
        source = Source(stream, name, part)
        yield source
        source.check()


def read(archive: ZipFile, name: str, part: Part, *, most: int) -> bytes:
    """A part as a whole; of one that is larger than `most` bytes nothing is read."""
    if part.bytes > most:
        raise Unreadable(f"{name} is larger than {most} bytes.")
    with found(archive, name, part) as source:
        return source.read()


class Manifest(Frozen):
    """How every manifest begins; a subclass says which parts there are."""

    kind: Kind
    format: int = FORMAT
    app_version: str = Field(default_factory=lambda: version(DISTRIBUTION))
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(cls, archive: ZipFile) -> Self:
        """Reads and checks the manifest; raises Unreadable for another kind or format."""
        with archive.open(MANIFEST) as stream:
            content = stream.read(MANIFEST_BYTES + 1)
        if len(content) > MANIFEST_BYTES:
            raise Unreadable(f"Its manifest is larger than {MANIFEST_BYTES} bytes.")
        try:
            said = _Said.model_validate_json(content)
            if said.format != FORMAT:
                raise Unreadable(
                    f"The file has format {said.format}, written by llmops {said.app_version}; "
                    f"this llmops reads format {FORMAT}: use that version."
                )
            return cls.model_validate_json(content)
        except ValidationError as error:
            wanted = cls.model_fields["kind"].default
            raise Unreadable(f"Its manifest is not that of a {wanted} file.") from error

    def write(self, archive: ZipFile) -> None:
        """As the last part: by then the others are known."""
        add(archive, MANIFEST, (self.model_dump_json(indent=2) + "\n").encode())


class _Said(BaseModel):
    format: int
    app_version: str


def only(archive: ZipFile, names: set[str]) -> None:
    """Raises Unreadable unless the archive has exactly these parts, each once."""
    there = archive.namelist()
    if len(there) != len(set(there)) or set(there) != names:
        strange = sorted(set(there) ^ names)
        raise Unreadable(f"Parts are missing, too many or twice: {', '.join(strange[:5]) or '?'}.")
