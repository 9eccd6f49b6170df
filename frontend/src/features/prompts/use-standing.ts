import { useQuery } from "@tanstack/react-query";
import type { Verdict } from "@/features/verdicts/verdict-rows";
import type { ApiError, Schemas } from "@/services/http";
import { type Prompt, labelHistoryOptions, promptGatesOptions, standingVerdictOptions } from "./api";
import type { Refusal } from "./gate-refusal";

type Gate = Schemas["GateSummary"];

/**
 * What the label's gate is known to say before anybody asks: no gate or not known (`free`), a first version, a pass,
 * straight back to the version before, nothing run, a verdict the gate does not count, or a refusal.
 */
export type Standing = "free" | "first" | "pass" | "back" | "none" | "uncounted" | "refused";

export interface Known {
  gate: Gate | undefined;
  standing: Standing;
  verdict: Verdict | null;
  isPending: boolean;
  error: ApiError | null;
  retry: () => void;
}

/** A gate counts a verdict on all golden examples, under the policy in force, on the saved texts. */
const isCounted = ({ representative, policy, baseline, candidate }: Verdict, gate: Gate): boolean =>
  representative && policy.gate_id === gate.id && policy.number === gate.number && baseline.name === null && candidate.name === null;

export function useStanding(prompt: Prompt, version: { id: string; number: number } | undefined, label: string, refusal: Refusal | null): Known {
  const gates = useQuery(promptGatesOptions(prompt.id));
  const gate = gates.data?.items.find((one) => one.label === label && one.archived_at === null);
  const holder = prompt.labels.find((one) => one.name === label);
  const isOther = holder !== undefined && version !== undefined && holder.version_id !== version.id;
  const isAsked = gate !== undefined && isOther;
  const compared = useQuery({ ...standingVerdictOptions(holder?.version_id ?? "", version?.id ?? ""), enabled: isAsked });
  const verdict = refusal?.verdict ?? compared.data ?? null;
  const passes = gate !== undefined && verdict?.verdict === "pass" && isCounted(verdict, gate);
  const moves = useQuery({ ...labelHistoryOptions(prompt.id, label), enabled: isAsked && !compared.isPending && !passes });
  const last = moves.data?.items[0];
  const isBack = last !== undefined && last.version_id === holder?.version_id && last.from_number === version?.number && !last.verdict?.moved_back;
  const standing = (): Standing => {
    if (refusal) return refusal.isFirst ? "first" : verdict ? "refused" : "none";
    if (!gate || compared.error) return "free";
    if (!holder) return "first";
    if (passes) return "pass";
    if (isBack) return "back";
    if (!verdict) return "none";
    return verdict.verdict === "pass" ? "uncounted" : "refused";
  };
  return {
    gate,
    standing: standing(),
    verdict,
    isPending: !refusal && (gates.isPending || (isAsked && (compared.isPending || (!passes && moves.isPending)))),
    error: gates.error ?? compared.error,
    retry: () => void (gates.error ? gates.refetch() : compared.refetch()),
  };
}
