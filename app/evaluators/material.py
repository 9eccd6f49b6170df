"""What a judge is shown of a case: blocks by name, and an excuse where one is missing."""

import json
from collections.abc import Sequence
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from app.evaluators.base import Case, InvalidEvaluatorOptions
from app.evaluators.bench import NotApplicable
from app.evaluators.judge import Solved
from app.evaluators.replies import UnreadableReply, read_reply
from app.llm.client import JsonObject

MAX_EXAMPLES = 8

_LACKS = {
    "context": "The example has no context to judge by.",
    "input": "The example has no inputs: nothing says what was asked.",
    "reference": "The example has no expected output to compare with.",
    "criteria": "The example has no criteria to judge by.",
}


class SolvedCase(BaseModel):
    """A case with the reply a person would give, in the schema of the judge's reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: str = ""
    context: str = ""
    reference: str = ""
    criteria: str = ""
    output: str
    reply: JsonObject


SHOTS = (
    f"Up to {MAX_EXAMPLES} solved cases that the judge sees first: a JSON list of objects with "
    "`output`, what else it reads (such as `input`) and the right `reply`, here {reply}."
)

FewShot: TypeAlias = Annotated[list[SolvedCase], Field(max_length=MAX_EXAMPLES)] | None


def blocks_of(case: Case, *, needs: Sequence[str], shows: Sequence[str] = ()) -> dict[str, str]:
    """The texts a judge reads, the output last; raises NotApplicable where a needed one is blank.

    `shows` are left out where they are blank. An empty output is shown: it is an answer too.
    """
    texts = {
        "input": input_text(case),
        "context": case.context or "",
        "reference": case.expected or "",
        "criteria": case.criteria or "",
    }
    for name in needs:
        if not texts[name].strip():
            raise NotApplicable(_LACKS[name])
    wanted = {*needs, *shows}
    shown = {name: text for name, text in texts.items() if name in wanted and text.strip()}
    return {**shown, "output": case.output}


def input_text(case: Case) -> str:
    """What was asked, without the context: a single text as it is, anything else as JSON."""
    asked = {name: value for name, value in case.inputs.items() if value != case.context}
    if len(asked) == 1 and isinstance(text := next(iter(asked.values())), str):
        return text
    return json.dumps(asked, ensure_ascii=False, default=str) if asked else ""


def solved(number: int, blocks: dict[str, str], reply: JsonObject, schema: JsonObject) -> Solved:
    """A few-shot example; raises InvalidEvaluatorOptions for a reply the schema refuses."""
    try:
        read_reply(json.dumps(reply), schema)
    except UnreadableReply as error:
        raise InvalidEvaluatorOptions(
            f"option few_shot.{number}: its reply does not follow the schema: {error}."
        ) from error
    return Solved(blocks=blocks, reply=reply)


def solved_cases(few_shot: FewShot, schema: JsonObject) -> list[Solved]:
    """The examples with the blocks they fill; raises InvalidEvaluatorOptions."""
    return [
        solved(
            number,
            {
                name: text
                for name, text in example.model_dump(exclude={"reply"}).items()
                if text or name == "output"
            },
            example.reply,
            schema,
        )
        for number, example in enumerate(few_shot or [], 1)
    ]
