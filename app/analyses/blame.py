"""Which lines broke it: delta debugging over the units of a diff, by verdicts.

Each probe is the good version with some of the units applied. One that is no prompt, or that
nobody can decide, is unresolved: it neither breaks nor clears its units.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from app.analyses import probing
from app.analyses.ddmin import Ask, Smallest, Subset, ddmin
from app.analyses.findings import BlameResult, Finding, HunkFound, as_lines
from app.analyses.hunks import Difference, difference
from app.analyses.outcomes import Outcome, Probe, Sureness, sureness
from app.analyses.running import BudgetEnded
from app.analyses.search import Search, Target, target_of
from app.core.config import get_settings
from app.core.errors import Invalid
from app.experiments.derive import ArmSpec
from app.models import ExperimentExample
from app.prompts import content, rendering
from app.templating.errors import TemplateProblem

ASSUMES = "Nothing but these hunks differs between what was compared."
OF_TEMPLATE = ("template_format", "template", "messages", "response_schema", "variables")


def find(search: Search) -> BlameResult:
    """The smallest set of hunks that regresses; raises Waiting while an experiment runs."""
    changes = changes_of(search)
    everything = frozenset(unit.number for unit in changes.units)
    try:
        ended = ""
        last = probing.ask(search, target_of(search, search.bad))
        if last.outcome is Outcome.regressed:
            _narrow(search, changes)
    except BudgetEnded as reason:
        ended = str(reason)
    return _result(search, changes, everything, ended)


def changes_of(search: Search) -> Difference:
    return difference(search.good, search.bad, with_model=search.question.model is None)


def _narrow(search: Search, changes: Difference) -> None:
    size = len(changes.units)
    while isinstance(asked := ddmin(size, _known(search, size)), Ask):
        _try(search, changes, asked.subset)


def _known(search: Search, size: int) -> dict[Subset, Outcome]:
    known = {
        frozenset(map(int, key.split(","))): probe.outcome
        for key, probe in search.probes.items()
        if key != str(search.bad.id)
    }
    last = search.probes.get(str(search.bad.id))
    return known | ({frozenset(range(1, size + 1)): last.outcome} if last else {})


def _key(subset: Collection[int]) -> str:
    return ",".join(map(str, sorted(subset)))


def _what(search: Search, subset: Collection[int]) -> str:
    hunks = "hunk" if len(subset) == 1 else "hunks"
    return f"v{search.good.number} + {hunks} {', '.join(map(str, sorted(subset)))}"


def _try(search: Search, changes: Difference, subset: Subset) -> Probe:
    key, what = _key(subset), _what(search, subset)
    try:
        columns = content.columns(changes.applied(subset))
        _check_renders(search, columns)
    except Invalid as problem:
        return probing.unresolved(search, key=key, what=what, because=problem.detail)
    except TemplateProblem as problem:
        return probing.unresolved(search, key=key, what=what, because=str(problem))
    model = search.question.model or columns["model"] or get_settings().default_model
    spec = ArmSpec(
        version_id=search.bad.id,
        version_number=search.bad.number,
        model=model,
        template={name: columns[name] for name in OF_TEMPLATE},
        parameters=columns["parameters"],
        name=what,
    )
    return probing.ask(search, Target(key=key, what=what, spec=spec))


def _check_renders(search: Search, columns: dict[str, Any]) -> None:
    """The first golden example stands for all: the others' failures are states of their cases."""
    inputs = search.session.scalars(
        select(ExperimentExample.input_data).where(
            ExperimentExample.experiment_id == search.root.id, ExperimentExample.position == 0
        )
    ).one()
    rendering.render(columns, inputs)


def _result(search: Search, changes: Difference, everything: Subset, ended: str) -> BlameResult:
    known = _known(search, len(changes.units))
    regressed = known.get(everything) is Outcome.regressed
    found = ddmin(len(changes.units), known) if regressed else None
    suspects = found.suspects if found else frozenset()
    verified = isinstance(found, Smallest)
    if not ended:
        finding = Finding.found if regressed else Finding.nothing_to_find
    else:
        finding = Finding.budget_ended
    evidence = _probe_of(search, suspects, everything) if suspects else None
    return BlameResult(
        kind="blame",
        finding=finding,
        sentence=_sentence(search, suspects, finding, ended),
        hunks=[
            HunkFound(
                index=unit.number,
                part=unit.part,
                old_lines=as_lines(unit.old_lines),
                new_lines=as_lines(unit.new_lines),
                old=unit.old,
                new=unit.new,
                blamed=unit.number in suspects,
            )
            for unit in changes.units
        ],
        smallest=sorted(suspects),
        one_minimal=verified,
        evidence=evidence,
        steps=list(search.probes.values()),
        calls=search.spent.calls,
        sureness=_sureness(search, evidence, found),
    )


def _probe_of(search: Search, subset: Subset, everything: Subset) -> Probe:
    return search.probes[str(search.bad.id) if subset == everything else _key(subset)]


def _sureness(
    search: Search, evidence: Probe | None, found: Ask | Smallest | None
) -> Sureness | None:
    """That the set breaks it and, where it is 1-minimal, that no set with one hunk less does."""
    if evidence is None:
        return None
    without = found.without if isinstance(found, Smallest) else ()
    return sureness([evidence, *(search.probes[_key(subset)] for subset in without)], ASSUMES)


def _sentence(search: Search, suspects: Subset, finding: Finding, ended: str) -> str:
    listed = ", ".join(map(str, sorted(suspects)))
    last = search.probes.get(str(search.bad.id))
    if finding is Finding.nothing_to_find:
        assert last is not None
        return f"There is no regression to blame on anything. {last.sentence}"
    if finding is Finding.budget_ended:
        known = f" What broke it is among the hunks {listed}." if suspects else ""
        return f"The budget ended first: {ended}{known}"
    verb = "hunk" if len(suspects) == 1 else "the hunks"
    alone = "alone breaks" if len(suspects) == 1 else "together break"
    return f"{verb.capitalize()} {listed} {alone} v{search.good.number}."
