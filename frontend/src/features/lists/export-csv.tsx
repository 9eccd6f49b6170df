import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { csvOf, saveCsv } from "./csv";

interface ExportCsvProps {
  /** Of the file, without its ending. */
  name: string;
  /** What the filters leave, as far as the page has it. */
  rows: readonly object[];
}

/** The rows that are shown, as a file. */
export function ExportCsv({ name, rows }: ExportCsvProps) {
  return (
    <Button small disabled={rows.length === 0} title="The rows that are shown" onClick={() => saveCsv(name, csvOf(rows))}>
      <Download className="icon" aria-hidden="true" />
      CSV
    </Button>
  );
}
