import { observeElementRect, useVirtualizer } from "@tanstack/react-virtual";
import { Star } from "lucide-react";
import { type MouseEvent, useEffect, useId, useRef } from "react";
import { type Column, textOf } from "./columns";
import type { GridRow } from "./rows";
import { type Cell, LEAD } from "./sheet-range";
import { SheetRow, cellId } from "./sheet-row";
import { parseTsv } from "./tsv";
import { useClipboard } from "./use-clipboard";
import type { Edits } from "./use-edits";
import type { Sheet as SheetState } from "./use-sheet";

const ROW = 50;
const SHOWN = { width: 1_000, height: 640 };
const NEAR_THE_END = 40;

interface SheetProps {
  sheet: SheetState;
  rows: readonly GridRow[];
  columns: readonly Column[];
  edits: Edits;
  selected: ReadonlySet<string>;
  onToggle: (id: string) => void;
  /** More than one cell was pasted. */
  onPasteTable: (table: string[][], at: Cell) => void;
  /** The last rows come into sight, and there are more. */
  onEnd: (() => unknown) | undefined;
}

const placeOf = (target: EventTarget): Cell | null => {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  return cell ? { row: Number(cell.dataset.row), col: Number(cell.dataset.col) } : null;
};

/** Rows of one height between two spacers, so that five thousand examples cost as much as thirty. */
export function Sheet({ sheet, rows, columns, edits, selected, onToggle, onPasteTable, onEnd }: SheetProps) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 6,
    initialRect: SHOWN,
    observeElementRect: (instance, tell) => observeElementRect(instance, (rect) => tell(rect.height > 0 ? rect : SHOWN)),
    scrollPaddingStart: ROW,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const { active, range, open, grid } = sheet;

  useEffect(() => virtual.scrollToIndex(active.row, { align: "auto" }), [virtual, active.row]);
  const isNearEnd = last !== undefined && last.index >= rows.length - NEAR_THE_END;
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, onEnd]);

  const onClick = (event: MouseEvent) => {
    const cell = placeOf(event.target);
    if (!cell || event.target instanceof HTMLTextAreaElement) return;
    sheet.go(cell, event.shiftKey);
    const row = rows[cell.row];
    if (event.target instanceof HTMLInputElement && row) onToggle(row.id);
    else if (cell.col === 1) sheet.edit(cell);
    else grid.current?.focus({ preventScroll: true });
  };
  useClipboard(
    grid,
    () => (active.col < LEAD ? null : sheet.copied()),
    (text) => {
      const table = parseTsv(text);
      const only = table[0]?.[0];
      if (table.length > 1 || (table[0]?.length ?? 0) > 1) onPasteTable(table, active);
      else if (only !== undefined) sheet.fill(() => only);
    },
  );

  return (
    <div ref={frame} className="table-wrap sheet-grid__frame">
      <table
        ref={grid}
        id={id}
        className="sheet-grid"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- the pattern "data grid" is a table with this role
        role="grid"
        tabIndex={0}
        aria-label="Golden examples"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + LEAD}
        aria-multiselectable="true"
        aria-activedescendant={open || rows.length === 0 ? undefined : cellId(id, active.row, active.col)}
        onKeyDown={sheet.onKeyDown}
        onClick={onClick}
        onDoubleClick={(event) => {
          const cell = placeOf(event.target);
          if (cell && cell.col >= LEAD) sheet.edit(cell);
        }}
      >
        <Head columns={columns} isEmpty={(column) => column.kind === "text" && !rows.some((row) => textOf(row, column))} />
        <tbody>
          <Spacer height={first?.start ?? 0} />
          {items.map(({ index }) => {
            const row = rows[index];
            if (!row) return null;
            const isInRange = index >= range.top && index <= range.bottom;
            return (
              <SheetRow
                key={row.id}
                sheet={id}
                row={row}
                index={index}
                columns={columns}
                unsaved={edits.unsaved[row.id]}
                isSaving={edits.saving.has(row.id)}
                isSelected={selected.has(row.id)}
                active={index === active.row ? active.col : null}
                from={isInRange ? range.left : -1}
                to={isInRange ? range.right : -1}
                open={open?.id === row.id ? open : null}
                onType={sheet.type}
                onClose={sheet.close}
              />
            );
          })}
          <Spacer height={last ? virtual.getTotalSize() - last.end : 0} />
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps {
  columns: readonly Column[];
  /** Nothing stands in it: it leaves its room to the others. */
  isEmpty: (column: Column) => boolean;
}

function Head({ columns, isEmpty }: HeadProps) {
  return (
    <>
      <colgroup>
        <col className="sheet-grid__box" />
        <col className="sheet-grid__number" />
        {columns.map((column) => (
          <col key={column.key} className={isEmpty(column) ? "sheet-grid__empty" : `sheet-grid__${column.kind}`} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">
            <span className="sr">Select</span>
          </th>
          <th scope="col" className="num">
            #
          </th>
          {columns.map(({ key, kind, name }) => (
            <th key={key} scope="col" className={kind === "weight" ? "num" : undefined}>
              {kind === "critical" ? (
                <>
                  <span className="sr">{name}</span>
                  <Star className="icon" aria-hidden="true" />
                </>
              ) : (
                name
              )}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

const Spacer = ({ height }: { height: number }) =>
  height > 0 ? (
    <tr aria-hidden="true">
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- holds the place of rows that are not drawn */}
      <td className="sheet-grid__spacer">
        <div style={{ height }} />
      </td>
    </tr>
  ) : null;
