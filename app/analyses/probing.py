"""One probe: a text against the good version, from stored results where there are any.

What is missing is run as one experiment that follows the analysis, and the step ends; its roll-up
asks for the next step, which finds the results stored. So nothing is remembered that is not in
the database, and a step that dies is simply done again.
"""

from contextlib import suppress

from app.analyses import sources
from app.analyses.outcomes import OUTCOME_OF, Outcome, Probe, chance_of_error
from app.analyses.running import PROBE, BudgetEnded, run
from app.analyses.search import Search, Target
from app.models import Ruling
from app.verdicts.verdict import judge

MOST_REPEATS = 3  # of a probe that nobody can decide with one


def ask(search: Search, target: Target) -> Probe:
    """The probe, decided; raises Waiting while its results are being made, and BudgetEnded.

    One that nobody can decide is repeated up to three times, as far as the budget goes.
    """
    known = search.probes.get(target.key)
    if known is not None:
        return known
    probe = _decided(search, target, 1)
    if probe.outcome is Outcome.unknown and _more_may_tell(search, probe):
        with suppress(BudgetEnded):
            probe = _decided(search, target, MOST_REPEATS)
    search.probes[target.key] = probe
    return probe


def _more_may_tell(search: Search, probe: Probe) -> bool:
    """Repeats do not make more examples, and do not mend what could not be judged."""
    least = search.question.policy.policy.minimum_pairs
    return probe.ruling is Ruling.inconclusive and probe.n_pairs >= least


def unresolved(search: Search, *, key: str, what: str, because: str) -> Probe:
    """A text that is no prompt: nothing is run for it."""
    search.probes[key] = Probe(
        what=what,
        outcome=Outcome.unresolved,
        ruling=None,
        sentence=f"{what} cannot be run: {because}",
        difference=None,
        interval=None,
        p_value=None,
        n_pairs=0,
        repeats=0,
        chance_of_error=0.0,  # nothing was decided about it
        reused=False,
        calls=0,
        experiment_ids=[],
    )
    return search.probes[key]


def _decided(search: Search, target: Target, repeats: int) -> Probe:
    good = sources.of(search.stock, search.spec(search.good))
    other = sources.of(search.stock, target.spec)
    if min(sources.held(good), sources.held(other)) < repeats:
        run(search, target, good=repeats - sources.held(good), other=repeats - sources.held(other))
    good, other = sources.enough(good, repeats), sources.enough(other, repeats)
    evidence = sources.pooled(search.session, good, other)
    verdict = judge(evidence, search.question.in_force)
    if verdict.verdict is Ruling.budget_exhausted:
        raise BudgetEnded(verdict.sentence)
    lead = verdict.metrics[0] if verdict.metrics else None
    own = [child for child in search.children if child.options.get(PROBE) == target.key]
    return Probe(
        what=target.what,
        outcome=OUTCOME_OF.get(verdict.verdict, Outcome.unknown),
        ruling=verdict.verdict,
        sentence=verdict.sentence,
        difference=lead.difference if lead else None,
        interval=lead.interval if lead else None,
        p_value=lead.p_value if lead else None,
        n_pairs=verdict.n_pairs,
        repeats=min(sources.held(good), sources.held(other)),
        chance_of_error=chance_of_error(verdict),
        reused=not own,
        calls=sum(child.calls for child in own),
        experiment_ids=list(
            dict.fromkeys(source.place.experiment.id for source in [*good, *other])
        ),
    )
