from typing import Annotated, Literal

from pydantic import Field

from app.evaluators.base import Case
from app.evaluators.check import NOTHING_EXPECTED, Finding, Rule, check, expected_of, passed
from app.evaluators.quantities import find_quantity
from app.evaluators.safe_schema import CannotValidate, SafeSchema
from app.evaluators.strict_json import strict_loads, unfenced
from app.llm.client import JsonObject


@check("numeric", version="1")
def numeric(
    *,
    pick: Literal["first", "last"] = "last",
    rel_tol: Annotated[float, Field(ge=0, le=1)] = 1e-6,
    abs_tol: Annotated[float, Field(ge=0)] = 1e-9,
) -> Rule:
    """The last (or first) number of the output is close to that of the expected output.

    Close as in math.isclose. Units are converted (5 km = 5,000 m) and must fit where both sides
    have one; where only one side has a unit, or a percent sign, the numbers compare as written.
    """

    def judge(case: Case) -> Finding:
        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        wanted = find_quantity(expected, pick)
        if wanted is None:
            return Finding(None, "The expected output holds no number that can be read.")
        got = find_quantity(case.output, pick)
        if got is None:
            return passed(False, f"The output holds no number; expected {wanted}.")
        close = got.close_to(wanted, rel_tol=rel_tol, abs_tol=abs_tol)
        return passed(close, f"Found {got}, expected {wanted}.")

    return judge


@check("json_schema", version="1")
def json_schema(*, schema: JsonObject | None = None, allow_fences: bool = False) -> Rule:
    """The output is JSON and follows the schema (Draft 2020-12; default: any JSON).

    `allow_fences` takes the inside of one Markdown code fence around the whole output. `format`
    is not asserted, as the draft has it.
    """
    safe_schema = SafeSchema({} if schema is None else schema)

    def judge(case: Case) -> Finding:
        text = unfenced(case.output) if allow_fences else case.output
        try:
            instance = strict_loads(text)
        except ValueError as error:
            return passed(False, f"The output is not JSON: {error}.")
        try:
            problem = safe_schema.problem_with(instance)
        except CannotValidate as error:
            return Finding(None, str(error))
        return passed(problem is None, problem or "The output follows the schema.")

    return judge
