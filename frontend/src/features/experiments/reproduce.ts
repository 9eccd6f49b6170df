import type { Status } from "./api";
import type { Arm } from "./arms";

/** An evaluator as an experiment froze it. */
export interface Frozen {
  name: string;
  version: string;
  options: Record<string, unknown>;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const frozenOf = (evaluators: Status["evaluators"]): Frozen[] =>
  evaluators.map((entry) => ({ name: text(entry.name), version: text(entry.version), options: isRecord(entry.options) ? entry.options : {} }));

/** All that has to be the same for the same result, as JSON. */
export function reproduction(status: Status, arms: readonly Arm[]): string {
  const { experiment_id, name, prompt_name, git, seed, snapshot_hash, judge_model, primary_evaluator, repeats, verdict } = status;
  const known = {
    experiment_id,
    name,
    prompt: prompt_name,
    versions: arms.map(({ number, versionId, model, isBaseline }) => ({ number, id: versionId, model, baseline: isBaseline })),
    golden_snapshot: snapshot_hash,
    judge_model,
    primary_evaluator,
    evaluators: frozenOf(status.evaluators),
    repeats,
    seed,
    policy: verdict?.policy ?? null,
    git,
  };
  return JSON.stringify(known, null, 2);
}
