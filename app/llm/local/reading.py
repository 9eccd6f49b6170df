"""Reads a prompt the way its author meant it: question, context and instructions apart."""

import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from app.grounding.text import sentences
from app.llm.client import Message
from app.llm.local.instructions import Instructions, read_instructions
from app.llm.local.sections import Section, sections, without_tags


class Reading(NamedTuple):
    """`context` is "" when the prompt shows nothing to answer from; `seed` is the prompt's hash."""

    question: str
    context: str
    instructions: Instructions
    seed: int


_ORDER = re.compile(
    r"(?:please\s+)?(?:you are|you're|act as|answer|reply|respond|use|using|based on|keep|do not|"
    r"don['’]t|never|always|if the|write|return|output|be|only|give|provide|read|help|"
    r"summari[sz]e|sum up|tl;?dr)\b",
    re.IGNORECASE,
)


def read_prompt(messages: Sequence[Message]) -> Reading:
    """Never raises; an empty prompt gives an empty question and an empty context."""
    asked = [message for message in messages if message.role != "assistant"]
    parts = [sections(message.content) for message in asked]
    everything = [section for part in parts for section in part]
    context = "\n\n".join(
        without_tags(part.text).strip() for part in everything if part.kind == "context"
    ).strip()
    question = _question(parts)
    if not question:
        question, context = _closing_question(context)
    return Reading(question, context, read_instructions(_orders(everything)), _seed(messages))


def _question(parts: Sequence[Sequence[Section]]) -> str:
    """The last message's question comes first, then any question with a label, newest first."""
    last = parts[-1] if parts else ()
    return (
        _labelled(last)
        or _unlabelled(last)
        or next(filter(None, (_labelled(part) for part in reversed(parts))), "")
    )


def _labelled(part: Sequence[Section]) -> str:
    questions = [section for section in part if section.kind == "question"]
    texts = (without_tags(section.text).strip().split("\n\n")[0] for section in reversed(questions))
    return next(filter(None, texts), "")


def _unlabelled(part: Sequence[Section]) -> str:
    """The last plain paragraph with a question mark, else the last that is not an order."""
    plain = "\n\n".join(section.text for section in part if section.kind == "plain")
    paragraphs = [
        " ".join(sentence.text for sentence in sentences(text) if not _ORDER.match(sentence.text))
        for text in plain.split("\n\n")
    ]
    paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    asking = [paragraph for paragraph in paragraphs if "?" in paragraph]
    return (asking or paragraphs or [""])[-1]


def _closing_question(context: str) -> tuple[str, str]:
    """A question below a context that no label ends: taken off the context's end."""
    body, _, tail = context.rpartition("\n")
    if body and tail.rstrip().endswith("?"):
        return tail.strip(), body.strip()
    return "", context


def _orders(everything: Sequence[Section]) -> str:
    return "\n".join(
        f"{section.label}: {section.text}" if section.label else section.text
        for section in everything
        if section.kind != "context"
    )


def _seed(messages: Sequence[Message]) -> int:
    digest = hashlib.blake2b(digest_size=8)
    for message in messages:
        digest.update(f"{message.role}\x00{message.content}\x00".encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest())
