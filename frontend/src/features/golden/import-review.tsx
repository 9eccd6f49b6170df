import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { QueryStates } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { count, plural } from "@/lib/format";
import type { ApiError } from "@/services/http";
import { type Imported, type RowError, examplesKey, importExamples } from "./api";
import { type Column, textOf } from "./columns";
import { MappingTable } from "./mapping-table";
import { RowErrors, saveErrors } from "./row-errors";

interface ImportReviewProps {
  promptId: string;
  file: File;
  columns: readonly Column[];
  /** The same without these rows, where rows can be left out: of a paste, not of a file. */
  without?: (rows: ReadonlySet<number>) => File;
  onDone: () => void;
}

const stamps = new WeakMap<File, string>();
let lastStamp = 0;

function stampOf(file: File): string {
  const stamp = stamps.get(file) ?? `${file.name} ${(lastStamp += 1)}`;
  stamps.set(file, stamp);
  return stamp;
}

const refusedRows = (error: ApiError): RowError[] => (Array.isArray(error.body.rows) ? (error.body.rows as RowError[]) : []);

/** What an import would do: the server reads the file and stores nothing until it is asked to. */
export function ImportReview({ promptId, file, columns, without, onDone }: ImportReviewProps) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const trial = useQuery({
    queryKey: ["golden-import", promptId, stampOf(file), chosen],
    queryFn: () => importExamples({ promptId, file, columns: chosen, dryRun: true }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    placeholderData: (before: Imported | undefined) => before,
  });
  const store = useMutation({
    mutationFn: importExamples,
    onSuccess: ({ imported }) => {
      void client.invalidateQueries({ queryKey: examplesKey(promptId) });
      void client.invalidateQueries({ queryKey: ["prompts", "named"] });
      toast(`Imported ${plural(imported, "example")}.`);
      onDone();
    },
  });
  return (
    <QueryStates query={trial} failed="The file cannot be read." rows={4}>
      {(found) => {
        const ofRows = found.errors.filter(({ field }) => field === null || found.mapping[field] !== "-");
        const isUnmapped = ofRows.length < found.errors.length;
        const bad = new Set(ofRows.map(({ row }) => row));
        const skip = without && bad.size > 0 && !isUnmapped && found.rows > 0 ? without : undefined;
        const isReady = found.rows > 0 && (found.errors.length === 0 || skip !== undefined) && !trial.isPlaceholderData;
        const send = () => store.mutate({ promptId, file: skip ? skip(bad) : file, columns: chosen, dryRun: false });
        return (
          <>
            <section className="sheet__section stack">
              <dl className="kv">
                <dt>New</dt>
                <dd>
                  <b>{count(found.rows)}</b>
                </dd>
                {bad.size > 0 && (
                  <>
                    <dt>Not usable</dt>
                    <dd className="delta--worse">
                      <b>{count(bad.size)}</b> of {count(bad.size + found.rows)}
                    </dd>
                  </>
                )}
              </dl>
              <p className="small t2">Nothing is written yet.</p>
            </section>
            <section className="sheet__section stack">
              <h3>Columns</h3>
              <MappingTable
                names={found.columns}
                mapping={{ ...found.mapping, ...chosen }}
                columns={columns}
                onChange={(name, target) => setChosen((before) => ({ ...before, [name]: target }))}
              />
            </section>
            {found.errors.length > 0 ? (
              <section className="sheet__section stack">
                <h3>Errors by row</h3>
                <RowErrors errors={found.errors} />
              </section>
            ) : (
              <Sample found={found} columns={columns} />
            )}
            <footer className="inspector__foot">
              {store.error && <Refused error={store.error} />}
              <Button kind="primary" busy={store.isPending} disabled={!isReady} onClick={send}>
                {skip ? `Import ${count(found.rows)}, skip ${count(bad.size)}` : `Import ${plural(found.rows, "example")}`}
              </Button>
              {found.errors.length > 0 && (
                <Button onClick={() => saveErrors(found.errors)}>
                  <Download className="icon" aria-hidden="true" />
                  Download errors
                </Button>
              )}
              {found.errors.length > 0 && !skip && <span className="small t2">All rows or none: mend the file or change the columns.</span>}
            </footer>
          </>
        );
      }}
    </QueryStates>
  );
}

function Refused({ error }: { error: ApiError }) {
  const rows = refusedRows(error);
  return (
    <div className="stack grow">
      <Notice kind="error">
        <b>Nothing was imported.</b> {error.detail}
      </Notice>
      {rows.length > 0 && <RowErrors errors={rows} />}
    </div>
  );
}

function Sample({ found, columns }: { found: Imported; columns: readonly Column[] }) {
  const [row] = found.sample;
  if (!row) return null;
  return (
    <section className="sheet__section stack">
      <h3>The first row, as it would be stored</h3>
      <dl className="kv">
        {columns.map((column) => {
          const text = textOf(row, column);
          return text === null ? null : (
            <div key={column.key} className="mapping__pair">
              <dt>{column.name}</dt>
              <dd className="cell" dir="auto">
                {text.slice(0, 400)}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
