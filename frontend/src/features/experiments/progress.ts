import { count, plural } from "@/lib/format";
import type { Schemas } from "@/services/http";
import { CASE_STATES, type CaseState, FAILED_STATES, STATE_WORDS } from "./words";

export type Progress = Schemas["Progress"];

export interface Part {
  kind: "done" | "failed" | "skipped" | "open";
  name: string;
  cases: number;
}

const UNRUN: ReadonlySet<CaseState> = new Set(["budget_skipped", "cancelled"]);

export const ended = (progress: Progress): number => CASE_STATES.reduce((sum, state) => sum + progress[state], 0);
export const unscored = (progress: Progress): number => FAILED_STATES.reduce((sum, state) => sum + progress[state], 0);

/** The plan in parts: what ended how, and what is still to come. They add up to what was planned. */
export function partsOf(progress: Progress): Part[] {
  const open = Math.max(0, progress.planned - ended(progress));
  const failed = FAILED_STATES.map((state): Part => ({ kind: UNRUN.has(state) ? "skipped" : "failed", name: STATE_WORDS[state], cases: progress[state] }));
  const parts: Part[] = [{ kind: "done", name: "scored", cases: progress.scored }, ...failed, { kind: "open", name: "still to come", cases: open }];
  return parts.filter((part) => part.cases > 0);
}

export const headline = (progress: Progress): string => `${count(progress.scored)} of ${plural(progress.planned, "case")} scored`;

/** The parts that are not in the headline, in words. */
export const restOf = (progress: Progress): string =>
  partsOf(progress)
    .filter((part) => part.kind !== "done")
    .map((part) => `${count(part.cases)} ${part.name}`)
    .join(" · ");

/** An event of the stream: how many ended, and how many of them without a score. */
export interface TaskEvent {
  status: Schemas["TaskStatus"];
  progress: { done: number; failed: number; eta_s: number | null };
  cost_usd: string | null;
}

/** The stream tells two counts; which kind of failure it was takes a look at the status. */
export function patched(progress: Progress, event: TaskEvent): { progress: Progress; isWhole: boolean } {
  const scored = event.progress.done - event.progress.failed;
  return { progress: { ...progress, scored }, isWhole: event.progress.failed === unscored(progress) };
}
