import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { type ExportFormat, exportUrl } from "./api";

const FORMATS: readonly [ExportFormat, string][] = [
  ["csv", "CSV, every case"],
  ["jsonl", "JSONL, every case"],
  ["markdown", "Markdown, for a pull request"],
  ["html", "HTML, one page"],
  ["junit", "JUnit, for a test report"],
];

/** The candidate's experiment as a file. */
export function ExportMenu({ experimentId }: { experimentId: string }) {
  const trigger = (
    <Button>
      <Download className="icon" aria-hidden="true" />
      Export
    </Button>
  );
  return (
    <Menu trigger={trigger}>
      {FORMATS.map(([format, name]) => (
        // the server says "attachment": the page stays
        <MenuItem key={format} onSelect={() => window.location.assign(exportUrl(experimentId, format))}>
          {name}
        </MenuItem>
      ))}
    </Menu>
  );
}
