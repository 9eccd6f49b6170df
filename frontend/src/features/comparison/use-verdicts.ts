import { useQueries } from "@tanstack/react-query";
import { type Verdict, bounds } from "@/features/verdicts/verdict-rows";
import type { Ruling } from "@/features/verdicts/words";
import type { Schemas } from "@/services/http";
import { hasEnded, verdictOptions } from "./api";
import { named } from "./sides";
import type { Compared } from "./use-comparison";

/** What is said of one pair, in short; every figure is the server's. */
export interface PairVerdict {
  ruling: Ruling;
  headline: string;
  sentence: string;
  difference: number | null;
  interval: readonly [number, number] | null;
  nPairs: number;
  wins: number;
  losses: number;
  ties: number;
  lowerIsBetter: boolean;
  /** The whole object, where it came with the cases or was asked for. */
  full: Verdict | undefined;
}

/** The verdict on each candidate: it comes with the cases, and is asked for only where it takes the server long. */
export function useVerdicts(compared: Compared | undefined): { verdicts: (PairVerdict | undefined)[]; isLoading: boolean } {
  const { baseline, candidates = [] } = compared ?? {};
  const given = candidates.map((_, index) => compared && givenOf(compared, index));
  const asked = useQueries({
    queries: candidates.map((candidate, index) => {
      const [from, to] = [baseline ? named(baseline) : "", named(candidate)];
      const isPair = baseline !== undefined && from !== to && hasEnded(baseline) && hasEnded(candidate);
      return { ...verdictOptions(from, to), enabled: isPair && given[index] === undefined };
    }),
  });
  const verdicts = candidates.map((_, index) => {
    const answer = asked[index]?.data;
    return given[index] ?? (answer && ofVerdict(answer));
  });
  return { verdicts, isLoading: asked.some((one) => one.isLoading) };
}

function givenOf({ table, candidates }: Compared, index: number): PairVerdict | undefined {
  if (index === 0) return table.verdict ? ofVerdict(table.verdict) : undefined;
  const candidate = candidates[index];
  const found = candidate && table.others.find((other) => other.candidate === named(candidate));
  return found && ofShort(found);
}

function ofVerdict(verdict: Verdict): PairVerdict {
  const [lead] = verdict.metrics;
  return {
    ruling: verdict.verdict,
    headline: verdict.headline,
    sentence: verdict.sentence,
    difference: lead?.difference ?? null,
    interval: bounds(lead?.interval),
    nPairs: verdict.n_pairs,
    wins: lead?.wins ?? 0,
    losses: lead?.losses ?? 0,
    ties: lead?.ties ?? 0,
    lowerIsBetter: lead?.direction === "lower",
    full: verdict,
  };
}

function ofShort({ direction, interval, n, ...said }: Schemas["ShortVerdict"]): PairVerdict {
  return { ...said, interval: bounds(interval), nPairs: n, lowerIsBetter: direction === "lower", full: undefined };
}
