import type { CaseSort, CaseTable, ShownState } from "./api";
import { CASE_STATES, type CaseState } from "./words";

export interface CaseView {
  sort?: CaseSort | undefined;
  state?: ShownState | undefined;
  arm?: number | undefined;
}

type Row = CaseTable["rows"][number];
type Key = (row: Row) => number | null;

/** An example's state is that of its worst side: what failed, else what waits, else scored. So the counts add up. */
export function stateOf(row: Row): ShownState {
  const states = row[6].map((side) => side[1]);
  const failed = states.find((state): state is CaseState => state !== null && state !== "scored");
  return failed ?? (states.includes(null) ? "waiting" : "scored");
}

/** Nulls last, whichever way it goes; equal ones stay in the order of the plan. */
function by(rows: readonly Row[], key: Key, sign: number): Row[] {
  return rows.toSorted((one, other) => {
    const [a, b] = [key(one), key(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (a - b);
  });
}

/** The rows and sides somebody wants to see. Sorted by the first side that is no baseline. */
export function shownCases(table: CaseTable, { sort = "case", state, arm }: CaseView): CaseTable {
  const at = arm === undefined ? -1 : table.sides.findIndex((side) => side.arm === arm);
  const sides = at < 0 ? table.sides : table.sides.slice(at, at + 1);
  const narrowed = at < 0 ? table.rows : table.rows.map((row): Row => [row[0], row[1], row[2], row[3], row[4], row[5], row[6].slice(at, at + 1)]);
  const rows = state === undefined ? narrowed : narrowed.filter((row) => stateOf(row) === state);
  const lead = Math.min(1, sides.length - 1);
  const better = table.direction === "lower" ? -1 : 1;
  const score: Key = (row) => row[6][lead]?.[0] ?? null;
  switch (sort) {
    case "case":
      return { ...table, sides, rows };
    case "score":
      return { ...table, sides, rows: by(rows, score, better) };
    case "-score":
      return { ...table, sides, rows: by(rows, score, -better) };
    case "-latency":
      return { ...table, sides, rows: by(rows, (row) => row[6][lead]?.[5] ?? null, -1) };
  }
}

/** How many examples are in each state; what none is in is left out. */
export function statesIn(table: CaseTable): { state: ShownState; examples: number }[] {
  const counts = new Map<ShownState, number>();
  for (const row of table.rows) counts.set(stateOf(row), (counts.get(stateOf(row)) ?? 0) + 1);
  return [...CASE_STATES, "waiting" as const].flatMap((state) => {
    const examples = counts.get(state) ?? 0;
    return examples > 0 ? [{ state, examples }] : [];
  });
}
