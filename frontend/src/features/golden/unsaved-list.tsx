import { LongText } from "@/components/long-text";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Column } from "./columns";
import { NEW_ROW, type UnsavedCell } from "./edits";
import type { Edits } from "./use-edits";

interface UnsavedListProps {
  edits: Edits;
  columns: readonly Column[];
  numberOf: (id: string) => string;
  onShow: (id: string, key: string) => void;
}

const TOLD = 5;

/** What could not be stored: why, both texts where two people wrote, and the way on. Nothing typed is lost. */
export function UnsavedList({ edits, columns, numberOf, onShow }: UnsavedListProps) {
  const cells = Object.entries(edits.unsaved).flatMap(([id, row]) =>
    id === NEW_ROW || edits.saving.has(id)
      ? Object.entries(row).flatMap(([key, cell]) => (cell.problem ? [{ id, key, cell }] : []))
      : Object.entries(row).map(([key, cell]) => ({ id, key, cell })),
  );
  if (cells.length === 0) return null;
  const nameOf = (key: string) => columns.find((column) => column.key === key)?.name ?? key;
  return (
    <div className="stack" role="group" aria-label="Not saved">
      {cells.slice(0, TOLD).map(({ id, key, cell }) => (
        <Notice
          key={`${id} ${key}`}
          kind={cell.theirs ? "warn" : "error"}
          action={
            <span className="row">
              {!cell.theirs && (
                <Button small kind="quiet" onClick={() => onShow(id, key)}>
                  Show
                </Button>
              )}
              <Button small onClick={() => edits.save(id)}>
                {cell.theirs ? "Keep mine" : "Save again"}
              </Button>
              <Button small onClick={() => edits.discard(id, key)}>
                {cell.theirs ? "Take theirs" : "Discard"}
              </Button>
            </span>
          }
        >
          <b>
            Example {numberOf(id)}, {nameOf(key)}:
          </b>{" "}
          {cell.problem ?? "Not saved yet."}
          {cell.theirs && <BothTexts cell={cell} theirs={cell.theirs.text} />}
        </Notice>
      ))}
      {cells.length > TOLD && <p className="small t2">{cells.length - TOLD} more cells are not saved.</p>}
    </div>
  );
}

function BothTexts({ cell, theirs }: { cell: UnsavedCell; theirs: string | null }) {
  return (
    <dl className="kv">
      <dt>Yours</dt>
      <dd>
        <LongText text={cell.text ?? "no value"} limit={400} />
      </dd>
      <dt>Theirs</dt>
      <dd>
        <LongText text={theirs ?? "no value"} limit={400} />
      </dd>
    </dl>
  );
}
