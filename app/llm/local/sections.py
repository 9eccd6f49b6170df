"""Cuts a prompt into labelled sections: tags, fences, triple quotes and headings.

Every scan is linear in the length of the prompt, whatever is in it.
"""

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["plain", "context", "question", "output", "instructions"]


class Section(NamedTuple):
    """A stretch of the prompt and what its label says it is; `label` is "" where there is none."""

    kind: Kind
    text: str
    label: str = ""


class Block(NamedTuple):
    """A delimited stretch; `name` is its tag in lower case, "" for fences and triple quotes."""

    start: int
    end: int
    name: str
    body: str


_KINDS: dict[Kind, str] = {
    "context": """article context document doc source passage text background reference faq fact
        information info note excerpt content knowledge policy documentation page material data
        summary result evidence kb manual""",
    "question": "question query customer user input ask request q",
    "output": "answer response reply assistant output completion a",
    "instructions": "instruction rule task format guideline constraint example system role schema",
}
_KIND_OF: dict[str, Kind] = {word: kind for kind, text in _KINDS.items() for word in text.split()}
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]{0,63})([^<>\n]{0,200})>")
_QUOTED = re.compile(r"```([^\n`]*)\n(.*?)```|\"\"\"(.*?)\"\"\"|'''(.*?)'''", re.DOTALL)
_LABEL = re.compile(
    r"[ \t]*(?P<mark>#{1,6}[ \t]+|\*\*|[-*>][ \t]+)?(?P<name>[A-Za-z][A-Za-z'’/_ -]{0,48})"
    r"(?:\*\*)?[ \t]*(?P<colon>:)?(?:\*\*)?[ \t]*(?P<rest>.*)"
)
_MOST_LABEL_WORDS = 5
_FARTHEST_COLON = 20  # characters before a tag that are looked at
_FEWEST_CONTEXT_WORDS = 3


def sections(prompt: str) -> list[Section]:
    """The sections of one message in order; stretches without a label are `plain`."""
    found: list[Section] = []
    at = 0
    for block in _blocks(prompt):
        found.extend(_headed(prompt[at : block.start]))
        titled = found[-1].label and not found[-1].text.strip()
        kind = found[-1].kind if titled and not block.name else _kind_of(block)
        found.append(Section(kind, block.body, block.name))
        at = block.end
    found.extend(_headed(prompt[at:]))
    return [section for section in found if section.text.strip() or section.label]


def tagged(prompt: str) -> list[Block]:
    """The outermost `<name …>…</name …>` blocks that open a line or follow a colon or a tag.

    A tag within a sentence is a mention, and one that is opened again before it is closed as well.
    A block opened with attributes ends where they are repeated, if they are: a text that holds
    `</output>` does not end a block that closes with `</output nonce="ab12">`.
    """
    found: list[Block] = []
    end = 0
    tags = list(_TAG.finditer(prompt))
    places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, tag in enumerate(tags):
        places[tag[1], tag[2].lower(), tag[3].strip()].append(index)
    for index, tag in enumerate(tags):
        if tag[1] or tag.start() < end or not _opens_block(prompt, tag.start()):
            continue
        closing = _closing(tag, index, places)
        if closing is not None:
            body = prompt[tag.end() : tags[closing].start()]
            end = tags[closing].end()
            found.append(Block(tag.start(), end, tag[2].lower(), unescaped(body)))
    return found


def unescaped(body: str) -> str:
    """The text of a block that may be written as a JSON string."""
    text = body.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            decoded = json.loads(text, strict=False)
        except ValueError:
            return text
        return decoded if isinstance(decoded, str) else text
    return text


def kind_of_name(name: str) -> Kind | None:
    """What a label's last telling word says: "Customer's question" is a question."""
    for word in reversed(re.split(r"[\s_/-]+", name.lower())):
        kind = _KIND_OF.get(word) or _KIND_OF.get(word.removesuffix("s"))
        if kind:
            return kind
    return None


def without_tags(text: str) -> str:
    return _TAG.sub(" ", text)


def _opens_block(prompt: str, at: int) -> bool:
    before = prompt[max(0, at - _FARTHEST_COLON) : at].rstrip(" \t")
    return not before or before[-1] in "\n:>"


def _closing(
    tag: re.Match[str], index: int, places: dict[tuple[str, str, str], list[int]]
) -> int | None:
    """The place of the tag that closes this one, if it is not opened again before."""
    name, attributes = tag[2].lower(), tag[3].strip()
    again = _next(places.get(("", name, attributes)), index + 1)
    for key in dict.fromkeys((attributes, "")):
        closing = _next(places.get(("/", name, key)), index)
        if closing is not None:
            return closing if again is None or closing < again else None
    return None


def _next(places: list[int] | None, index: int) -> int | None:
    """The first place from `index` on."""
    at = bisect_left(places, index) if places else 0
    return places[at] if places and at < len(places) else None


def _blocks(prompt: str) -> Iterator[Block]:
    quoted = (
        Block(
            match.start(),
            match.end(),
            _fence_name(match[1]),
            next(filter(None, match.groups()[1:]), ""),
        )
        for match in _QUOTED.finditer(prompt)
    )
    markup = (block for block in tagged(prompt) if not _is_html(block.name))
    end = 0
    for block in sorted((*quoted, *markup)):
        if block.start >= end:
            end = block.end
            yield block


def _is_html(name: str) -> bool:
    return len(name) == 1 or kind_of_name(name) == "plain"


def _fence_name(language: str | None) -> str:
    """A fenced JSON text shows the wanted form; it is not something to answer from."""
    return "format" if (language or "").strip().lower() in {"json", "yaml", "xml"} else ""


def _kind_of(block: Block) -> Kind:
    kind = kind_of_name(block.name)
    if kind:
        return kind
    return "context" if len(block.body.split()) >= _FEWEST_CONTEXT_WORDS else "plain"


def _headed(text: str) -> Iterator[Section]:
    """The lines of `text` gathered under the headings among them; at least one section."""
    kind: Kind = "plain"
    label = ""
    lines: list[str] = []
    for line in text.splitlines():
        head = _heading(line)
        if head is None:
            lines.append(line)
            continue
        yield Section(kind, "\n".join(lines), label)
        kind, lines, label = head.kind, [head.text], head.label
    yield Section(kind, "\n".join(lines), label)


def _heading(line: str) -> Section | None:
    match = _LABEL.fullmatch(line)
    if match is None:
        return None
    name, rest = match["name"].strip(), match["rest"]
    marked = (match["mark"] or "").strip() not in {"", "-", "*", ">"} and not rest.strip("* ")
    if not (match["colon"] or marked) or len(name.split()) > _MOST_LABEL_WORDS:
        return None
    kind = kind_of_name(name)
    return Section(kind, rest, name) if kind else None
