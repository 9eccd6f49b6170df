import type { Experiment } from "./api";

const MOST = 4;

/** Where the newest version stands among the arms. */
export const newestOf = (versions: readonly { number: number }[]): number =>
  versions.reduce((best, { number }, index) => (number > (versions[best]?.number ?? 0) ? index : best), 0);

/** The addresses of what the list has chosen; of each experiment its newest version. The experiment started first is the baseline. */
export function compareLink(chosen: readonly Pick<Experiment, "id" | "versions" | "created_at">[]): { base: string; with: string[] } | null {
  if (chosen.length < 2 || chosen.length > MOST) return null;
  const [base, ...others] = chosen
    .toSorted((one, other) => one.created_at.localeCompare(other.created_at))
    .map(({ id, versions }) => `${id}:${newestOf(versions)}`);
  return base === undefined ? null : { base, with: others };
}
