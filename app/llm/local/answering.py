"""Composes the answer a prompt gets: extracted, admitted or, without a context, invented."""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from app.llm.local.extraction import Match, in_order, ranked, speaks_backward
from app.llm.local.instructions import Instructions
from app.llm.local.invention import invented
from app.llm.local.reading import Reading

# A best sentence that holds less of the question shares a word with it rather than answers it:
# of 242 HaluEval questions 91 % reach this in their own passage, none in another question's.
TOO_LOW = 0.25
_NEARLY_AS_GOOD = 1.2  # with room for n sentences, one needs 1.2/n of the best one's score

_GREETING = "Hello! How can I help you today?"
_CLAUSE = re.compile(r"[,;:](?=\s)")
_EVIDENCE_FIELD = re.compile(r"evidence|quote|source|citation|context", re.IGNORECASE)
_MATCH_FIELD = re.compile(r"confidence|score|certainty|probability", re.IGNORECASE)


class Answer(NamedTuple):
    """`evidence` is the sentence answered from, None when abstaining or inventing.

    `match` says how much of the question that sentence holds, 0 to 1.
    """

    sentences: list[str]
    evidence: str | None = None
    match: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def answer(reading: Reading) -> Answer:
    """The sentences of the answer, within the limits the prompt sets."""
    found = _found(reading)
    limit = reading.instructions.max_words
    return found if limit is None else found._replace(sentences=_within(found.sentences, limit))


def written(found: Answer, instructions: Instructions) -> str:
    """The answer in the shape the prompt asks for: prose, a list or a JSON object."""
    if instructions.shape == "list":
        return "\n".join(f"- {sentence}" for sentence in found.sentences)
    if instructions.shape == "json":
        return json.dumps(_object(found, instructions.fields), ensure_ascii=False)
    return found.text


def _found(reading: Reading) -> Answer:
    question, context, instructions, _ = reading
    matches = ranked(question, context) if question else in_order(context)
    if not matches:
        return _ungrounded(reading)
    best = matches[0]
    if instructions.abstention is not None and best.score < TOO_LOW:
        return Answer([instructions.abstention])
    chosen = _chosen(matches, instructions.max_sentences)
    return Answer([match.text for match in chosen], best.text, best.score)


def _ungrounded(reading: Reading) -> Answer:
    instructions = reading.instructions
    if instructions.abstention is not None:
        return Answer([instructions.abstention])
    if not reading.question:
        return Answer([_GREETING])
    return Answer(invented(reading.question, reading.seed)[: instructions.max_sentences])


def _chosen(matches: Sequence[Match], limit: int) -> list[Match]:
    """The best sentence, the one it refers back to, and those nearly as good; in text order."""
    best = matches[0]
    before = best.place - 1 if speaks_backward(best.text) else None
    needed = best.score * _NEARLY_AS_GOOD / limit
    good = [match for match in matches[1:] if match.place == before or 0 < match.score >= needed]
    good.sort(key=lambda match: match.place != before)
    return sorted([best, *good[: limit - 1]], key=lambda match: match.place)


def _within(sentences: Sequence[str], limit: int) -> list[str]:
    """As many whole sentences as fit, else the first one cut, at a clause's end if there is one."""
    kept: list[str] = []
    for sentence in sentences:
        if len(" ".join((*kept, sentence)).split()) > limit:
            break
        kept.append(sentence)
    if kept:
        return kept
    cut = " ".join(sentences[0].split()[:limit])
    clauses = [clause.start() for clause in _CLAUSE.finditer(cut)]
    if clauses and len(cut[: clauses[-1]].split()) * 2 > limit:
        cut = cut[: clauses[-1]]
    return [cut.rstrip(",;:. ") + "."]


def _object(found: Answer, fields: Sequence[str]) -> dict[str, str | float | None]:
    """The keys the prompt names: the first free one holds the answer, unknown ones are null."""
    values: dict[str, str | float | None] = {}
    answered = False
    for field in fields or ("answer",):
        if _MATCH_FIELD.search(field):
            values[field] = round(found.match, 2)
        elif _EVIDENCE_FIELD.search(field):
            values[field] = found.evidence
        else:
            values[field] = None if answered else found.text
            answered = True
    return values
