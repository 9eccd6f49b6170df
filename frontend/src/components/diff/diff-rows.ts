import type { Schemas } from "@/services/http";

export type DiffHunk = Schemas["DiffHunk"];
type Word = Schemas["DiffWord"];
type DiffLine = Schemas["DiffLine"];
export type DiffView = "split" | "unified";

/** One line of one side; `whole` when the line is only on this side. */
export interface Cell {
  number: number;
  words: readonly Word[];
}

/** A line of the table; an unchanged one has both cells with the same words. */
export interface Row {
  changed: boolean;
  old: Cell | null;
  new: Cell | null;
}

/** Rows in a run: all shown, or `folded` until somebody asks. */
export interface Stretch {
  folded: boolean;
  rows: readonly Row[];
}

const CONTEXT = 3;

export interface RowOptions {
  view: DiffView;
  /** A line whose only changes are spaces counts as unchanged. */
  hideWhitespace?: boolean;
  context?: number;
}

export function stretchesOf(hunks: readonly DiffHunk[], { view, hideWhitespace = false, context = CONTEXT }: RowOptions): Stretch[] {
  return folded(pairedUp(numbered(hunks, hideWhitespace), view), context);
}

function numbered(hunks: readonly DiffHunk[], hideWhitespace: boolean): Row[] {
  return hunks.flatMap((hunk) => {
    let [before, after] = [hunk.old_start, hunk.new_start];
    return hunk.lines.map((line): Row => {
      const cell = (missing: Word["op"], number: number): Cell => ({
        number,
        words: line.words.filter((word) => word.op !== missing),
      });
      return {
        changed: line.op !== "equal" && !(hideWhitespace && line.op === "replace" && onlySpaces(line)),
        old: line.op === "insert" ? null : cell("insert", before++),
        new: line.op === "delete" ? null : cell("delete", after++),
      };
    });
  });
}

const onlySpaces = (line: DiffLine): boolean => line.words.every((word) => word.op === "equal" || word.text.trim() === "");

/** Split: removed lines beside added ones. Unified: removed lines above added ones. */
function pairedUp(rows: readonly Row[], view: DiffView): Row[] {
  const result: Row[] = [];
  let block: Row[] = [];
  const close = () => {
    if (view === "unified") result.push(...block.flatMap((row) => (row.old ? [{ ...row, new: null }] : [])), ...block.flatMap((row) => (row.new ? [{ ...row, old: null }] : [])));
    else result.push(...sideBySide(block));
    block = [];
  };
  for (const row of rows) {
    if (row.changed) block.push(row);
    else {
      close();
      result.push(row);
    }
  }
  close();
  return result;
}

function sideBySide(block: readonly Row[]): Row[] {
  const result: Row[] = [];
  let [old, added]: [Row[], Row[]] = [[], []];
  const close = () => {
    for (let i = 0; i < Math.max(old.length, added.length); i += 1) {
      result.push({ changed: true, old: old[i]?.old ?? null, new: added[i]?.new ?? null });
    }
    [old, added] = [[], []];
  };
  for (const row of block) {
    if (row.old && row.new) {
      close();
      result.push(row);
    } else (row.old ? old : added).push(row);
  }
  close();
  return result;
}

function folded(rows: readonly Row[], context: number): Stretch[] {
  const near = rows.map(() => false);
  rows.forEach((row, index) => {
    if (row.changed) near.fill(true, Math.max(0, index - context), index + context + 1);
  });
  const stretches: { folded: boolean; rows: Row[] }[] = [];
  rows.forEach((row, index) => {
    const last = stretches.at(-1);
    if (last?.folded === !near[index]) last.rows.push(row);
    else stretches.push({ folded: !near[index], rows: [row] });
  });
  // a fold of one line would hide as much as it takes
  return stretches.map((stretch) => (stretch.rows.length === 1 ? { ...stretch, folded: false } : stretch));
}
