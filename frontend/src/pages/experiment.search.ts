import { type RawSearch, oneOf, text, whole } from "@/lib/search-params";

const STATES = [
  "scored",
  "template_error",
  "provider_error",
  "judge_error",
  "judge_unparseable",
  "worker_lost",
  "budget_skipped",
  "cancelled",
  "waiting",
] as const;
const SORTS = ["case", "score", "-score", "-latency"] as const;

export interface ExperimentSearch {
  case?: string;
  state?: (typeof STATES)[number];
  sort?: (typeof SORTS)[number];
  arm?: number;
}

export function experimentSearch(raw: RawSearch): ExperimentSearch {
  return {
    case: text(raw, "case"),
    state: oneOf(raw, "state", STATES),
    sort: oneOf(raw, "sort", SORTS),
    arm: whole(raw, "arm", 0),
  };
}
