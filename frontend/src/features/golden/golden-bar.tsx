import { Download, Plus, Redo2, Star, TriangleAlert, Undo2, Upload } from "lucide-react";
import { Button, IconButton, buttonClass } from "@/components/ui/button";
import { FilterChip } from "@/components/ui/chip";
import { count } from "@/lib/format";
import { type ExportFormat, type Facets, type Filters, exportUrl } from "./api";
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
  facets: Facets;
  /** Of the variables that a run needs. */
  lacking: Facets["lacking"];
  mayWrite: boolean;
  edits: Edits;
  onAdd: () => void;
}

export function GoldenBar(props: GoldenBarProps) {
  const { promptId, place, go, filters, facets, lacking, mayWrite, edits, onAdd } = props;
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
          All {count(facets.total)}
        </FilterChip>
        <FilterChip pressed={place.status === CRITICAL} onClick={() => flip(CRITICAL)}>
          <Star className="icon" aria-hidden="true" />
          Critical{facets.critical > 0 && ` ${count(facets.critical)}`}
        </FilterChip>
        {lacking.map((lack) => (
          <FilterChip key={lack.variable} pressed={filters.lacks === lack.variable} onClick={() => flip(LACKS + lack.variable)}>
            <TriangleAlert className="icon" aria-hidden="true" />
            Lacks {lack.variable} {count(lack.count)}
          </FilterChip>
        ))}
        <Choice label="Tag" value={place.tag} options={facets.tags} onChange={(tag) => go({ tag })} />
        <Choice label="Split" value={place.split} options={facets.splits} onChange={(split) => go({ split })} />
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
    <span className="row exports small t2" role="group" aria-label="Export">
      <span className="row">
        <Download className="icon" aria-hidden="true" />
        Export
      </span>
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
  options: Facets["tags"];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  if (options.length === 0 && value === undefined) return null;
  return (
    <select className="input input--small" aria-label={label} value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value || undefined)}>
      <option value="">any {label.toLowerCase()}</option>
      {value !== undefined && !options.some(({ name }) => name === value) && <option>{value}</option>}
      {options.map(({ name, count: examples }) => (
        <option key={name} value={name}>
          {name} ({count(examples)})
        </option>
      ))}
    </select>
  );
}
