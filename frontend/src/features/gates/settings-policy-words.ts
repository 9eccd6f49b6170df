import { count, percent } from "@/lib/format";
import type { Policy } from "./settings-api";

const FAILURE = "failure";
const HALLUCINATION = "hallucination_rate";

function metric(rule: Policy["metrics"][number], failingBelow: number): string {
  const isShare = rule.metric === FAILURE || rule.metric === HALLUCINATION;
  const better = rule.direction ?? (isShare ? "lower" : "higher");
  const name = rule.metric === FAILURE ? `the share of answers below ${failingBelow}` : rule.metric === HALLUCINATION ? "the hallucination rate" : rule.metric;
  const margin = isShare ? `${percent(rule.margin)} of cases` : String(rule.margin);
  return `${name} may ${better === "higher" ? "drop" : "rise"} by less than ${margin}`;
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A policy as sentences: what may not get worse by how much, on how much evidence, and what else blocks. */
export function policyWords(policy: Policy): string[] {
  const by = policy.evaluator ? ` scored by ${policy.evaluator}` : "";
  const sentences = [
    `${upper(policy.metrics.map((rule) => metric(rule, policy.failing_below)).join("; "))}.`,
    `At least ${count(policy.minimum_pairs)} pairs${by}, shown with an error rate of ${percent(policy.alpha)}.`,
  ];
  if (policy.critical) sentences.push("A critical example that fails anew blocks.");
  if (policy.require_certificate) sentences.push("Only a judge with a valid certificate counts.");
  if (policy.strict) sentences.push("Inconclusive fails a build too.");
  if (policy.max_cost_ratio !== null) sentences.push(`It may cost at most ${policy.max_cost_ratio} times as much.`);
  if (policy.max_latency_ratio !== null) sentences.push(`It may take at most ${policy.max_latency_ratio} times as long.`);
  return sentences;
}
