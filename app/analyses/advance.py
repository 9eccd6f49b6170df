"""The next step of an analysis: one transaction under its lease, at most one new experiment.

No worker waits: a step that starts an experiment ends, and the experiment's roll-up asks for the
next one (`app/experiments/following.py`); the sweeper asks again where that was lost.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, update
from sqlalchemy.orm import Session

from app.analyses import bisect, blame
from app.analyses.findings import BisectResult, BlameResult, as_json
from app.analyses.halving import most_probes
from app.analyses.running import ExperimentLost, Waiting
from app.analyses.search import Search, open_search
from app.core import lease, logs
from app.core.database import system_unit_of_work, unit_of_work
from app.core.schema import plain_number
from app.models import Analysis, AnalysisKind
from app.models.base import table_of

ANALYSES = table_of(Analysis)
FIND: dict[AnalysisKind, Callable[[Search], BisectResult | BlameResult]] = {
    AnalysisKind.bisect: bisect.find,
    AnalysisKind.blame: blame.find,
}
log = logs.get()


def advance(analysis_id: UUID) -> None:
    """Does the next step; a second delivery finds nothing to claim, or the same step to wait for.

    A step that fails keeps its claim until the lease runs out: the attempt counts, and the sweeper
    ends an analysis whose steps keep failing.
    """
    with system_unit_of_work() as session:
        row = lease.claim(session, ANALYSES, analysis_id, lease.owner())
    if row is None:
        return
    with logs.bound_log(analysis_id=row.id, kind=row.kind):
        lease.patiently(partial(_step, row))


def _step(row: Row[Any]) -> None:
    with unit_of_work(row.workspace_id) as session:
        if not lease.lock(session, ANALYSES, row.id, row.fence):
            return
        analysis = session.get_one(Analysis, row.id)
        search = open_search(session, analysis)
        try:
            result = FIND[AnalysisKind(analysis.kind)](search)
        except Waiting as waiting:
            _wait(session, row, search, str(waiting))
        except ExperimentLost as lost:
            _end(session, row, search, state="failed", error=str(lost))
        else:
            _end(session, row, search, state="completed", result=as_json(result))


def _wait(session: Session, row: Row[Any], search: Search, step: str) -> None:
    """The sweeper looks again after a while; waiting longer and longer until something is new."""
    lease.release(session, ANALYSES, row.id, row.fence)
    news = {"sends": 0, "next_send": lease.first_send()} if _has_news(search) else {}
    session.execute(
        update(ANALYSES)
        .where(ANALYSES.c.id == row.id)
        .values(**_known(search, step, ended=False), **({"next_send": row.next_send} | news))
    )
    log.info("analysis_waits", step=step)


def _has_news(search: Search) -> bool:
    """Whether this step got further than the one before."""
    stored = search.analysis
    return stored.progress.get("done") != len(search.probes) or not stored.progress


def _end(session: Session, row: Row[Any], search: Search, **values: object) -> None:
    ended = {"finished_at": func.clock_timestamp(), "next_send": None}
    known = _known(search, "Ended." if "result" in values else "Failed.", ended=True)
    lease.finish(session, ANALYSES, row.id, row.fence, **known, **ended, **values)
    log.info("analysis_ended", probes=len(search.probes))


def _known(search: Search, step: str, *, ended: bool) -> dict[str, object]:
    done, spent = len(search.probes), search.spent
    return {
        "memory": {  # a list, for PostgreSQL keeps no order of keys
            "probes": [
                {"key": key, "probe": probe.model_dump(mode="json")}
                for key, probe in search.probes.items()
            ]
        },
        "progress": {
            "done": done,
            "total_estimate": done if ended else max(_estimate(search), done + 1),
            "calls": spent.calls,
            "cost_usd": None if spent.cost_unknown else plain_number(spent.cost_usd),
            "step": step,
        },
        "updated_at": func.clock_timestamp(),
    }


def _estimate(search: Search) -> int:
    """Probes, if nothing is undecided and, for blame, one hunk is the cause."""
    if search.analysis.kind == AnalysisKind.bisect:
        return most_probes(search.bad.number - search.good.number + 1)
    units = len(blame.changes_of(search).units)
    return 1 + 2 * (units - 1).bit_length()
