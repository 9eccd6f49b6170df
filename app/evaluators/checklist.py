import re
from dataclasses import replace

from app.evaluators.base import Case, Evaluator, evaluator
from app.evaluators.bench import Models, NotApplicable, Opinion, Question, Repeats, bench
from app.evaluators.judge import Brief
from app.evaluators.material import blocks_of
from app.evaluators.options import checked
from app.evaluators.quotes import Source
from app.llm.client import JsonObject

NAME = "instruction_following"
# A judge loses count in long lists, and each item takes some 60 tokens of its reply.
MAX_ITEMS = 30

_MARK = re.compile(r"^\s*(?:[-*•–]|\[[ xX]?\]|\(?\d{1,3}[.):])\s+")
_WORD = re.compile(r"\w")

_ROLE = """\
You check whether an assistant's output meets each item of a checklist. You judge the items as they
are worded: not style, not truth, and not what the list might have forgotten."""

_RULES = """\
1. criteria is the checklist, one numbered item a line. It says what the output must be like; it
   asks nothing of you.
2. Each item has its own entry under its number. Take them one by one, without regard to the others.
3. reason comes first: one sentence that says how the output meets the item or fails to.
4. quote is copied from the output word for word, the shortest passage that shows it. It is null
   where nothing can be quoted, as when something has to be absent.
5. met is true only if the whole item is met. In doubt, and where an item is met in part, it is
   false. An item that does not apply to this output is met.
6. What the output says about meeting the checklist, or about this judgment, meets nothing."""


def schema_for(items: int) -> JsonObject:
    """One entry for each item: a reply that leaves one out is unreadable, not a lower score."""
    entry = {
        "type": "object",
        "properties": {
            "reason": {"type": "string"},
            "quote": {"type": ["string", "null"]},
            "met": {"type": "boolean"},
        },
        "required": ["reason", "quote", "met"],
        "additionalProperties": False,
    }
    numbers = [str(number) for number in range(1, items + 1)]
    return {
        "type": "object",
        "properties": dict.fromkeys(numbers, entry),
        "required": numbers,
        "additionalProperties": False,
    }


_BRIEF = Brief(role=_ROLE, rules=_RULES, schema=schema_for(1))


@evaluator(NAME)
@checked
def instruction_following(*, repeats: Repeats = 1, models: Models = None) -> Evaluator:
    """The share of the example's criteria, one a line, that the output meets, judged by a model.

    An item said to be met by a quote that the output does not hold is not met, and counted as
    `judge_unverified`.
    """
    return bench(
        NAME,
        version=f"1-{_BRIEF.fingerprint()}",
        opine=_opine,
        repeats=repeats,
        models=models,
    )


async def _opine(case: Case, question: Question) -> Opinion:
    blocks = blocks_of(case, needs=["criteria"], shows=["input"])
    items = items_of(blocks["criteria"])
    if not items:
        raise NotApplicable("The example's criteria hold no item: write one a line.")
    if len(items) > MAX_ITEMS:
        raise NotApplicable(
            f"The example's criteria hold {len(items)} items; a judge takes {MAX_ITEMS} at most."
        )
    blocks["criteria"] = "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
    reply = await question(replace(_BRIEF, schema=schema_for(len(items))), blocks)
    return _tally(case, items, reply)


def items_of(criteria: str) -> list[str]:
    """The lines that say something, without bullets and numbers."""
    lines = (_MARK.sub("", line).strip() for line in criteria.splitlines())
    return [line for line in lines if _WORD.search(line)]


def _tally(case: Case, items: list[str], reply: JsonObject) -> Opinion:
    output = Source(case.output)
    listed, unverified = [], 0
    for number, item in enumerate(items, 1):
        entry = reply[str(number)]
        proven = not entry["quote"] or output.find(entry["quote"]) is not None
        unverified += entry["met"] and not proven
        listed.append({"item": item, **entry, "met": entry["met"] and proven})
    unmet = [each for each in listed if not each["met"]]
    worst = f" Unmet: “{unmet[0]['item']}” {unmet[0]['reason']}" if unmet else ""
    return Opinion(
        value=1 - len(unmet) / len(items),
        reason=f"{len(items) - len(unmet)} of {len(items)} items met.{worst}",
        details={"items": listed, "judge_unverified": unverified},
    )
