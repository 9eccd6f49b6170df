"""Cases side by side: the examples of two or more arms, grouped as the verdict counts them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.comparison import heading, reading, ruling
from app.comparison.line import Line, line_of
from app.comparison.reading import Cell, Example
from app.comparison.schemas import (
    CaseRow,
    CaseTable,
    Group,
    GroupCounts,
    SideCell,
    SideTotals,
    Waiting,
)
from app.core.errors import Invalid
from app.experiments.cases import Sort
from app.models import FINAL, CaseState, Direction, Experiment
from app.prompts.version_schemas import Estimate
from app.statistics.estimates import mean_interval
from app.statistics.sign_flip import TIE
from app.verdicts.loading import Place
from app.verdicts.policy import FAILURE

MOST_CELLS = 80_000  # examples × sides in one answer: 20 MB
NOT_RUN = SideCell(None, None, None, None, None, None)


class TooManyCases(Invalid):
    code = "too_many_cases"
    message = (
        "These are {cells} cells, more than {most} in one answer; ask for fewer sides, or read "
        "/experiments/{{id}}/results page by page."
    )


class Side(NamedTuple):
    """One arm's cells, and at which position it has which example."""

    place: Place
    positions: Mapping[UUID, int]
    cells: Mapping[int, Cell]

    def cell(self, example_id: UUID) -> Cell | None:
        position = self.positions.get(example_id)
        return None if position is None else self.cells.get(position)

    @property
    def has_ended(self) -> bool:
        return self.place.experiment.status in FINAL


def compared(session: Session, places: Sequence[Place], metric: str) -> CaseTable:
    """The sides' cases, and the verdict on each candidate where it is at hand."""
    made = table(session, places, metric)
    made.verdict, made.others = ruling.on_candidates(session, places, len(made.rows))
    return made


def table(session: Session, places: Sequence[Place], metric: str) -> CaseTable:
    """The sides' cases: the first candidate's examples in their order, then the others' own."""
    line = line_of(session, places, metric)
    examples, sides = _load(session, places, line)
    return _table(session, examples, sides, line)


def of_experiment(
    session: Session,
    places: Sequence[Place],
    metric: str,
    *,
    sort: Sort,
    state: CaseState | Waiting | None,
) -> CaseTable:
    """As `table`, filtered and sorted by the first side that is no baseline, nulls last."""
    made = table(session, places, metric)
    if state is not None:
        wanted = None if state == "waiting" else state
        made.rows = [row for row in made.rows if any(cell.state == wanted for cell in row.sides)]
    lead = min(1, len(places) - 1)
    key = ORDERS.get(sort)
    if key is not None:
        made.rows.sort(key=lambda row: key(row.sides[lead]))
    return made


def _last(value: float | None, sign: int = 1) -> tuple[bool, float]:
    return value is None, sign * (value or 0)


ORDERS: Mapping[Sort, Callable[[SideCell], tuple[bool, float]]] = {
    Sort.score: lambda cell: _last(cell.score),
    Sort.score_descending: lambda cell: _last(cell.score, -1),
    Sort.latency: lambda cell: _last(cell.latency_ms, -1),
}


def change(before: float, after: float, better: Direction) -> Group:
    """The verdict's win, tie or loss."""
    gain = after - before if better == "higher" else before - after
    if abs(gain) <= TIE:
        return Group.same
    return Group.improved if gain > 0 else Group.regressed


def _load(
    session: Session, places: Sequence[Place], line: Line
) -> tuple[list[Example], list[Side]]:
    experiments = {place.experiment.id: place.experiment for place in _lead_first(places)}
    examples = {key: reading.examples(session, found) for key, found in experiments.items()}
    together: dict[UUID, Example] = {}
    for own in examples.values():
        for example in own:
            together.setdefault(example.example_id, example)
    if len(together) * len(places) > MOST_CELLS:
        raise TooManyCases(cells=len(together) * len(places), most=MOST_CELLS)
    cells = {
        key: reading.cells(session, found, _arms(places, found), line.metric)
        for key, found in experiments.items()
    }
    positions = {
        key: {example.example_id: example.position for example in own}
        for key, own in examples.items()
    }
    sides = [
        Side(place, positions[place.experiment.id], cells[place.experiment.id][place.arm])
        for place in places
    ]
    return list(together.values()), [_failing(side, line) for side in sides]


