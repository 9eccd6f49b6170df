import type { ApiError } from "@/services/http";
import { type CellText, type Column, INPUT, type Texts } from "./columns";

/** The row that does not exist yet. */
export const NEW_ROW = "new";

export interface UnsavedCell {
  text: CellText;
  /** What the server said against it. */
  problem?: string;
  /** What another editor wrote meanwhile. */
  theirs?: { text: CellText };
}

export type UnsavedRow = Readonly<Record<string, UnsavedCell>>;
/** By example, then by column. */
export type Unsaved = Readonly<Record<string, UnsavedRow>>;

export interface Change {
  id: string;
  key: string;
  before: CellText;
  after: CellText;
}

/** What one act of a person changed; it is undone as a whole. */
export type Step = readonly Change[];

export const textsOf = (row: UnsavedRow): Texts => Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, cell.text]));

export function withChanges(unsaved: Unsaved, step: Step): Unsaved {
  const next: Record<string, UnsavedRow> = { ...unsaved };
  for (const { id, key, after } of step) next[id] = { ...next[id], [key]: { text: after } };
  return next;
}

export function withRow(unsaved: Unsaved, id: string, row: UnsavedRow): Unsaved {
  const { [id]: _, ...others } = unsaved;
  return Object.keys(row).length > 0 ? { ...others, [id]: row } : others;
}

/** Without the cells that were stored as they still stand. */
export function withoutSent(row: UnsavedRow, sent: Texts): UnsavedRow {
  return Object.fromEntries(Object.entries(row).filter(([key, cell]) => !(key in sent) || cell.text !== sent[key]));
}

export function withProblems(row: UnsavedRow, problems: Readonly<Record<string, Omit<UnsavedCell, "text">>>): UnsavedRow {
  return Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, { ...cell, ...problems[key] }]));
}

export const inverse = (step: Step): Step => step.map((change) => ({ ...change, before: change.after, after: change.before }));

export const renamed = (steps: readonly Step[], from: string, to: string): Step[] =>
  steps.map((step) => step.map((change) => (change.id === from ? { ...change, id: to } : change)));

const keyOf = (pointer: string): string =>
  pointer.replace(/^#?\//, "").replace(/^input_data\//, INPUT).split("/")[0]?.replaceAll("~1", "/").replaceAll("~0", "~") ?? "";

/** The refusal at the cells it names; what names none of the sent cells stands at all of them. */
export function problemsOf(error: ApiError, sent: Texts, columns: readonly Column[]): Record<string, { problem: string }> {
  const problems: Record<string, { problem: string }> = {};
  const others: string[] = [];
  for (const { pointer, detail } of error.errors) {
    const key = keyOf(pointer);
    if (key in sent) problems[key] = { problem: detail };
    else others.push(`${columns.find((column) => column.key === key)?.name ?? key}: ${detail}`);
  }
  if (Object.keys(problems).length > 0) return problems;
  const problem = others.join(" ") || error.detail || error.title;
  return Object.fromEntries(Object.keys(sent).map((key) => [key, { problem }]));
}
