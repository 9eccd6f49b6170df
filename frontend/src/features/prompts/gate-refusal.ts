import { bounds, type Verdict } from "@/features/verdicts/verdict-rows";
import { metricName, sentenceCase } from "@/features/verdicts/words";
import { decimal, difference } from "@/lib/format";
import type { ApiError, Schemas } from "@/services/http";

export interface Refusal {
  /** In the server's words. */
  sentence: string;
  verdict: Verdict | null;
  isFirst: boolean;
}

const isVerdict = (value: unknown): value is Verdict =>
  typeof value === "object" && value !== null && "verdict" in value && "metrics" in value && Array.isArray(value.metrics);

/** What a gate said when it did not let a version pass. */
export function refusalIn(error: ApiError | null): Refusal | null {
  if (error?.code !== "gate_refused" && error?.code !== "gate_first_version") return null;
  const { verdict } = error.body;
  return { sentence: error.detail, verdict: isVerdict(verdict) ? verdict : null, isFirst: error.code === "gate_first_version" };
}

export interface Check {
  /** `no` only for what is proven; `wait` for what is not shown yet. */
  state: "ok" | "no" | "wait";
  name: string;
  words: string;
  evidence: string;
}

const plain = (p: number): string => (p < 0.001 ? "p<.001" : `p=${p.toFixed(3).replace(/^0/, "")}`);

const spoken = (metric: string): string => sentenceCase(metricName(metric));

const isLowBetter = ({ metric, direction }: { metric: string; direction: "higher" | "lower" | null }): boolean =>
  direction === null ? metric === "failure" || metric === "hallucination_rate" : direction === "lower";

const limit = (margin: number | null, isLow: boolean): string =>
  margin === null ? "may not get worse" : `may not ${isLow ? "rise by" : "lose"} more than ${decimal(margin)}`;

function metricCheck(metric: Verdict["metrics"][number]): Check {
  const { worse, within_margin, worst, margin, p_value, interval } = metric;
  const isLow = isLowBetter(metric);
  const reach = worst ?? bounds(interval)?.[isLow ? 1 : 0] ?? null;
  const could = reach === null ? "" : `, could be ${difference(reach)}`;
  const check = { name: spoken(metric.metric), words: limit(margin, isLow) };
  if (worse) return { ...check, state: "no", evidence: p_value === null ? "fails" : `fails, ${plain(p_value)}` };
  if (within_margin) return { ...check, state: "ok", evidence: reach === null ? "shown" : `at worst ${difference(reach)}` };
  return { ...check, state: "wait", evidence: `not shown yet${could}` };
}

/** What the gate asks for, and how far the verdict answers it. */
export function checksOf(verdict: Verdict): Check[] {
  const least = verdict.policy.policy.minimum_pairs;
  const critical = verdict.changes.critical.length;
  const checks = verdict.metrics.filter((metric) => metric.gating).map(metricCheck);
  checks.push({ state: verdict.n_pairs >= least ? "ok" : "wait", name: "Evidence", words: `rests on at least ${least} pairs`, evidence: `${verdict.n_pairs}` });
  if (verdict.policy.policy.critical) {
    checks.push({ state: critical > 0 ? "no" : "ok", name: "Critical examples", words: "may not fail anew", evidence: critical > 0 ? `${critical} do` : "none does" });
  }
  return checks;
}

const open = (name: string, words: string): Check => ({ state: "wait", name, words, evidence: "not shown yet" });

/** The same where nothing was run: all of it is still to be shown. */
export function demandsOf(policy: Schemas["GateSummary"]["policy"]): Check[] {
  const checks = policy.metrics.map((rule) => open(spoken(rule.metric), limit(rule.margin, isLowBetter(rule))));
  checks.push(open("Evidence", `rests on at least ${policy.minimum_pairs} pairs`));
  if (policy.critical) checks.push(open("Critical examples", "may not fail anew"));
  return checks;
}
