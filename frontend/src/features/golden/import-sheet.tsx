import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { bytes } from "@/lib/format";
import type { Column } from "./columns";
import { ImportReview } from "./import-review";

interface ImportSheetProps {
  promptId: string;
  promptName: string;
  columns: readonly Column[];
  onClose: () => void;
}

/** A file is read by the server at once, and stored whole or not at all. */
export function ImportSheet({ promptId, promptName, columns, onClose }: ImportSheetProps) {
  const [file, setFile] = useState<File | null>(null);
  return (
    <Dialog title="Import golden examples" shape="sheet" onClose={onClose}>
      <section className="sheet__section stack">
        <Field label="File" hint="CSV, JSONL or Parquet, at most 50 MiB. A column for each variable, and expected_output, tags, split, critical, criteria, context or weight. Other names are matched in the next step.">
          <input
            className="input"
            type="file"
            accept=".csv,.jsonl,.ndjson,.parquet,text/csv"
            onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
          />
        </Field>
        {file && (
          <p className="small t2">
            <bdi>{file.name}</bdi>, {bytes(file.size)}
          </p>
        )}
        {!file && (
          <p className="small t2">
            For {promptName} from the command line: <code>curl -H "X-API-Key: …" -F file=@golden.csv {importAddress(promptId)}</code>
          </p>
        )}
      </section>
      {file && <ImportReview promptId={promptId} file={file} columns={columns} onDone={onClose} />}
    </Dialog>
  );
}

export const importAddress = (promptId: string) => `${window.location.origin}/api/v1/prompts/${promptId}/golden-examples/import`;
