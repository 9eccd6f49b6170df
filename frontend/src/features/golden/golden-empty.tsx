import { useEffect } from "react";
import { EmptyState } from "@/components/layout/states";
import { Button } from "@/components/ui/button";
import { DemoButton } from "./demo-button";
import { importAddress } from "./import-sheet";
import { parseTsv } from "./tsv";

interface GoldenEmptyProps {
  promptId: string;
  variables: readonly string[];
  mayWrite: boolean;
  onAdd: () => void;
  onImport: () => void;
  onPasteTable: (table: string[][]) => void;
}

/** The first time: what examples are for, and the three ways to get some. */
export function GoldenEmpty({ promptId, variables, mayWrite, onAdd, onImport, onPasteTable }: GoldenEmptyProps) {
  useEffect(() => {
    if (!mayWrite) return;
    const paste = (event: ClipboardEvent) => {
      if (event.target instanceof Element && event.target.closest("input, textarea, dialog")) return;
      const table = parseTsv(event.clipboardData?.getData("text/plain") ?? "");
      if (table.length > 0) onPasteTable(table);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [mayWrite, onPasteTable]);
  return (
    <EmptyState
      title="No golden examples yet"
      command={`curl -H "X-API-Key: …" -F file=@golden.csv ${importAddress(promptId)}`}
      actions={
        mayWrite && (
          <>
            <Button kind="primary" onClick={onAdd}>
              Write the first example
            </Button>
            <Button onClick={onImport}>Import a file</Button>
            <DemoButton />
          </>
        )
      }
    >
      An example gives {variables.length > 0 ? variables.join(", ") : "an input"} and what a good answer says; an experiment runs every
      version on all of them. Copy rows in a spreadsheet and paste them here: a first row with the names is understood.
    </EmptyState>
  );
}
