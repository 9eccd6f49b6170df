import type { Estimate } from "@/lib/format";
import type { Schemas } from "@/services/http";

/** The server's measure in the shape the figures are drawn from. */
export function estimateOf(measured: Schemas["Measured"] | null | undefined): Estimate | null {
  if (!measured) return null;
  const [low, high] = measured.interval;
  return { value: measured.value, n: measured.n, interval: low === undefined || high === undefined ? null : [low, high] };
}
