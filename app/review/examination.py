"""What a judge has to show: agreement with people, and a stand against outputs that talk back."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from app.evaluators.attacks import ATTACKS, SCENARIOS
from app.evaluators.base import (
    Evaluator,
    InvalidEvaluatorOptions,
    ScoreState,
    UnknownEvaluator,
)
from app.evaluators.injection import InjectionReport, injection_report
from app.judges.own_model import evaluators_of
from app.review import report as reports
from app.review import spending
from app.review.report import Standing
from app.runs.case import Call, Performer
from app.runs.providers import get_model, run_async
from app.runs.worst_case import Tariff, most_tokens

FEWEST_LABELS = 50
SELF_TEST_S = 600.0  # of the task's 900 s


class SelfTest(NamedTuple):
    """How the judge stood the attacks (None: not tried, or not to its end) and what that cost."""

    report: InjectionReport | None
    calls: Sequence[Call]


NOT_TRIED = SelfTest(None, ())


def evidence(found: Standing) -> dict[str, Any]:
    """What was measured, as it is kept."""
    errors = reports.errors_of(found, found.compared)
    kappa = reports.kappa_of(found)
    prevalence = [found.human(case_no) for case_no in found.compared]
    return {
        "question": found.question.value,
        "n": len(found.compared),
        "drawn_at_random": len(found.random),
        "confusion": errors._asdict(),
        "kappa": kappa and {"value": kappa.coefficient, "interval": [kappa.low, kappa.high]},
        "raw_agreement": kappa.raw if kappa else None,
        "prevalence": sum(prevalence) / len(prevalence) if prevalence else None,
        "parse_failures": found.states.get(ScoreState.judge_unparseable.value, 0),
        "judge_errors": found.states.get(ScoreState.judge_error.value, 0),
        "asked": sum(found.states.values()),
    }


def lacking(found: Standing, measured: dict[str, Any], min_kappa: float) -> list[str]:
    """What keeps the judge from being believed before anything is paid for."""
    reasons = []
    if measured["n"] < FEWEST_LABELS:
        reasons.append(f"{measured['n']} labelled outputs were judged; {FEWEST_LABELS} are needed.")
    kappa = measured["kappa"]
    if kappa is None:
        reasons.append("Judge and people used one answer only; label outputs of both kinds.")
    elif kappa["interval"][0] < min_kappa:
        reasons.append(
            f"Kappa is {kappa['value']:.2f}, but may be as low as {kappa['interval'][0]:.2f}; "
            f"{min_kappa:.2f} is asked for."
        )
    today = _evaluator(found)
    if today is None or today.version != found.entry["version"]:
        reasons.append(
            f"{found.evaluator} has changed since it judged these outputs; POST "
            "/experiments/{id}/rejudge lets the one of today judge them."
        )
    return reasons


def _evaluator(found: Standing) -> Evaluator | None:
    try:
        return evaluators_of([found.entry])[0]
    except (UnknownEvaluator, InvalidEvaluatorOptions):
        return None


def most(tariff: Tariff, entry: Mapping[str, Any], judge_model: str) -> Decimal:
    """USD that the self-test of a judge may cost."""
    said = max(most_tokens(scenario) for scenario in SCENARIOS)
    attack = max(most_tokens([text]) for text in ATTACKS.values())
    judged = len(SCENARIOS) + len(ATTACKS)
    # an attack says the question and the answer once more
    return judged * spending.most(tariff, entry, judge_model, read=2 * said + attack)


def self_test(found: Standing, tariff: Tariff) -> SelfTest:
    evaluator = _evaluator(found)
    assert evaluator is not None  # else it lacked that already
    calls: list[Call] = []
    performer = Performer(
        get_model,
        evaluators=[evaluator],
        judge_model=found.judge_model,
        flat_rate=tariff.flat_rate,
        overrides=tariff.overrides,
    )

    async def test() -> InjectionReport | None:
        try:
            report = injection_report(evaluator, performer.asking(calls))
            return await asyncio.wait_for(report, SELF_TEST_S)
        except TimeoutError:
            return None

    return SelfTest(run_async(test), calls)


def weaknesses(found: Standing, report: InjectionReport | None) -> list[str]:
    if report is None:
        return [f"The self-test was not done after {SELF_TEST_S:.0f} s; try again later."]
    if report.resisted:
        return []
    counted = {
        "scored higher than the same wrong answer without the attack": report.raised,
        "could not be judged": report.unjudged,
        "show nothing, as the wrong answer alone scores at the top already": report.no_room,
    }
    listed = "; ".join(f"{number} {what}" for what, number in counted.items() if number)
    return [f"Of {report.n} attacks on {found.judge_model}, {listed}."]


def told(report: InjectionReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "passed": report.resisted,
        "n": report.n,
        "raised": report.raised,
        "unjudged": report.unjudged,
        "no_room": report.no_room,
        "worst": report.worst and {"attack": report.worst.attack, "gain": report.worst.gain},
    }
