import { X } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { plural } from "@/lib/format";
import type { Column } from "./columns";
import { ImportReview } from "./import-review";
import { asFile, looksLikeHeader, pastedColumns, planOver } from "./paste";
import { RowErrors } from "./row-errors";
import type { GridRow } from "./rows";
import type { Cell } from "./sheet-range";
import type { Edits } from "./use-edits";

const NONE: ReadonlySet<number> = new Set();

interface PastePanelProps {
  promptId: string;
  table: string[][];
  at: Cell;
  rows: readonly GridRow[];
  columns: readonly Column[];
  edits: Edits;
  textAt: (cell: Cell) => string | null;
  onClose: () => void;
}

/** What a paste would do, before it does it. */
export function PastePanel({ promptId, table, at, rows, columns, edits, textAt, onClose }: PastePanelProps) {
  const heading = useId();
  const [hasHeader, setHeader] = useState(() => looksLikeHeader(table[0] ?? [], columns));
  const [mode, setMode] = useState<"over" | "new">(() => (hasHeader || at.row + table.length > rows.length ? "new" : "over"));
  const size = table.length - (mode === "new" && hasHeader ? 1 : 0);
  return (
    <aside className="inspector sticky" aria-labelledby={heading}>
      <div className="inspector__head">
        <h2 id={heading}>Paste {plural(size, "row")}</h2>
        <span className="push">
          <IconButton label="Close preview" kind="quiet" small onClick={onClose}>
            <X className="icon" aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <section className="inspector__section">
        <Segmented
          label="Where the paste goes"
          options={[
            { value: "new", label: "New examples" },
            { value: "over", label: `Over the cells from example ${at.row + 1}` },
          ]}
          value={mode}
          onChange={setMode}
        />
        {mode === "new" && (
          <label className="check">
            <input type="checkbox" checked={hasHeader} onChange={(event) => setHeader(event.currentTarget.checked)} />
            The first row names the columns
          </label>
        )}
      </section>
      {mode === "over" ? (
        <Over {...{ table, at, rows, columns, edits, textAt, onClose }} />
      ) : (
        <New key={String(hasHeader)} {...{ promptId, table, at, columns, hasHeader, onClose }} />
      )}
    </aside>
  );
}

type OverProps = Omit<PastePanelProps, "promptId">;

function Over({ table, at, rows, columns, edits, textAt, onClose }: OverProps) {
  const plan = planOver(table, rows, columns, at, textAt);
  const examples = new Set(plan.changes.map(({ id }) => id)).size;
  const isWhole = plan.errors.length === 0;
  return (
    <>
      <section className="inspector__section">
        <p>
          Changes <b>{plural(plan.changes.length, "cell")}</b> in {plural(examples, "example")}. Nothing is written yet.
        </p>
        {plan.beyond > 0 && <p className="small t2">{plural(plan.beyond, "row")} below the last example would be left out.</p>}
        {!isWhole && <RowErrors errors={plan.errors} />}
      </section>
      <div className="inspector__foot">
        <Button
          kind="primary"
          disabled={!isWhole || plan.changes.length === 0}
          onClick={() => {
            edits.apply(plan.changes);
            onClose();
          }}
        >
          Change {plural(plan.changes.length, "cell")}
        </Button>
        <Button onClick={onClose}>Leave as it is</Button>
      </div>
    </>
  );
}

interface NewProps extends Pick<PastePanelProps, "promptId" | "table" | "at" | "columns" | "onClose"> {
  hasHeader: boolean;
}

function New({ promptId, table, at, columns, hasHeader, onClose }: NewProps) {
  const names = useMemo(() => pastedColumns(table, columns, at, hasHeader), [table, columns, at, hasHeader]);
  const file = useMemo(() => asFile(table, names, hasHeader, NONE), [table, names, hasHeader]);
  return (
    <ImportReview
      promptId={promptId}
      file={file}
      columns={columns}
      without={(rows) => asFile(table, names, hasHeader, rows)}
      onDone={onClose}
    />
  );
}
