import type { Schemas } from "@/services/http";
import { type CaseState, causeOf } from "./words";

type Failed = Pick<Schemas["CaseResult"], "case_no" | "example_id" | "state" | "error_code" | "error">;

export interface CauseGroup {
  key: string;
  title: string;
  hint: string;
  /** In the words of the first of them. */
  said: string | null;
  state: CaseState;
  cases: number;
  firstExample: string;
}

/** Cases without a score by what went wrong, the most frequent first; a case counts once. */
export function byCause(rows: readonly Failed[]): CauseGroup[] {
  const groups = new Map<string, CauseGroup>();
  const seen = new Set<number>();
  for (const { case_no, example_id, state, error_code, error } of rows) {
    if (seen.has(case_no)) continue;
    seen.add(case_no);
    const key = `${state} ${error_code ?? ""}`;
    const group = groups.get(key);
    if (group) group.cases += 1;
    else groups.set(key, { key, ...causeOf(state, error_code), said: error, state, cases: 1, firstExample: example_id });
  }
  return [...groups.values()].toSorted((one, other) => other.cases - one.cases);
}
