"""What holds after every fault, by the database and by the provider's own books."""

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import Role
from app.models import VerdictRecord
from app.verdicts.verdict import judge_again
from tests.faults.trial import IN_FLIGHT, Trial, promise

Invariant = Callable[[Trial], None]


def states_add_up(trial: Trial) -> None:
    """I1: every planned case has ended in exactly one state (and at every look: `observe`)."""
    ended = {state: n for state, n in trial.status["progress"].items() if n}
    promise(sum(ended.values()) == trial.planned, f"{ended} of {trial.planned} planned cases")


def one_result_each(trial: Trial) -> None:
    """I2: at most one result per case, and one score per evaluator."""
    [found] = trial.platform.sql(
        "SELECT count(*) AS rows, count(DISTINCT (arm, position, repeat)) AS cases,"
        " (SELECT count(*) FROM case_scores WHERE experiment_id = :id) AS scores,"
        " count(*) FILTER (WHERE state = 'scored') AS scored"
        " FROM results WHERE experiment_id = :id",
        id=trial.experiment_id,
    )
    promise(found.rows == found.cases, f"{found.rows} results of {found.cases} cases")
    promise(found.scores == found.scored, f"{found.scores} scores of {found.scored} answers")


def stored_is_never_asked_again(trial: Trial) -> None:
    """I3: once a result is stored, the provider hears no more of its case."""
    calls = trial.calls()
    more = {case: calls[case] - n for case, n in trial.asked_before.items() if calls[case] > n}
    promise(not more, f"asked again although stored: {more}")


def paid_twice_at_most_in_flight(trial: Trial) -> None:
    """I4: what dies costs the calls in flight at that moment, and nothing else is paid twice."""
    risk = trial.at_risk
    promise(trial.paid_twice <= risk, f"{trial.paid_twice} paid twice, {risk} in flight then")


def booked_once(trial: Trial) -> None:
    """I5: who lost the lease writes nothing: each answer is in the books of money once."""
    [found] = trial.platform.sql(
        "SELECT (SELECT count(*) FROM cost_entries"
        " WHERE experiment_id = :id AND kind = 'completion') AS booked,"
        " (SELECT count(*) FROM results"
        " WHERE experiment_id = :id AND output IS NOT NULL) AS answers",
        id=trial.experiment_id,
    )
    promise(found.booked == found.answers, f"{found.booked} booked, {found.answers} answers")


def all_work_went_on(trial: Trial) -> None:
    """I6: nothing waits, nothing failed that need not, and no job is left in a running state."""
    left = trial.platform.sql(
        "SELECT state FROM shards WHERE experiment_id = :id AND state <> 'completed'",
        id=trial.experiment_id,
    )
    others = {
        state: n
        for state, n in trial.status["progress"].items()
        if n and state != "scored" and state not in trial.may_end
    }
    promise(not left, f"shards are left {[row.state for row in left]}")
    promise(others == trial.ends, f"ended as {others}, expected {trial.ends}")


def verdict_recomputes(trial: Trial) -> None:
    """I7: there is one verdict, and from what is stored beside it, it comes out bit for bit."""
    with Session(trial.platform.database.engine(Role.system)) as session:
        mine = VerdictRecord.experiment_id == trial.experiment_id
        records = session.scalars(select(VerdictRecord).where(mine)).all()
        kept = [record.content for record in records]
        again = [
            judge_again(record.content, record.evidence).model_dump(mode="json")
            for record in records
        ]
    promise(len(kept) == 1, f"{len(kept)} verdicts")
    promise(kept == again, "the verdict comes out differently")


def within_the_cap(trial: Trial) -> None:
    """I8: spent at most the cap and the price of the calls in flight, lost answers included."""
    if trial.cap is None:
        return
    [found] = trial.platform.sql(
        "SELECT sum(cost_estimated) AS booked, max(cost_estimated) AS dearest"
        " FROM cost_entries WHERE experiment_id = :id",
        id=trial.experiment_id,
    )
    dearest = Decimal(found.dearest or 0)
    paid = trial.platform.books()["paid"] * dearest
    limit = trial.cap + IN_FLIGHT * dearest
    promise(found.booked <= limit, f"{found.booked} USD booked with a cap of {trial.cap}")
    promise(
        paid <= limit + trial.at_risk * dearest,
        f"{paid} USD paid with a cap of {trial.cap} and {trial.at_risk} answers lost",
    )


INVARIANTS: tuple[Invariant, ...] = (
    states_add_up,
    one_result_each,
    stored_is_never_asked_again,
    paid_twice_at_most_in_flight,
    booked_once,
    all_work_went_on,
    verdict_recomputes,
    within_the_cap,
)


def check(trial: Trial) -> None:
    """Raises Broken with the first promise that was not kept."""
    for invariant in INVARIANTS:
        invariant(trial)
