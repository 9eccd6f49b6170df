import type { Experiment } from "./api";

const MOST = 20;
const LEAST = 3;

const moment = ({ finished_at, created_at }: Experiment): string => finished_at ?? created_at;

/** The newest finished experiments of a list, oldest first; none if they are too few to show a course. */
export function recentOf(items: readonly Experiment[]): readonly Experiment[] {
  const finished = items.filter(({ status }) => status === "completed" || status === "completed_with_errors");
  if (finished.length < LEAST) return [];
  return finished.toSorted((one, other) => moment(one).localeCompare(moment(other))).slice(-MOST);
}
