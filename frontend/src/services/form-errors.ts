import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";
import type { ApiError } from "./http";

/** `#/template` → `template`, `#/golden/0/split` → `golden.0.split`. */
export const fieldOf = (pointer: string): string => pointer.replace(/^#?\/?/, "").replaceAll("/", ".");

/** Puts the server's 422 at the fields it names; returns the sentence for the form as a whole, if one is left over. */
export function showAtFields<T extends FieldValues>(
  error: ApiError,
  fields: readonly FieldPath<T>[],
  setError: UseFormSetError<T>,
): string | null {
  const left: string[] = [];
  for (const [index, problem] of error.errors.entries()) {
    const path = fieldOf(problem.pointer);
    const field = fields.find((name) => path === name || path.startsWith(`${name}.`));
    if (field) setError(field, { type: "server", message: problem.detail }, { shouldFocus: index === 0 });
    else left.push(problem.detail);
  }
  if (error.errors.length === 0) return error.detail || error.title;
  return left.length > 0 ? left.join(" ") : null;
}
