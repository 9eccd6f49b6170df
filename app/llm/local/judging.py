"""Answers the prompt of a hallucination judge by comparing words, sentence for sentence."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.grounding.support import Support, support
from app.llm.client import JsonObject, Message
from app.llm.local.sections import kind_of_name, tagged

_CLAIM_FIELDS = {"claim", "quote_from_output", "evidence_quote", "verdict"}
_ADMITS = re.compile(
    r"\b(?:(?:do not|don['’]t|cannot|can['’]t|could not|couldn['’]t) (?:know|answer|find|say|tell)"
    r"|not (?:known|mentioned|stated|specified)|does(?: not|n['’]t) (?:say|answer|mention|state)"
    r"|unknown|not enough information)\b",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"(?:please|kindly)\s+(?:ask|contact|write|call|reach|see|check)\b|hello\b|hi\b|thank|sorry\b"
    r"|i['’]?\s?a?m (?:happy|glad|sorry)\b|feel free\b|let (?:me|us) know\b|i hope\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")


# How a judge's brief ends (app/evaluators/judge.py); a test holds both ends together.
_ASKS_TO_JUDGE = re.compile(r"only tags ending in -[0-9a-f]{8} were ours")


class Judged(NamedTuple):
    """What a judge's prompt puts before its model; quotes come from these texts unchanged."""

    context: str
    output: str


def asks_for_claims(schema: Mapping[str, Any]) -> bool:
    """Whether the schema is that of a list of claims with verdicts and quotes."""
    try:
        fields = schema["properties"]["claims"]["items"]
        if "$ref" in fields:
            fields = schema["$defs"][str(fields["$ref"]).rpartition("/")[2]]
        return set(fields["properties"]) >= _CLAIM_FIELDS
    except (KeyError, TypeError):
        return False


def asks_to_judge(messages: Sequence[Message]) -> bool:
    """Whether the prompt is a judge's: material between tags with a nonce, then the task."""
    return any(_ASKS_TO_JUDGE.search(each.content) for each in messages if each.role == "user")


def read_judged(messages: Sequence[Message]) -> Judged:
    """The last block of each kind in the prompt; "" for one that is not there."""
    texts = {"context": "", "output": ""}
    for message in messages:
        for block in tagged(message.content):
            kind = kind_of_name(block.name)
            if kind in texts:
                texts[kind] = block.body
    return Judged(**texts)


def judged(case: Judged) -> JsonObject:
    """The judge's reply; a sentence is a claim, its support is the words it shares."""
    found = [one for one in support(case.output, case.context) if not _admits(one)]
    claims = [_claim(number, one) for number, one in enumerate(found, start=1)]
    checked = [claim for claim in claims if claim["verdict"] != "not_checkworthy"]
    if checked:
        return {"claims": claims, "abstained": False, "reason": _overall(checked)}
    if _ADMITS.search(case.output):
        return {"claims": [], "abstained": True, "reason": "The output says it does not know."}
    return {"claims": claims, "abstained": False, "reason": "The output holds nothing to check."}


def _admits(found: Support) -> bool:
    return not found.supported and _ADMITS.search(found.sentence.text) is not None


def _claim(number: int, found: Support) -> JsonObject:
    text = found.sentence.text
    evidence = found.evidence.text if found.supported and found.evidence else None
    if _claims_nothing(found):
        verdict, evidence, reason = "not_checkworthy", None, "This says nothing a context could."
    elif evidence is None:
        verdict, reason = "not_found", _missing(found)
    else:
        verdict, reason = "supported", "The context says so in these words."
    return {
        "id": number,
        "claim": text,
        "quote_from_output": text,
        "reason": reason,
        "evidence_quote": evidence,
        "verdict": verdict,
    }


def _claims_nothing(found: Support) -> bool:
    """Small talk, a question back or a courtesy; with a figure in it, it claims something."""
    text = found.sentence.text
    if not found.checkworthy or text.endswith("?"):
        return True
    return _COURTESY.match(text) is not None and _FIGURE.search(text) is None


def _missing(found: Support) -> str:
    absent = [*found.missing_numbers, *found.missing_names]
    if absent:
        return f"Not in the context: {', '.join(absent)}."
    return f"The context holds {found.recall:.0%} of what this sentence says."


def _overall(checked: Sequence[JsonObject]) -> str:
    unsupported = [claim for claim in checked if claim["verdict"] == "not_found"]
    if not unsupported:
        return f"All {len(checked)} sentences stand in the context."
    worst = unsupported[0]
    return f"The context does not say “{worst['claim']}” {worst['reason']}"
