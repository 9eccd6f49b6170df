import type { Arm } from "./arms";

export interface CompareSearch {
  base: string;
  with: string[];
  case?: string;
}

const MOST = 3;

/** The address of the comparison of an experiment's arms, the baseline first. */
export function compareOf(experimentId: string, arms: readonly Arm[], exampleId?: string): CompareSearch | null {
  const [base, ...others] = arms;
  if (!base || others.length === 0) return null;
  const search = { base: `${experimentId}:${base.arm}`, with: others.slice(-MOST).map((arm) => `${experimentId}:${arm.arm}`) };
  return exampleId === undefined ? search : { ...search, case: exampleId };
}
