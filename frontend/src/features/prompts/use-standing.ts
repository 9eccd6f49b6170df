import { useQuery } from "@tanstack/react-query";
import type { Verdict } from "@/features/verdicts/verdict-rows";
import type { ApiError } from "@/services/http";
import { type Outlook, outlookOptions } from "./api";
import type { Refusal } from "./gate-refusal";

/** What the label's gate says, before anybody asks and after it refused. */
export interface Known {
  gate: Outlook["gate"];
  standing: Outlook["outlook"];
  verdict: Verdict | null;
  /** Labels that gates of this prompt protect. */
  guarded: readonly string[];
  isPending: boolean;
  error: ApiError | null;
  retry: () => void;
}

export function useStanding(version: { id: string } | undefined, label: string, refusal: Refusal | null): Known {
  const query = useQuery({ ...outlookOptions(version?.id ?? "", label), enabled: version !== undefined });
  const { data } = query;
  const verdict = refusal?.verdict ?? data?.verdict ?? null;
  const standing = (): Known["standing"] => {
    if (!refusal) return data?.outlook ?? "free";
    if (refusal.isFirst) return "first";
    return verdict ? "refused" : "unknown";
  };
  return {
    gate: data?.gate ?? null,
    standing: standing(),
    verdict,
    guarded: data?.protected ?? [],
    isPending: !refusal && query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
  };
}
