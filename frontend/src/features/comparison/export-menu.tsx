import { Download } from "lucide-react";
import { Fragment } from "react";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { type ExportFormat, type Side, exportUrl } from "./api";

const FORMATS: readonly [ExportFormat, string][] = [
  ["csv", "CSV, every case"],
  ["jsonl", "JSONL, every case"],
  ["markdown", "Markdown, for a pull request"],
  ["html", "HTML, one page"],
  ["junit", "JUnit, for a test report"],
];

/** Each experiment as a file; where the sides are of several, each says which, the first candidate's first. */
export function ExportMenu({ sides: [baseline, ...candidates] }: { sides: readonly Side[] }) {
  const all = baseline ? [...candidates, baseline] : candidates;
  const names = new Map(all.map((side) => [side.experiment_id, side.experiment_name]));
  const trigger = (
    <Button>
      <Download className="icon" aria-hidden="true" />
      Export
    </Button>
  );
  return (
    <Menu trigger={trigger}>
      {[...names].map(([id, experiment], index) => (
        <Fragment key={id}>
          {index > 0 && <MenuLine />}
          {FORMATS.map(([format, name]) => (
            // the server says "attachment": the page stays
            <MenuItem key={format} onSelect={() => window.location.assign(exportUrl(id, format))}>
              {names.size > 1 ? `${experiment}: ${name}` : name}
            </MenuItem>
          ))}
        </Fragment>
      ))}
    </Menu>
  );
}
