import { isState } from "./read-state";
import { BLANK, type Column, type PlaygroundState } from "./state";

/** A run this browser started, with what the server does not keep of it. */
export interface OwnRun {
  id: string;
  letter: string;
  case: number | null;
  score: number | null;
  column: Column;
  variables: PlaygroundState["variables"];
}

const KEY = "llmops.playground.runs";
const MOST = 50;

const isWhole = (run: Partial<OwnRun> | null): boolean =>
  typeof run?.id === "string" && isState({ ...BLANK, columns: [run.column], variables: run.variables });

export function ownRuns(): OwnRun[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? (stored as OwnRun[]).filter(isWhole) : [];
  } catch {
    return []; // closed storage or a damaged entry: the list is empty then
  }
}

export function rememberRun(run: OwnRun): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([run, ...ownRuns().filter((old) => old.id !== run.id)].slice(0, MOST)));
  } catch {
    // a full or closed storage loses the list, not the runs
  }
}
