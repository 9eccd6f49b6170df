import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas } from "@/services/http";
import { type CaseTable, type Named, type Side, type Status, casesOptions, hasEnded, promptOptions, statusOptions } from "./api";
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
  status: Status | undefined;
  /** Of the first candidate's experiment. */
  isRunning: boolean;
  prompt: Pick<Schemas["PromptRead"], "id" | "name" | "labels"> | undefined;
}

const experimentIn = (name: string | undefined): string | undefined => (name?.includes(":") ? name.split(":")[0] : undefined);

export function useComparison(named: Named, metric: string | undefined) {
  const early = experimentIn(named.others[0]);
  const known = useQuery({ ...statusOptions(early ?? ""), enabled: early !== undefined });
  const earlyRuns = known.data !== undefined && !hasEnded(known.data.status);
  const query = useQuery(casesOptions(named, metric, earlyRuns));
  // an id of a version says its experiment only with the table
  const late = early === undefined ? query.data?.sides[1]?.experiment_id : undefined;
  const found = useQuery({ ...statusOptions(late ?? ""), enabled: late !== undefined });
  const status = early === undefined ? found : known;
  const prompt = useQuery({ ...promptOptions(status.data?.prompt_id ?? ""), enabled: status.data !== undefined });
  const cases = useMemo(() => (query.data ? readCases(query.data) : undefined), [query.data]);
  return { query, statusSettled: status.data !== undefined || status.error !== null, compared: put(named, query.data, cases, status.data, prompt.data) };
}

function put(
  named: Named,
  table: CaseTable | undefined,
  cases: Cases | undefined,
  status: Status | undefined,
  prompt: Compared["prompt"],
): Compared | undefined {
  const [baseline, ...candidates] = table?.sides ?? [];
  if (!table || !cases || !baseline || candidates.length === 0) return undefined;
  const isRunning = status !== undefined && !hasEnded(status.status);
  return { named, table, cases, baseline, candidates, names: sideNames(table.sides), status, isRunning, prompt };
}