def _lead_first(places: Sequence[Place]) -> list[Place]:
    """The examples of a comparison are the first candidate's."""
    return [*places[1:], places[0]]


def _arms(places: Sequence[Place], experiment: Experiment) -> set[int]:
    return {place.arm for place in places if place.experiment.id == experiment.id}


def _failing(side: Side, line: Line) -> Side:
    """Under `failure` an example's value is whether it fails."""
    if line.metric != FAILURE:
        return side
    failing = {
        position: cell._replace(
            value=None if cell.score is None else float(cell.score < line.failing_below),
            spread=None,
        )
        for position, cell in side.cells.items()
    }
    return side._replace(cells=failing)


def _table(
    session: Session, examples: Sequence[Example], sides: Sequence[Side], line: Line
) -> CaseTable:
    seen = _visited(sides)
    rows = [_row(example, sides, line, seen) for example in examples]
    counted = Counter(row.group for row in rows)
    # these rows come from our own tables: checking them again would take as long as reading them
    return CaseTable.model_construct(
        columns=list(CaseRow._fields),
        metric=line.metric,
        direction=line.better,
        **heading.of_table(session, [side.place for side in sides]),
        verdict=None,
        others=[],
        sides=_totals(session, sides, line),
        rows=rows,
        counts=GroupCounts(**{group.value: counted[group] for group in Group}),
    )


def _visited(sides: Sequence[Side]) -> float:
    """How many examples the verdict rests on: an adaptive experiment may end before the last."""
    compared = {side.place.experiment.id for side in sides[:2]}
    stopped = sides[0].place.experiment.options.get("stopped") if len(compared) == 1 else None
    return float(stopped["visited"]) if stopped else float("inf")


def _row(example: Example, sides: Sequence[Side], line: Line, visited: float) -> CaseRow:
    found = [side.cell(example.example_id) for side in sides]
    group = None
    if len(sides) > 1 and example.position < visited:
        group = _group(example.example_id, sides, found, line)
    return CaseRow(*example, group, [_shown(cell) for cell in found])


def _group(
    example_id: UUID, sides: Sequence[Side], found: Sequence[Cell | None], line: Line
) -> Group | None:
    pair = list(zip(sides[:2], found[:2], strict=True))
    if any(example_id not in side.positions for side, _ in pair):
        return Group.only_one
    before, after = (cell and cell.value for _, cell in pair)
    if before is not None and after is not None:
        return change(before, after, line.better)
    waits = any(cell is None and not side.has_ended for side, cell in pair)
    return None if waits else Group.error


def _shown(cell: Cell | None) -> SideCell:
    if cell is None:
        return NOT_RUN
    return SideCell(
        _rounded(cell.value),
        CaseState(cell.state),
        cell.output,
        _rounded(cell.spread),
        cell.cost_usd,
        None if cell.latency_ms is None else round(cell.latency_ms),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)  # 16 digits do not compress


def _totals(session: Session, sides: Sequence[Side], line: Line) -> list[SideTotals]:
    heads = heading.of_sides(session, [side.place for side in sides])
    return [
        SideTotals(
            **head,
            mean=_estimate([c.value for c in side.cells.values() if c.value is not None]),
            failures=sum(
                cell.score is not None and cell.score < line.failing_below
                for cell in side.cells.values()
            ),
            **_spent(side.place),
        )
        for side, head in zip(sides, heads, strict=True)
    ]


def _spent(place: Place) -> dict[str, Any]:
    """As the experiment's end summed it up."""
    arms = place.experiment.results or []
    result = next((row for row in arms if row["arm"] == place.arm), {})
    latency = result.get("latency_ms") or {}
    return {"cost_usd": result.get("cost_usd"), "latency_p95_ms": latency.get("p95")}


def _estimate(values: Sequence[float]) -> Estimate | None:
    found = mean_interval(values)
    return found and Estimate(value=found.mean, interval=[found.low, found.high], n=found.n)
