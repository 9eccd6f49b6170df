import type { ForestRow } from "@/components/charts/chart-types";
import { decimal } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { type Tone, metricName, toneOf } from "./words";

export type Verdict = Schemas["Verdict"];
type Bounds = readonly [number, number];

/** The wire says "list of numbers"; an interval has two. */
export function bounds(pair: readonly number[] | null | undefined): Bounds | null {
  const [low, high] = pair ?? [];
  return low === undefined || high === undefined ? null : [low, high];
}

const DISCOVERY = 0.05;

// a row is read by its whisker: one that crosses the line is not coloured, whatever the corrected test says
const leavesOutZero = (pair: Bounds | null): boolean => pair !== null && (pair[0] > 0 || pair[1] < 0);

const isTurned = ({ metrics: [lead] }: Verdict): boolean => lead?.direction === "lower";

/** The accepted loss, and on which side of the line worse is: of the first metric. */
export function sidesOf(verdict: Verdict): { margin?: number; lowerIsBetter: boolean } {
  const margin = verdict.metrics[0]?.margin ?? null;
  return { lowerIsBetter: isTurned(verdict), ...(margin !== null && { margin }) };
}

/** Tags are compared by score: beside a metric that should fall they would stand on the wrong side. */
export const slicesBeside = (verdict: Verdict): Verdict["slices"] => (isTurned(verdict) ? verdict.slices : []);

/** All cases first and bold, then the clusters; only what is proven takes the verdict's colour. */
export function forestRows(verdict: Verdict): ForestRow[] {
  const [lead] = verdict.metrics;
  if (!lead) return [];
  const tone: Tone = toneOf(verdict.verdict);
  const isProven = tone === "regression" || tone === "pass";
  const all: ForestRow = {
    id: "all",
    label: `All ${lead.n_pairs} cases`,
    value: lead.difference,
    interval: bounds(lead.interval),
    n: lead.n_pairs,
    tone: isProven ? tone : "neutral",
    strong: true,
  };
  const slices = verdict.slices.map(
    (slice): ForestRow => ({
      id: slice.tag,
      label: slice.tag,
      value: slice.difference,
      interval: bounds(slice.interval),
      n: slice.n_pairs,
      tone: slice.q_value < DISCOVERY && leavesOutZero(bounds(slice.interval)) ? (slice.difference < 0 ? "regression" : "pass") : "neutral",
    }),
  );
  return isTurned(verdict) ? [all] : [all, ...slices];
}

/** The reasons and warnings that no figure beside them tells already. */
export function remarks({ metrics, reasons, warnings }: Verdict): string[] {
  const told = metrics.map(({ metric, candidate }) => `${metricName(metric)} ${candidate === null ? "" : decimal(candidate)} against `);
  return [...reasons.filter((line) => !told.some((start) => line.startsWith(start))), ...warnings];
}

/** Metrics besides the first, each with its own unit: as text, since one axis cannot carry them. */
export const otherMetrics = (verdict: Verdict) => verdict.metrics.slice(1);
