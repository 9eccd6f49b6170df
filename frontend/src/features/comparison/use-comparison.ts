import { useQuery } from "@tanstack/react-query";
import { type CaseTable, type Named, type Side, casesOptions, hasEnded } from "./api";
import { type Cases, readCases } from "./cases";
import { sideNames } from "./sides";

/** Everything the page knows about the runs it sets side by side. */
export interface Compared {
  named: Named;
  table: CaseTable;
  cases: Cases;
  baseline: Side;
  /** At least one. */
  candidates: readonly Side[];
  /** In the order of the sides: the baseline's first. */
  names: readonly string[];
  /** Any of the sides. */
  isRunning: boolean;
}

export function useComparison(named: Named, metric: string | undefined) {
  const query = useQuery(casesOptions(named, metric));
  return { query, compared: put(named, query.data) };
}

function put(named: Named, table: CaseTable | undefined): Compared | undefined {
  const [baseline, ...candidates] = table?.sides ?? [];
  if (!table || !baseline || candidates.length === 0) return undefined;
  return { named, table, cases: readCases(table), baseline, candidates, names: sideNames(table.sides), isRunning: !table.sides.every(hasEnded) };
}
