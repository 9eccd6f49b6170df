"""The formats that can be read, and which one a file is in."""

import codecs
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from app.golden.limits import ImportRefused
from app.imports import hugging_face, langfuse, openai_evals, promptfoo
from app.imports.found import Found

START = 4_096  # bytes that tell


class ForeignFormat(StrEnum):
    promptfoo = "promptfoo"
    openai_evals = "openai_evals"
    langfuse = "langfuse"
    hugging_face = "hugging_face"


READERS: Mapping[ForeignFormat, Callable[[bytes], Found]] = MappingProxyType(
    {
        ForeignFormat.promptfoo: promptfoo.read,
        ForeignFormat.openai_evals: openai_evals.read,
        ForeignFormat.langfuse: langfuse.read,
        ForeignFormat.hugging_face: hugging_face.read,
    }
)


def detect(content: bytes, filename: str) -> ForeignFormat:
    """By how the file begins, and what it is called; raises ImportRefused for an empty one."""
    start = content.removeprefix(codecs.BOM_UTF8)[:START].lstrip()
    first, ending = start.splitlines()[0] if start else b"", filename.lower().rpartition(".")[2]
    if not start:
        raise ImportRefused("The file is empty.")
    if start.startswith(b"PAR1"):
        return ForeignFormat.hugging_face
    if ending in {"yaml", "yml"}:
        return ForeignFormat.promptfoo
    if start[:1] in {b"{", b"["}:
        return _of_json(start, first)
    if ending not in {"csv", "tsv"} and any(word in start for word in (b"prompts:", b"tests:")):
        return ForeignFormat.promptfoo
    names = {name.strip().strip(b'"') for name in first.split(b",")}
    is_dataset = b"input" in names and names & {b"expectedOutput", b"expected_output", b"metadata"}
    return ForeignFormat.langfuse if is_dataset else ForeignFormat.hugging_face


def _of_json(start: bytes, first: bytes) -> ForeignFormat:
    """Lines of objects, or one document."""
    if first.rstrip().endswith(b"}") and first.startswith(b"{") and b'"prompt"' not in first:
        if b'"ideal"' in first or b'"item"' in first:
            return ForeignFormat.openai_evals
        if b'"items"' not in first and b'"data"' not in first and b'"prompts"' not in first:
            return ForeignFormat.hugging_face
    if start.startswith(b"{") and any(word in start for word in (b'"prompts"', b'"tests"')):
        return ForeignFormat.promptfoo
    return ForeignFormat.langfuse
