import { type RawSearch, oneOf } from "@/lib/search-params";

export interface EvaluationsSearch {
  tab?: "judges" | "certificates" | "queue";
}

export function evaluationsSearch(raw: RawSearch): EvaluationsSearch {
  return {
    tab: oneOf(raw, "tab", ["judges", "certificates", "queue"]),
  };
}
