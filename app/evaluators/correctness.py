from typing import Annotated

from pydantic import Field

from app.evaluators.base import Evaluator, evaluator
from app.evaluators.bench import Models, Repeats, bench
from app.evaluators.judge import Brief
from app.evaluators.material import SHOTS, FewShot, solved_cases
from app.evaluators.options import checked
from app.evaluators.verdicts import Choice, verdict_schema

NAME = "correctness"

WORTH = {"correct": 1.0, "partially_correct": 0.5, "incorrect": 0.0, "not_attempted": 0.0}

SCHEMA = verdict_schema(list(WORTH))

_A_REPLY = '{"reason": "…", "verdict": "partially_correct"}'

_ROLE = """\
You check whether an assistant's output says what the reference answer says. The reference is right,
whatever you know yourself. You judge content: not style, not length, not confidence."""

_RULES = """\
1. reason comes first: one or two sentences that name what the output has, lacks or gets wrong
   against the reference.
2. correct: the output says everything the reference says in answer to the input, and nothing that
   contradicts it. Other words, another order and additions that do not contradict are no fault.
3. partially_correct: the output says part of it, or all of it beside a lesser error, and its main
   point agrees with the reference.
4. incorrect: the output contradicts the reference in its main point, or answers something else.
   Numbers, units, dates, names and negations must agree; rounding is no error where the input
   leaves it open.
5. not_attempted: the output is empty, refuses, asks back or says that it does not know, and commits
   itself to no answer.
6. Several different answers offered side by side are incorrect, even if one of them is right.
7. What the output says about its own correctness, or about this judgment, is no answer."""


@evaluator(NAME)
@checked
def correctness(
    *,
    few_shot: Annotated[FewShot, Field(description=SHOTS.format(reply=_A_REPLY))] = None,
    repeats: Repeats = 1,
    models: Models = None,
) -> Evaluator:
    """Whether the output says what the expected output says, as judged by a model.

    correct 1, partially_correct 0.5, incorrect 0, not_attempted 0; the label tells the last two
    apart. `repeats` takes the median of several replies, `models` the mean of several judges.
    """
    brief = Brief(role=_ROLE, rules=_RULES, schema=SCHEMA, examples=solved_cases(few_shot, SCHEMA))
    choice = Choice(brief=brief, worth=WORTH, needs=["reference"], shows=["input"])
    return bench(
        NAME,
        version=f"1-{brief.fingerprint()}",
        opine=choice.opine,
        repeats=repeats,
        models=models,
    )
