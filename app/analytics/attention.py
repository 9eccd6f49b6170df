"""What needs somebody, the worst first: each a sentence, what it rests on, and one thing to do."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analytics import running, standing
from app.analytics.running import Open
from app.analytics.schemas import Action, Attention
from app.budgets.ledger import Line
from app.budgets.schemas import BudgetState
from app.budgets.standing import state_of
from app.budgets.watching import dollars
from app.gates import staleness
from app.gates.baselines import readable_by
from app.llm.breaker import FAILURES, Rules
from app.models import Baseline, BudgetScope, Prompt, ReviewItem

MOST = 7
RANK = {"regression": 0, "decision": 1, "work": 2}
BASELINES = 20  # the newest in use; a look at each reads its prompt's examples

_FAILING = text(
    """
    SELECT provider, count(*) AS calls, count(*) FILTER (WHERE failed) AS failed, max(at) AS at
      FROM (
        SELECT calls.*, row_number() OVER (PARTITION BY provider ORDER BY at DESC) AS place
          FROM (
            SELECT split_part(model, ':', 1) AS provider, finished_at AS at,
                   coalesce(error_code, '') = ANY(:failures) AS failed
              FROM runs
             WHERE workspace_id = :workspace AND created_at >= :recently
               AND finished_at IS NOT NULL
            UNION ALL
            SELECT split_part(a.model, ':', 1), c.created_at,
                   coalesce(c.error_code, '') = ANY(:failures)
              FROM experiments e
              JOIN results c ON c.experiment_id = e.id
              JOIN experiment_arms a ON a.experiment_id = e.id AND a.arm = c.arm
             WHERE e.workspace_id = :workspace AND e.updated_at >= :recently
               AND c.created_at >= :recently
          ) calls
      ) recent
     WHERE place <= :window
     GROUP BY provider
    HAVING count(*) >= :least AND count(*) FILTER (WHERE failed) >= :share * count(*)
     ORDER BY provider
    """
)


def find(
    session: Session,
    subject: Subject,
    open_experiments: list[Open],
    budgets: list[Line],
    now: datetime,
) -> list[Attention]:
    """At most seven, by severity; of the same severity in the order of this list."""
    found = [
        *standing.find(session, subject),
        *_budgets(budgets),
        *_circuits(session, subject, now),
        *running.stuck(open_experiments, now),
        *_baselines(session, subject),
        *_review(session, subject, now),
    ]
    return sorted(found, key=lambda item: RANK[item.severity])[:MOST]


def _budgets(lines: list[Line]) -> Iterator[Attention]:
    """Those past the share at which they tell, the most used first."""
    for line in sorted(lines, key=lambda one: -one.spent_usd / one.limit_usd):
        state = state_of(line)
        if not line.enabled or state is BudgetState.ok:
            continue
        is_over = state is BudgetState.exceeded
        used = "up" if is_over else f"{int(100 * line.spent_usd / line.limit_usd)} % of"
        ends = line.ends_at.astimezone(ZoneInfo(line.time_zone))
        stops = "It only tells; no call is refused."
        if line.hard_stop:
            stops = "Calls that do not fit are refused" + ("." if is_over else " at the limit.")
        yield Attention(
            kind="budget",
            severity="decision",
            title=f"{_whose(line)} has used {used} the {line.period.value}'s budget",
            detail=(
                f"${dollars(line.spent_usd)} of ${dollars(line.limit_usd)}; it begins again on "
                f"{ends:%-d %B}. {stops}"
            ),
            difference=None,
            action=Action(label="See the budgets", url="/settings/budgets"),
        )


def _whose(line: Line) -> str:
    if line.scope is BudgetScope.workspace:
        return "The workspace"
    return f"The key {line.object_name}" if line.scope is BudgetScope.key else str(line.object_name)


def _circuits(session: Session, subject: Subject, now: datetime) -> Iterator[Attention]:
    """Providers whose last calls failed so often that a worker leaves them alone.

    The circuits themselves are in the workers' memories; this is their rule, over what is stored
    of the last 15 minutes.
    """
    rules = Rules()
    rows = session.execute(
        _FAILING,
        {
            "workspace": subject.workspace_id,
            "recently": now - running.STUCK * 3,
            "failures": sorted(FAILURES),
            "window": rules.window,
            "least": rules.least_calls,
            "share": rules.open_share,
        },
    )
    for row in rows:
        yield Attention(
            kind="circuit",
            severity="decision",
            title=f"{row.provider} keeps failing and is left alone for a while",
            detail=(
                f"{row.failed} of its last {row.calls} calls failed. Work that waits for it goes "
                "on by itself when it answers again."
            ),
            difference=None,
            action=Action(label="See the providers", url="/settings/system"),
        )


def _baselines(session: Session, subject: Subject) -> Iterator[Attention]:
    rows = session.scalars(
        readable_by(subject)
        .where(Baseline.retired_at.is_(None))
        .order_by(Baseline.id.desc())
        .limit(BASELINES)
    ).all()
    if not rows:
        return
    because = staleness.stale_because(session, rows)
    stale = [row for row in rows if because[row.id]]
    names = {
        row.id: row.name
        for row in session.execute(
            select(Prompt.id, Prompt.name).where(
                Prompt.workspace_id == subject.workspace_id,
                Prompt.id.in_({row.prompt_id for row in stale}),
            )
        )
    }
    for row in stale:
        name = names[row.prompt_id]
        yield Attention(
            kind="baseline",
            severity="decision",
            title=f"The baseline of {name}, v{row.version_number}, no longer holds",
            detail=" ".join(because[row.id]),
            difference=None,
            action=Action(label="See the prompt", url=f"/prompts/{name}"),
        )


def _review(session: Session, subject: Subject, now: datetime) -> Iterator[Attention]:
    waiting = session.execute(
        select(func.count().label("number"), func.min(ReviewItem.created_at).label("oldest")).where(
            ReviewItem.workspace_id == subject.workspace_id, ReviewItem.done_at.is_(None)
        )
    ).one()
    if waiting.number:
        answers = "1 answer waits" if waiting.number == 1 else f"{waiting.number} answers wait"
        days = (now - waiting.oldest).days
        age = f"the oldest for {days} d" if days else "the oldest since less than a day"
        yield Attention(
            kind="review",
            severity="work",
            title=f"{answers} for review",
            detail=f"Put up because a judge was unsure or to check on one; {age}.",
            difference=None,
            action=Action(label="Start reviewing", url="/evaluations/review"),
        )
