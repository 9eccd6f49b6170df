import type { UseFormReturn } from "react-hook-form";
import { showAtFields } from "@/services/form-errors";
import type { ApiError } from "@/services/http";
import type { Policy } from "./settings-api";

/** A gate as its form has it; the rest of a policy stays as the server has it. */
export interface GateForm {
  prompt_id: string;
  name: string;
  /** Empty: it protects none. */
  label: string;
  message: string;
  policy: Pick<Policy, "metrics" | "minimum_pairs" | "evaluator" | "strict" | "require_certificate">;
}

const WHOLE = ["prompt_id", "name", "label", "message", "policy.minimum_pairs", "policy.evaluator", "policy.strict", "policy.require_certificate"] as const;

export const sentPolicy = ({ policy }: GateForm): GateForm["policy"] => ({ ...policy, evaluator: policy.evaluator?.trim() || null });

/** At the fields it names; returns what is left to say for the whole. */
export function refusedAt(error: ApiError, form: UseFormReturn<GateForm>): string | null {
  if (error.code === "name_taken" || error.code === "label_protected") {
    form.setError(error.code === "name_taken" ? "name" : "label", { message: error.detail }, { shouldFocus: true });
    return null;
  }
  const rows = form.getValues("policy.metrics").flatMap((_row, index) => [`policy.metrics.${index}.metric`, `policy.metrics.${index}.margin`] as const);
  return showAtFields(error, [...rows, ...WHOLE, "policy.metrics"], form.setError);
}
