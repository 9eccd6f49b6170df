"""Which version broke it: binary search between a good and a bad one, by verdicts.

Assumed is what `git bisect` assumes: once broken, it stays broken up to the bad version. Then the
answer is wrong only if one of two decisions is: that the first bad version regressed, and that the
one before it did not.
"""

from collections.abc import Sequence

from sqlalchemy import select

from app.analyses import probing, sources
from app.analyses.findings import BisectResult, DiffPair, Finding, VersionFound
from app.analyses.halving import Bounds, bounds, next_probe
from app.analyses.outcomes import Outcome, Probe, Sureness, sureness
from app.analyses.question import VersionRef
from app.analyses.running import BudgetEnded
from app.analyses.search import Search, target_of
from app.models import PromptVersion

ASSUMES = "Once broken, it stays broken up to the bad version."


def find(search: Search) -> BisectResult:
    """The first version that regressed; raises Waiting while an experiment runs."""
    chain = _chain(search)
    try:
        probing.ask(search, target_of(search, chain[-1]))
        ended = ""
        if _known(search, chain).get(len(chain) - 1) is Outcome.regressed:
            _narrow(search, chain)
    except BudgetEnded as reason:
        ended = str(reason)
    return _result(search, chain, ended)


def _chain(search: Search) -> Sequence[PromptVersion]:
    """From the good version to the bad one, by number."""
    return search.session.scalars(
        select(PromptVersion)
        .where(
            PromptVersion.prompt_id == search.analysis.prompt_id,
            PromptVersion.number.between(search.good.number, search.bad.number),
        )
        .order_by(PromptVersion.number)
    ).all()


def _narrow(search: Search, chain: Sequence[PromptVersion]) -> None:
    free = {
        place
        for place, version in enumerate(chain)
        if sources.of(search.stock, search.spec(version))
    }
    while (place := next_probe(len(chain), _known(search, chain), free)) is not None:
        probing.ask(search, target_of(search, chain[place]))


def _known(search: Search, chain: Sequence[PromptVersion]) -> dict[int, Outcome]:
    return {
        place: probe.outcome
        for place, version in enumerate(chain)
        if (probe := search.probes.get(str(version.id))) is not None
    }


def _result(search: Search, chain: Sequence[PromptVersion], ended: str) -> BisectResult:
    at = bounds(len(chain), _known(search, chain))
    last = search.probes.get(str(chain[-1].id))
    regressed = last is not None and last.outcome is Outcome.regressed
    if ended:
        finding = Finding.budget_ended
    else:
        finding = Finding.found if regressed else Finding.nothing_to_find
    is_found = finding is Finding.found
    good, bad = _shown(chain[at.last_good]), _shown(chain[at.first_bad])
    suspects = chain[at.last_good + 1 : at.first_bad + 1] if regressed else []
    to_test_all = len(chain) * search.calls_per_version
    return BisectResult(
        kind="bisect",
        finding=finding,
        sentence=_sentence(search, chain, at, finding, ended),
        first_bad=bad if is_found else None,
        last_good=good if regressed else None,
        suspects=[VersionRef(id=version.id, number=version.number) for version in suspects],
        diff=DiffPair(from_id=good.id, to_id=bad.id) if is_found else None,
        steps=list(search.probes.values()),
        calls=search.spent.calls,
        calls_to_test_all=to_test_all,
        calls_saved=max(0, to_test_all - search.spent.calls),
        sureness=_sureness(search, chain, at) if is_found else None,
    )


def _shown(version: PromptVersion) -> VersionFound:
    return VersionFound(
        id=version.id,
        number=version.number,
        message=version.message,
        created_by=version.created_by,
    )


def _sureness(search: Search, chain: Sequence[PromptVersion], at: Bounds) -> Sureness:
    """The good version is good by definition, and no decision."""
    deciding = [search.probes[str(chain[at.first_bad].id)]]
    before: Probe | None = search.probes.get(str(chain[at.last_good].id))
    return sureness([*deciding, *([before] if before else [])], ASSUMES)


def _sentence(
    search: Search, chain: Sequence[PromptVersion], at: Bounds, finding: Finding, ended: str
) -> str:
    last = search.probes.get(str(chain[-1].id))
    if finding is Finding.nothing_to_find:
        assert last is not None
        return f"There is no regression to find. {last.sentence}"
    good, bad = chain[at.last_good], chain[at.first_bad]
    if finding is Finding.budget_ended:
        known = f" It broke after v{good.number}, by v{bad.number} at the latest." if last else ""
        return f"The budget ended first: {ended}{known}"
    before = search.probes.get(str(good.id))
    doubt = ""
    if before is not None and before.outcome is not Outcome.not_worse:
        doubt = f" Nobody could tell about v{good.number}; it is taken as no worse."
    message = f" ({bad.message})" if bad.message else ""
    return f"v{bad.number} by {bad.created_by} broke it{message}.{doubt}"
