import { type KeyboardEvent, useRef, useState } from "react";
import { useDraft } from "@/lib/draft";
import { type CellText, type Column, textOf } from "./columns";
import type { Change, UnsavedRow } from "./edits";
import type { GridRow } from "./rows";
import { type Cell, LEAD, type Range, cellsOf, moved, nextCell, rangeOf, within } from "./sheet-range";
import { toTsv } from "./tsv";
import type { Edits } from "./use-edits";

/** The cell somebody types in; it survives a reload with what was typed. */
export interface Open {
  id: string;
  key: string;
  text: string;
}

/** Where to go when a cell is left: the cell before, after, below, or nowhere. */
export type Move = -1 | 0 | 1 | "down";

interface SheetInput {
  promptId: string;
  rows: readonly GridRow[];
  columns: readonly Column[];
  edits: Edits;
  mayWrite: boolean;
  onDetails: (id: string) => void;
  onToggle: (id: string) => void;
}

export const shownText = (row: GridRow, column: Column, unsaved: UnsavedRow | undefined): CellText => {
  const cell = unsaved?.[column.key];
  return cell ? cell.text : textOf(row, column);
};

export function useSheet({ promptId, rows, columns, edits, mayWrite, onDetails, onToggle }: SheetInput) {
  const [chosen, setActive] = useState<Cell>({ row: 0, col: LEAD });
  const [anchor, setAnchor] = useState<Cell | null>(null);
  const open = useDraft<Open | null>(`golden.${promptId}.open`, null);
  const grid = useRef<HTMLTableElement>(null);
  const [height, width] = [rows.length, columns.length + LEAD];
  const active = within(chosen, height, width);
  const range: Range = rangeOf(anchor ? within(anchor, height, width) : active, active);

  const go = (to: Cell, extend = false) => {
    setAnchor(extend ? (anchor ?? active) : null);
    setActive(within(to, height, width));
  };
  /** To a row that is only there after the next drawing. */
  const goSoon = (to: Cell) => {
    setAnchor(null);
    setActive(to);
  };
  const textAt = ({ row, col }: Cell): CellText => {
    const [example, column] = [rows[row], columns[col - LEAD]];
    return example && column ? shownText(example, column, edits.unsaved[example.id]) : null;
  };
  const changeAt = (cell: Cell, after: CellText): Change[] => {
    const [example, column] = [rows[cell.row], columns[cell.col - LEAD]];
    return example && column ? [{ id: example.id, key: column.key, before: textAt(cell), after }] : [];
  };
  const fill = (value: (cell: Cell) => CellText) => {
    if (mayWrite) edits.apply(cellsOf({ ...range, left: Math.max(LEAD, range.left) }).flatMap((cell) => changeAt(cell, value(cell))));
  };

  const edit = (cell: Cell, typed?: string) => {
    const [example, column] = [rows[cell.row], columns[cell.col - LEAD]];
    if (!example) return;
    if (!column) return cell.col === 0 ? onToggle(example.id) : onDetails(example.id);
    if (!mayWrite) return onDetails(example.id);
    if (column.kind === "critical") return edits.apply(changeAt(cell, textAt(cell) === "true" ? "false" : "true"));
    open.set({ id: example.id, key: column.key, text: typed ?? textAt(cell) ?? "" });
  };
  const openCell = (): Cell | null => {
    const row = rows.findIndex(({ id }) => id === open.value?.id);
    const col = columns.findIndex(({ key }) => key === open.value?.key);
    return row < 0 || col < 0 ? null : { row, col: col + LEAD };
  };
  const close = (isKept: boolean, move: Move = 0) => {
    const cell = openCell();
    const text = open.value?.text;
    open.discard();
    if (cell && isKept && text !== undefined && !(text === "" && textAt(cell) === null)) edits.apply(changeAt(cell, text));
    if (cell && move === "down") go({ row: cell.row + 1, col: cell.col });
    else if (cell && (move === 1 || move === -1)) go(nextCell(cell, move, height, width));
    if (move !== 0 || !isKept) grid.current?.focus();
  };
  /** The first row of the range into the others; a single cell takes what stands above it. */
  const fillDown = () => {
    if (range.top === range.bottom && active.row > 0) fill(({ col }) => textAt({ row: range.top - 1, col }));
    else fill(({ col }) => textAt({ row: range.top, col }));
  };
  const copied = (): string => {
    const lines: string[][] = [];
    for (let row = range.top; row <= range.bottom; row += 1) {
      lines.push(cellsOf({ ...range, top: row, bottom: row, left: Math.max(LEAD, range.left) }).map((cell) => textAt(cell) ?? ""));
    }
    return toTsv(lines);
  };

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== grid.current || height === 0) return;
    const { key, shiftKey } = event;
    const mod = event.metaKey || event.ctrlKey;
    const to = moved(active, key, mod, height, width);
    const act = to ? () => go(to, shiftKey) : actionOf(key, mod, shiftKey, event.altKey);
    if (!act) return;
    event.preventDefault();
    act();
  }
  function actionOf(key: string, mod: boolean, shift: boolean, alt: boolean): (() => void) | null {
    const name = mod ? `mod+${shift ? "shift+" : ""}${key.toLowerCase()}` : key;
    const actions: Record<string, (() => void) | null> = {
      Enter: () => edit(active),
      F2: () => edit(active),
      Delete: () => fill(() => null),
      Backspace: () => fill(() => null),
      Escape: anchor && (() => setAnchor(null)),
      "mod+d": fillDown,
      "mod+z": edits.undo ?? (() => undefined),
      "mod+shift+z": edits.redo ?? (() => undefined),
      "mod+y": edits.redo ?? (() => undefined),
    };
    if (name in actions) return actions[name] ?? null;
    if (key === " " && active.col < LEAD) return () => edit(active);
    if (mod || alt || key.length !== 1) return null;
    const column = columns[active.col - LEAD];
    return column ? () => edit(active, column.kind === "critical" ? undefined : key) : null;
  }

  const show = (id: string, key: string) => {
    const [row, col] = [rows.findIndex((one) => one.id === id), columns.findIndex((one) => one.key === key)];
    if (row < 0 || col < 0) return;
    go({ row, col: col + LEAD });
    grid.current?.focus();
  };

  return { active, range, open: open.value, grid, go, goSoon, show, edit, type: open.set, close, fill, textAt, copied, onKeyDown };
}

export type Sheet = ReturnType<typeof useSheet>;
