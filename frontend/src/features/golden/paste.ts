import { BadCell, type Column, changesOf } from "./columns";
import type { Change } from "./edits";
import { isStored, type GridRow } from "./rows";
import { type Cell, LEAD } from "./sheet-range";

const folded = (name: string) => name.trim().toLowerCase().replaceAll(/[\s-]+/g, "_");

/** A first row that names columns is a header. */
export function looksLikeHeader(first: readonly string[], columns: readonly Column[]): boolean {
  const known = new Set(columns.flatMap(({ key, name }) => [folded(key), folded(name)]));
  return first.some((cell) => known.has(folded(cell)));
}

/** Names of the pasted columns: those of the header, or of the sheet's columns under the paste. */
export function pastedColumns(table: readonly (readonly string[])[], columns: readonly Column[], at: Cell, hasHeader: boolean): string[] {
  const width = Math.max(0, ...table.map((row) => row.length));
  const seen = new Set<string>();
  return Array.from({ length: width }, (_, index) => {
    const column = columns[Math.max(0, at.col - LEAD) + index];
    const wanted = (hasHeader ? table[0]?.[index]?.trim() : column?.key) || `column ${index + 1}`;
    let name = wanted;
    for (let more = 2; seen.has(name); more += 1) name = `${wanted} ${more}`;
    seen.add(name);
    return name;
  });
}

/**
 * The rows as JSONL, a line for each row so that the server's line numbers are the rows of the paste:
 * a header and the rows to skip are blank lines. Empty cells are left out.
 */
export function asFile(table: readonly (readonly string[])[], names: readonly string[], hasHeader: boolean, skipped: ReadonlySet<number>): File {
  const lines = table.map((row, index) => {
    if ((index === 0 && hasHeader) || skipped.has(index + 1) || row.every((cell) => cell === "")) return "";
    return JSON.stringify(Object.fromEntries(row.flatMap((cell, at) => (cell === "" ? [] : [[names[at] ?? "", cell]]))));
  });
  return new File([lines.join("\n")], "paste.jsonl", { type: "application/jsonl" });
}

export interface PasteOver {
  changes: Change[];
  errors: { row: number; field: string | null; message: string }[];
  /** Pasted rows below the last example, and cells right of the last column. */
  beyond: number;
}

/** What the paste does to the cells it covers from `at` on; nothing is written. */
export function planOver(
  table: readonly (readonly string[])[],
  rows: readonly GridRow[],
  columns: readonly Column[],
  at: Cell,
  textAt: (cell: Cell) => string | null,
): PasteOver {
  const plan: PasteOver = { changes: [], errors: [], beyond: 0 };
  for (const [down, cells] of table.entries()) {
    const row = rows[at.row + down];
    if (!row || !isStored(row)) {
      plan.beyond += 1;
      continue;
    }
    const texts: Record<string, string> = {};
    for (const [over, after] of cells.entries()) {
      const col = Math.max(LEAD, at.col) + over;
      const column = columns[col - LEAD];
      if (!column) continue;
      texts[column.key] = after;
      const before = textAt({ row: at.row + down, col });
      if (before !== after && !(before === null && after === "")) plan.changes.push({ id: row.id, key: column.key, before, after });
    }
    try {
      changesOf(row, columns, texts);
    } catch (error) {
      if (!(error instanceof BadCell)) throw error;
      plan.errors.push({ row: down + 1, field: String(error.cause), message: error.message });
    }
  }
  return plan;
}
