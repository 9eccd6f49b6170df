"""What is ruled on the sides."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.comparison.schemas import ShortVerdict
from app.core.errors import invalid
from app.models import FINAL
from app.verdicts import service as verdicts
from app.verdicts.loading import Place
from app.verdicts.schemas import Verdict

COMPUTED_BESIDE = 1_000  # examples × candidates: 0.2 s; 5,000 would hold up the cases for 1.5 s


def compare(session: Session, before: Place, after: Place) -> Verdict:
    """The verdict that is stored on exactly these arms, else computed from their results.

    Raises 404 for an arm that has not ended, and a 422 for an arm against itself.
    """
    for place in (before, after):
        if not _has_ended(place):
            raise verdicts.NothingToCompare(wanted=place.experiment.id)
    if before == after:
        raise invalid(
            "query:candidate",
            "Both sides are the same results; name another version, experiment or arm.",
            code="same_side",
        )
    return verdicts.find_stored(session, before, after) or verdicts.compute(session, before, after)


def on_candidates(
    session: Session, places: Sequence[Place], examples: int
) -> tuple[Verdict | None, list[ShortVerdict]]:
    """On the first candidate in full, on the others in short; what takes long is left out."""
    baseline, *candidates = places
    may_compute = examples * len(candidates) <= COMPUTED_BESIDE
    first, *others = [
        _found(session, baseline, candidate, may_compute=may_compute) for candidate in candidates
    ]
    return first, [_short(verdict) for verdict in others if verdict is not None]


def _found(session: Session, before: Place, after: Place, *, may_compute: bool) -> Verdict | None:
    if before == after or not (_has_ended(before) and _has_ended(after)):
        return None
    stored = verdicts.find_stored(session, before, after)
    return stored or (verdicts.compute(session, before, after) if may_compute else None)


def _has_ended(place: Place) -> bool:
    return place.experiment.status in FINAL and place.experiment.results is not None


def _short(verdict: Verdict) -> ShortVerdict:
    lead = verdict.metrics[0] if verdict.metrics else None  # what is invalid measured nothing
    return ShortVerdict(
        candidate=f"{verdict.candidate.experiment_id}:{verdict.candidate.arm}",
        ruling=verdict.verdict,
        headline=verdict.headline,
        sentence=verdict.sentence,
        direction=lead and lead.direction,
        difference=lead and lead.difference,
        interval=lead and lead.interval,
        n=verdict.n_pairs,
        wins=lead.wins if lead else 0,
        ties=lead.ties if lead else 0,
        losses=lead.losses if lead else 0,
    )
