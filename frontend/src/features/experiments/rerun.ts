import type { Status } from "./api";
import type { Arm } from "./arms";

export interface NewSearch {
  prompt?: string;
  versions?: string[];
  baseline?: string;
  from?: string;
}

/** The form of a new experiment, filled with what an old one ran; null while its prompt's name is not known. */
export function rerunOf(status: Pick<Status, "experiment_id">, arms: readonly Arm[], promptName: string | undefined): NewSearch | null {
  if (promptName === undefined) return null;
  const base = arms.find((arm) => arm.isBaseline);
  return {
    prompt: promptName,
    versions: [...new Set(arms.map((arm) => String(arm.number)))],
    ...(base && { baseline: String(base.number) }),
    from: status.experiment_id,
  };
}
