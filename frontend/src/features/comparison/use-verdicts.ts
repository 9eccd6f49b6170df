import { useQueries } from "@tanstack/react-query";
import { type Verdict, bounds } from "@/features/verdicts/verdict-rows";
import type { Ruling } from "@/features/verdicts/words";
import type { Schemas } from "@/services/http";
import { type Side, verdictOptions } from "./api";
import type { Compared } from "./use-comparison";

/** What is said of one pair, in short; every figure is the server's. */
export interface PairVerdict {
  ruling: Ruling | null;
  sentence: string | null;
  difference: number | null;
  interval: readonly [number, number] | null;
  nPairs: number | null;
  pValue: number | null;
  wins: number;
  losses: number;
  ties: number;
  lowerIsBetter: boolean;
  /** The whole object, where there is one for exactly this pair. */
  full: Verdict | undefined;
}

type Place = Pick<Side, "experiment_id" | "arm">;
const same = (one: Place, other: Place): boolean => one.experiment_id === other.experiment_id && one.arm === other.arm;
const isOf = (verdict: Verdict | null | undefined, baseline: Side, candidate: Side): verdict is Verdict =>
  !!verdict && same(verdict.baseline, baseline) && same(verdict.candidate, candidate);

/**
 * The verdict on each candidate: the experiment's own where both sides ran in it, else asked for. An answer about
 * other runs of the same versions is not shown: it would stand above cases it was not made from.
 */
export function useVerdicts(compared: Compared | undefined, statusSettled: boolean): { verdicts: (PairVerdict | undefined)[]; isLoading: boolean } {
  const { baseline, candidates = [], status, isRunning } = compared ?? {};
  const own = candidates.map((candidate) => {
    const full = baseline && isOf(status?.verdict, baseline, candidate) ? status?.verdict : null;
    return full ? ofVerdict(full) : baseline && ofComparison(status?.comparisons, baseline, candidate, status?.experiment_id);
  });
  const asked = useQueries({
    queries: candidates.map((candidate, index) => {
      const inOne = baseline?.experiment_id === candidate.experiment_id;
      const [from, to] = inOne ? [baseline?.version_id, candidate.version_id] : [baseline?.experiment_id, candidate.experiment_id];
      const wanted = candidates.length === 1 ? !own[index]?.full : !own[index];
      return { ...verdictOptions(from ?? "", to ?? ""), enabled: statusSettled && !isRunning && wanted && from !== to };
    }),
  });
  const verdicts = candidates.map((candidate, index) => {
    const answer = asked[index]?.data;
    return baseline && isOf(answer, baseline, candidate) ? ofVerdict(answer) : own[index];
  });
  return { verdicts, isLoading: !statusSettled || asked.some((one) => one.isLoading) };
}

function ofVerdict(verdict: Verdict): PairVerdict {
  const [lead] = verdict.metrics;
  return {
    ruling: verdict.verdict,
    sentence: verdict.sentence,
    difference: lead?.difference ?? null,
    interval: bounds(lead?.interval),
    nPairs: lead?.n_pairs ?? null,
    pValue: lead?.p_value ?? null,
    wins: lead?.wins ?? 0,
    losses: lead?.losses ?? 0,
    ties: lead?.ties ?? 0,
    lowerIsBetter: lead?.direction === "lower",
    full: verdict,
  };
}

function ofComparison(
  all: readonly Schemas["Comparison"][] | undefined,
  baseline: Side,
  candidate: Side,
  experimentId: string | undefined,
): PairVerdict | undefined {
  if (baseline.experiment_id !== experimentId || candidate.experiment_id !== experimentId) return undefined;
  const found = all?.find((one) => one.baseline_arm === baseline.arm && one.candidate_arm === candidate.arm);
  if (!found) return undefined;
  return {
    ruling: found.verdict,
    sentence: found.sentence,
    difference: found.difference,
    interval: bounds(found.interval),
    nPairs: found.n_pairs,
    pValue: found.p_value,
    wins: found.wins,
    losses: found.losses,
    ties: found.ties,
    lowerIsBetter: found.metric === "failure" || found.metric === "hallucination_rate",
    full: undefined,
  };
}
