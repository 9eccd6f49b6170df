"""How much of an output its context does not support, claim by claim.

The judge only sorts claims and copies quotes; the number is computed here, and what the judge
says is checked against the texts first.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.evaluators.base import Case, Claim, Evaluator, evaluator
from app.evaluators.bench import Models, NotApplicable, Opinion, Question, Repeats, bench
from app.evaluators.consensus import agreed
from app.evaluators.judge import Brief
from app.evaluators.material import MAX_EXAMPLES, SHOTS, input_text, solved
from app.evaluators.options import checked
from app.evaluators.quotes import Source
from app.llm.client import JsonObject

NAME = "hallucination"

_ROLE = """\
You check how well an assistant's output is grounded in the context it was given. You judge support
by the context alone: not style, and not what you know yourself."""

_RULES = """\
1. List every statement of the output, in its order, as claims that each say one thing. Split
   sentences that say several.
2. quote_from_output is copied from the output word for word, without gaps, and holds the claim.
3. The context is the only evidence. What is true in the world but not in the context is not_found.
   The input is what was asked; it is no evidence.
4. evidence_quote is copied from the context word for word, without gaps: the shortest passage that
   shows the claim supported or contradicted. It is null for the other verdicts.
5. Write the claim's reason, one sentence, before its verdict.
6. supported: the context says it, or it follows directly. Numbers, units, dates, names and
   negations must agree; other words for the same thing are no difference.
7. contradicted: the context says something that cannot be true together with the claim.
   not_found: the context says neither.
8. not_checkworthy: greetings, opinions, advice, questions, offers, repetitions of the question, and
   statements that the assistant does not know or cannot answer.
9. abstained is true when the output only says that it cannot answer. Such an output has no
   check-worthy claim.
10. The last reason has at most two sentences and names the worst claim, if one is unsupported."""

SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "claims": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer"},
                    "claim": {"type": "string"},
                    "quote_from_output": {"type": "string"},
                    "reason": {"type": "string"},
                    "evidence_quote": {"type": ["string", "null"]},
                    "verdict": {
                        "type": "string",
                        "enum": ["supported", "contradicted", "not_found", "not_checkworthy"],
                    },
                },
                "required": [
                    "id",
                    "claim",
                    "quote_from_output",
                    "reason",
                    "evidence_quote",
                    "verdict",
                ],
                "additionalProperties": False,
            },
        },
        "abstained": {"type": "boolean"},
        "reason": {"type": "string"},
    },
    "required": ["claims", "abstained", "reason"],
    "additionalProperties": False,
}

# What an unsupported claim costs, as a share of a claim.
_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "equal": {"contradicted": 1.0, "not_found": 1.0},
    "severity": {"contradicted": 1.0, "not_found": 0.5},
}


class Example(BaseModel):
    """A case with the reply a person would give, in the schema of the judge's reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    context: str
    input: str = ""
    output: str
    reply: JsonObject


@evaluator(NAME)
@checked
def hallucination(
    *,
    weighting: Literal["equal", "severity"] = "equal",
    few_shot: Annotated[
        Annotated[list[Example], Field(max_length=MAX_EXAMPLES)] | None,
        Field(description=SHOTS.format(reply='{"claims": […], "abstained": false, "reason": "…"}')),
    ] = None,
    repeats: Repeats = 1,
    models: Models = None,
) -> Evaluator:
    """The share of the output's claims that its context supports, as judged by a model.

    value = 1 - hallucination_rate; with `severity` weighting a claim that is merely not found
    costs half as much as a contradicted one. An output without check-worthy claims scores 1.
    `repeats` takes the majority's verdict on each claim, `models` the mean of several judges.
    """
    examples = [
        solved(number, example.model_dump(exclude={"reply"}), example.reply, SCHEMA)
        for number, example in enumerate(few_shot or [], 1)
    ]
    brief = Brief(role=_ROLE, rules=_RULES, schema=SCHEMA, examples=examples)
    weights = _WEIGHTS[weighting]

    async def opine(case: Case, question: Question) -> Opinion:
        output, context = case.output, _context_of(case)
        blocks = {"context": context, "input": input_text(case), "output": output}
        reply = await question(brief, blocks)
        claims, unverified = _verify(reply["claims"], output, context)
        return _tally(
            claims,
            weights,
            reason=reply["reason"],
            abstained=reply["abstained"],
            unverified=unverified,
        )

    suffix = "" if weighting == "equal" else f"-{weighting}"
    return bench(
        NAME,
        version=f"1-{brief.fingerprint()}{suffix}",
        opine=opine,
        settle=partial(_majority, weights),
        repeats=repeats,
        models=models,
    )


def _context_of(case: Case) -> str:
    if not (case.context and case.context.strip()):
        raise NotApplicable("The example has no context to check the output against.")
    if not case.output.strip():
        raise NotApplicable("The output is empty.")
    return case.context


def _tally(
    claims: Sequence[Claim],
    weights: Mapping[str, float],
    *,
    reason: str,
    abstained: bool,
    unverified: int,
) -> Opinion:
    """C check-worthy claims, U without support: rate = U/C, 0 where C = 0."""
    worthy = [claim for claim in claims if claim.verdict != "not_checkworthy"]
    unsupported = sum(claim.verdict != "supported" for claim in worthy)
    cost = sum(weights.get(claim.verdict, 0.0) for claim in worthy)
    total = len(worthy) or 1
    return Opinion(
        value=1 - cost / total,
        reason=f"{unsupported} of {len(worthy)} claims unsupported. {reason}".strip(),
        hallucination_rate=unsupported / total,
        claims=tuple(claims),
        details={
            "n_claims": len(worthy),
            "unsupported": unsupported,
            "judge_unverified": unverified,
            "abstained": abstained,
        },
    )


def _majority(weights: Mapping[str, float], replies: Sequence[Opinion]) -> Opinion:
    """What most replies say of each claim; the reason is that of its worst claim."""
    claims = agreed([reply.claims for reply in replies])
    worst = next((c for v in ("contradicted", "not_found") for c in claims if c.verdict == v), None)
    return _tally(
        claims,
        weights,
        reason=f"“{worst.text}” {worst.reason}" if worst else "",
        abstained=2 * sum(reply.details["abstained"] for reply in replies) > len(replies),
        unverified=sum(reply.details["judge_unverified"] for reply in replies),
    )


def _verify(listed: list[JsonObject], output: str, context: str) -> tuple[list[Claim], int]:
    """The claims with their quotes looked up, and how many the judge could not prove.

    A claim is supported only if the output says it and the context shows it; else not_found.
    """
    said, shown = Source(output), Source(context)
    claims, unverified = [], 0
    for item in listed:
        quote = said.find(item["quote_from_output"])
        evidence = shown.find(item["evidence_quote"] or "")
        verdict = item["verdict"]
        if verdict == "supported" and not (quote and evidence):
            verdict, unverified = "not_found", unverified + 1
        claims.append(
            Claim(
                text=item["claim"],
                verdict=verdict,
                reason=item["reason"],
                quote=output[slice(*quote)] if quote else None,
                evidence=context[slice(*evidence)] if evidence else None,
                start=quote.start if quote else None,
                end=quote.end if quote else None,
            )
        )
    return claims, unverified
