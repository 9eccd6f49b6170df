import { Download, Plus, Redo2, Star, TriangleAlert, Undo2, Upload } from "lucide-react";
import { Button, IconButton, buttonClass } from "@/components/ui/button";
import { FilterChip } from "@/components/ui/chip";
import { count } from "@/lib/format";
import { type ExportFormat, type Filters, exportUrl } from "./api";
import type { Column } from "./columns";
import type { Edits } from "./use-edits";
import type { Go, Place } from "./use-place";

/** `status` of the address: critical ones, or those that lack a variable. */
export const CRITICAL = "critical";
export const LACKS = "lacks.";

interface GoldenBarProps {
  promptId: string;
  place: Place;
  go: Go;
  filters: Filters;
  total: number | undefined;
  tags: readonly string[];
  splits: readonly string[];
  /** Variables that some of the loaded examples lack, and how many. */
  lacking: readonly { column: Column; examples: number }[];
  mayWrite: boolean;
  edits: Edits;
  onAdd: () => void;
}

export function GoldenBar(props: GoldenBarProps) {
  const { promptId, place, go, filters, total, tags, splits, lacking, mayWrite, edits, onAdd } = props;
  const isAll = !place.q && !place.tag && !place.split && !place.status;
  const none = { q: undefined, tag: undefined, split: undefined, status: undefined };
  const flip = (status: string) => go({ status: place.status === status ? undefined : status });
  return (
    <div className="bar">
      <input
        className="input"
        type="search"
        aria-label="Search examples"
        placeholder="Search inputs and texts"
        defaultValue={place.q ?? ""}
        key={place.q === undefined ? "none" : "some"}
        autoFocus={false}
        onKeyDown={(event) => {
          if (event.key === "Enter") go({ q: event.currentTarget.value.trim() || undefined }, true);
        }}
        onBlur={(event) => {
          const q = event.currentTarget.value.trim() || undefined;
          if (q !== place.q) go({ q }, true);
        }}
      />
      <div className="filters" role="group" aria-label="Filter examples">
        <FilterChip pressed={isAll} onClick={() => go(none)}>
          All{isAll && total !== undefined ? ` ${count(total)}` : ""}
        </FilterChip>
        <FilterChip pressed={place.status === CRITICAL} onClick={() => flip(CRITICAL)}>
          <Star className="icon" aria-hidden="true" />
          Critical
        </FilterChip>
        {lacking.map(({ column, examples }) => (
          <FilterChip key={column.key} pressed={place.status === LACKS + column.name} onClick={() => flip(LACKS + column.name)}>
            <TriangleAlert className="icon" aria-hidden="true" />
            Lacks {column.name} {count(examples)}
          </FilterChip>
        ))}
        <Choice label="Tag" value={place.tag} options={tags} onChange={(tag) => go({ tag })} />
        <Choice label="Split" value={place.split} options={splits} onChange={(split) => go({ split })} />
      </div>
      <span className="push row wrap">
        {mayWrite && (
          <>
            <IconButton label="Undo" small aria-keyshortcuts="Meta+Z Control+Z" disabled={!edits.undo} onClick={() => edits.undo?.()}>
              <Undo2 className="icon" aria-hidden="true" />
            </IconButton>
            <IconButton label="Redo" small aria-keyshortcuts="Meta+Shift+Z Control+Shift+Z" disabled={!edits.redo} onClick={() => edits.redo?.()}>
              <Redo2 className="icon" aria-hidden="true" />
            </IconButton>
            <Button small onClick={onAdd}>
              <Plus className="icon" aria-hidden="true" />
              Add row
            </Button>
            <Button small onClick={() => go({ import: true })}>
              <Upload className="icon" aria-hidden="true" />
              Import
            </Button>
          </>
        )}
        <Exports promptId={promptId} filters={filters} />
      </span>
    </div>
  );
}

const FORMATS: readonly { format: ExportFormat; name: string }[] = [
  { format: "csv", name: "CSV" },
  { format: "jsonl", name: "JSONL" },
  { format: "parquet", name: "Parquet" },
];

/** Exactly what the filters leave. */
function Exports({ promptId, filters }: { promptId: string; filters: Filters }) {
  return (
    <span className="row" role="group" aria-label="Export">
      <Download className="icon" aria-hidden="true" />
      {FORMATS.map(({ format, name }) => (
        <a key={format} className={buttonClass({ small: true, kind: "quiet" })} href={exportUrl(promptId, format, filters)} download aria-label={`Export ${name}`}>
          {name}
        </a>
      ))}
    </span>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  options: readonly string[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  if (options.length === 0 && value === undefined) return null;
  return (
    <select className="input input--small" aria-label={label} value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value || undefined)}>
      <option value="">any {label.toLowerCase()}</option>
      {value !== undefined && !options.includes(value) && <option>{value}</option>}
      {options.map((option) => (
        <option key={option}>{option}</option>
      ))}
    </select>
  );
}
