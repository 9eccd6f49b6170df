import type { Status } from "./api";
import type { Arm } from "./arms";

export interface NewSearch {
  prompt?: string;
  versions?: string[];
  baseline?: string;
  from?: string;
}

/** The form of a new experiment, filled with what an old one ran; null while its arms are not known. */
export function rerunOf(status: Pick<Status, "experiment_id" | "prompt_name">, arms: readonly Arm[]): NewSearch | null {
  if (arms.length === 0) return null;
  const base = arms.find((arm) => arm.isBaseline);
  return {
    prompt: status.prompt_name,
    versions: [...new Set(arms.map((arm) => String(arm.number)))],
    ...(base && { baseline: String(base.number) }),
    from: status.experiment_id,
  };
}
