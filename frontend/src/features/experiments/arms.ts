import type { Estimate } from "@/lib/format";
import { bounds } from "@/features/verdicts/verdict-rows";
import type { CaseTable, Status } from "./api";

export interface Arm {
  arm: number;
  number: number;
  versionId: string;
  model: string;
  isBaseline: boolean;
  labels: readonly string[];
  name: string;
}

type Sides = readonly Pick<CaseTable["sides"][number], "arm" | "version_id" | "version_number" | "model" | "labels">[];

/** The arms, the baseline first; a model is named only where it tells two apart. */
export function armsOf(sides: Sides): Arm[] {
  return sides.map((side, index) => {
    const twins = sides.filter((other) => other.version_number === side.version_number).length;
    return {
      arm: side.arm,
      number: side.version_number,
      versionId: side.version_id,
      model: side.model,
      isBaseline: index === 0 && sides.length > 1,
      labels: side.labels,
      name: twins > 1 ? `v${side.version_number} · ${side.model}` : `v${side.version_number}`,
    };
  });
}

type Result = Status["results"][number];

export const scoreOf = (result: Result): Estimate | null =>
  result.avg_score === null ? null : { value: result.avg_score, interval: bounds(result.score_interval), n: result.n };

export const hallucinationOf = (result: Result): Estimate | null =>
  result.avg_hallucination_rate === null
    ? null
    : { value: result.avg_hallucination_rate, interval: bounds(result.hallucination_interval), n: result.hallucination_n };

export const judgedBy = (result: Result, evaluator: string): Estimate | null => {
  const found = result.evaluators[evaluator];
  return found === undefined || found.mean === null ? null : { value: found.mean, interval: bounds(found.interval), n: found.n };
};

/** What a person calls the two: `v10 against v7`. */
export function pairing(arms: readonly Arm[]): string {
  const [base, ...others] = arms;
  if (!base) return "";
  if (others.length === 0) return base.name;
  return `${others.map((arm) => arm.name).join(", ")} against ${base.name}`;
}
