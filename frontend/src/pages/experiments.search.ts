import { type RawSearch, oneOf, several, text } from "@/lib/search-params";

const STATUSES = ["pending", "running", "paused", "rolling_up", "completed", "completed_with_errors", "failed", "cancelled"] as const;
const VERDICTS = ["regression", "pass", "inconclusive", "not_comparable", "invalid", "budget_exhausted"] as const;
const SORTS = ["-created_at", "created_at", "name", "-cost_usd", "difference"] as const;

export interface ExperimentsSearch {
  q?: string;
  prompt?: string;
  status?: (typeof STATUSES)[number];
  verdict?: (typeof VERDICTS)[number];
  trigger?: string;
  tag?: string;
  sort?: (typeof SORTS)[number];
  cursor?: string;
  select?: string[];
}

export function experimentsSearch(raw: RawSearch): ExperimentsSearch {
  const trigger = text(raw, "trigger");
  const prompt = text(raw, "prompt");
  return {
    q: text(raw, "q"),
    prompt: prompt && /^[0-9a-f-]{36}$/i.test(prompt) ? prompt : undefined,
    status: oneOf(raw, "status", STATUSES),
    verdict: oneOf(raw, "verdict", VERDICTS),
    trigger: trigger && /^[a-z]{1,20}$/.test(trigger) ? trigger : undefined,
    tag: text(raw, "tag"),
    sort: oneOf(raw, "sort", SORTS),
    cursor: text(raw, "cursor"),
    select: several(raw, "select"),
  };
}
