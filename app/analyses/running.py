"""The experiment a probe lacks: started once, within the budget, and waited for."""

from decimal import Decimal
from typing import NoReturn

from app.analyses.search import Search, Target
from app.experiments.derive import Follow, derive
from app.models import FINAL, ExperimentStatus

LOST = (ExperimentStatus.cancelled, ExperimentStatus.failed)
PROBE = "probe"  # the option of an experiment that says which probe it belongs to


class Waiting(Exception):
    """An experiment has to end first; says what it runs."""


class BudgetEnded(Exception):
    """What is next would go beyond what may be spent."""


class ExperimentLost(Exception):
    """An experiment the analysis waits for was cancelled or failed."""


def run(search: Search, target: Target, *, good: int, other: int) -> NoReturn:
    """Starts the repeats that either side lacks, unless an experiment is running already."""
    _wait_for_children(search)
    lacking = [
        (spec, repeats)
        for spec, repeats in ((search.spec(search.good), good), (target.spec, other))
        if repeats > 0
    ]
    repeats = max(lack for _, lack in lacking)
    money = _money_left(search, target, len(lacking) * repeats * search.calls_per_version)
    kind, question = search.analysis.kind, search.question
    child = derive(
        search.session,
        search.root,
        Follow(
            name=f"{kind} of v{question.bad.number}: {target.what}",
            trigger=kind,
            arms=[spec for spec, _ in lacking],
            repeats=repeats,
            follows=search.analysis.id,
        ),
    )
    child.options = {**child.options, PROBE: target.key}
    child.max_cost_usd = money
    child.gate_id, child.gate_number = question.policy.gate_id, question.policy.number
    child.created_by, child.tags, child.git = search.analysis.created_by, [], None
    raise Waiting(f"Runs {target.what} on {search.examples} golden examples.")


def _wait_for_children(search: Search) -> None:
    for child in search.children:
        if child.status in LOST:
            raise ExperimentLost(
                f"The experiment {child.name!r} ended as {child.status}; start the analysis again: "
                "what is stored is not run again."
            )
        if child.status not in FINAL:
            raise Waiting(f"Waits for the experiment {child.name!r}.")


def _money_left(search: Search, target: Target, calls: int) -> Decimal | None:
    """What the next experiment may cost; raises BudgetEnded when it may not begin."""
    question, spent = search.question, search.spent
    if question.max_calls is not None and spent.calls + calls > question.max_calls:
        raise BudgetEnded(
            f"{target.what} needs {calls:,} calls; {spent.calls:,} of {question.max_calls:,} are "
            "used."
        )
    if question.max_cost_usd is None:
        return None
    left = question.max_cost_usd - spent.cost_usd
    if left <= 0:
        raise BudgetEnded(f"The {question.max_cost_usd} USD it may cost are used.")
    return left
