import { clsx } from "clsx";
import { CircleAlert, Star } from "lucide-react";
import { MISSING } from "@/lib/format";
import { CellEditor } from "./cell-editor";
import { type Column, tagsOf } from "./columns";
import { NEW_ROW, type UnsavedRow } from "./edits";
import type { GridRow } from "./rows";
import { LEAD } from "./sheet-range";
import { type Move, type Open, shownText } from "./use-sheet";

export const cellId = (sheet: string, row: number, col: number) => `${sheet}-${row}-${col}`;

interface SheetRowProps {
  sheet: string;
  row: GridRow;
  index: number;
  columns: readonly Column[];
  unsaved: UnsavedRow | undefined;
  isSaving: boolean;
  isSelected: boolean;
  /** Column of the active cell, if it is in this row. */
  active: number | null;
  /** First and last column of the range in this row. */
  from: number;
  to: number;
  open: Open | null;
  onType: (open: Open) => void;
  onClose: (isKept: boolean, move?: Move) => void;
}

export function SheetRow(props: SheetRowProps) {
  const { sheet, row, index, columns, unsaved, isSaving, isSelected, active, from, to, open, onType, onClose } = props;
  const name = row.id === NEW_ROW ? "new" : String(index + 1);
  const place = (col: number) => ({
    id: cellId(sheet, index, col),
    role: "gridcell",
    "aria-colindex": col + 1,
    "aria-selected": col >= from && col <= to,
    "data-row": index,
    "data-col": col,
    "data-active": active === col || undefined,
  });
  return (
    <tr className={clsx(isSelected && "sel")} aria-rowindex={index + 2}>
      <td {...place(0)}>
        {row.id !== NEW_ROW && (
          <label className="check">
            <input type="checkbox" tabIndex={-1} data-id={row.id} checked={isSelected} readOnly aria-label={`Select example ${name}`} />
          </label>
        )}
      </td>
      <td {...place(1)} className="num t3">
        {name}
      </td>
      {columns.map((column, at) => {
        const cell = unsaved?.[column.key];
        const text = shownText(row, column, unsaved);
        const isOpen = open?.key === column.key;
        const isLacking = column.isRequired === true && text === null;
        const look = isOpen ? "edit" : clsx(cell && "dirty", (cell?.problem || isLacking) && "bad");
        return (
          <td key={column.key} {...place(at + LEAD)} className={clsx(look, column.kind === "weight" && "num")} aria-invalid={cell?.problem ? true : undefined}>
            {isOpen ? (
              <CellEditor label={`${column.name}, example ${name}`} value={open.text} onChange={(typed) => onType({ ...open, text: typed })} onClose={onClose} />
            ) : (
              <CellText column={column} text={text} />
            )}
            {cell && !isOpen && <Fate problem={cell.problem} isSaving={isSaving} />}
          </td>
        );
      })}
    </tr>
  );
}

function CellText({ column, text }: { column: Column; text: string | null }) {
  if (column.kind === "critical")
    return text === "true" ? (
      <>
        <Star className="icon sheet-grid__star" aria-hidden="true" />
        <span className="sr">critical</span>
      </>
    ) : (
      <span className="sr">not critical</span>
    );
  if (text === null)
    return (
      <>
        <span className="sr">{column.isRequired ? "missing" : "empty"}</span>
        {column.isRequired && (
          <span className="t3" aria-hidden="true">
            {MISSING}
          </span>
        )}
      </>
    );
  if (column.kind === "tags")
    return (
      <span className="sheet-grid__tags">
        {tagsOf(text).map((tag) => (
          <bdi key={tag} className="chip chip--tag">
            {tag}
          </bdi>
        ))}
      </span>
    );
  return (
    <span className="cell" dir="auto">
      {text.slice(0, 300)}
    </span>
  );
}

function Fate({ problem, isSaving }: { problem: string | undefined; isSaving: boolean }) {
  if (!problem) return <span className="sr">{isSaving ? "saving" : "not saved"}</span>;
  return (
    <span className="sheet-grid__problem" title={problem}>
      <CircleAlert className="icon" aria-hidden="true" />
      <span className="sr">not saved: </span>
      {problem}
    </span>
  );
}
