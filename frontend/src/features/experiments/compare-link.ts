import type { Experiment } from "./api";

const MOST = 4;

/** The addresses of what the list has chosen; of each experiment its last arm, the newest version. The oldest is the baseline. */
export function compareLink(chosen: readonly Pick<Experiment, "id" | "versions" | "created_at">[]): { base: string; with: string[] } | null {
  if (chosen.length < 2 || chosen.length > MOST) return null;
  const [base, ...others] = chosen
    .toSorted((one, other) => one.created_at.localeCompare(other.created_at))
    .map(({ id, versions }) => `${id}:${Math.max(0, versions.length - 1)}`);
  return base === undefined ? null : { base, with: others };
}
