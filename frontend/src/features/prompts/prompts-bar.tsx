import { Archive, Folder } from "lucide-react";
import { useState } from "react";
import { FilterChip } from "@/components/ui/chip";
import { ColumnPicker } from "@/features/lists/column-picker";
import { ExportCsv } from "@/features/lists/export-csv";
import type { Prompt, PromptFilters } from "./api";
import { PROMPT_COLUMNS } from "./prompt-columns";
import { choicesIn, fewOf } from "./prompts-filters";

const MOST_CHIPS = 12;
const SORTS = [
  ["name", "Name"],
  ["-updated_at", "Last changed"],
  ["score", "Lowest score first"],
] as const;

interface PromptsBarProps {
  filters: PromptFilters;
  prompts: readonly Prompt[];
  /** `typing` replaces the address instead of adding to the way back. */
  onFilter: (next: PromptFilters, typing?: boolean) => void;
}

/** Search, chips and order; what the list shows stands in the address. */
export function PromptsBar({ filters, prompts, onFilter }: PromptsBarProps) {
  const { tag, label, owner, unexampled, regressed, archived } = filters;
  const choices = choicesIn(prompts, filters);
  const [typed, setTyped] = useState<string | null>(null); // while somebody types, the address lags behind
  return (
    <div className="bar">
      <input
        className="input"
        type="search"
        aria-label="Search names, tags and texts"
        placeholder="Search names, tags, texts"
        size={20}
        value={typed ?? filters.q ?? ""}
        onChange={(event) => {
          setTyped(event.target.value);
          onFilter({ ...filters, q: event.target.value.trim() || undefined }, true);
        }}
        onBlur={() => setTyped(null)}
      />
      <div className="filters" role="group" aria-label="Filters">
        {choices.folders.slice(0, MOST_CHIPS).map((folder) => (
          <button key={folder} type="button" className="chip" onClick={() => onFilter({ ...filters, folder })}>
            <Folder className="icon" aria-hidden="true" />
            {folder}
          </button>
        ))}
        {choices.labels.map((name) => (
          <FilterChip key={name} pressed={name === label} onClick={() => onFilter({ ...filters, label: name === label ? undefined : name })}>
            {name}
          </FilterChip>
        ))}
        {fewOf(choices.tags, MOST_CHIPS, tag).map((name) => (
          <FilterChip key={name} pressed={name === tag} onClick={() => onFilter({ ...filters, tag: name === tag ? undefined : name })}>
            # {name}
          </FilterChip>
        ))}
        <FilterChip pressed={regressed === true} onClick={() => onFilter({ ...filters, regressed: regressed ? undefined : true })}>
          Newest is worse
        </FilterChip>
        <FilterChip pressed={unexampled === true} onClick={() => onFilter({ ...filters, unexampled: unexampled ? undefined : true })}>
          No examples
        </FilterChip>
        <FilterChip pressed={archived === true} onClick={() => onFilter({ ...filters, archived: archived ? undefined : true })}>
          <Archive className="icon" aria-hidden="true" />
          Archived
        </FilterChip>
      </div>
      {(choices.owners.length > 1 || owner) && (
        <select className="input input--small" aria-label="Owner" value={owner ?? ""} onChange={(event) => onFilter({ ...filters, owner: event.target.value || undefined })}>
          <option value="">any owner</option>
          {choices.owners.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      <label className="row small t2 push">
        Sort
        <select
          className="input input--small"
          value={filters.sort ?? "name"}
          onChange={(event) => {
            const sort = SORTS.find(([value]) => value === event.target.value)?.[0];
            onFilter({ ...filters, sort: sort === "name" ? undefined : sort });
          }}
        >
          {SORTS.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <ExportCsv name="prompts" rows={prompts} />
      <ColumnPicker list="prompts" columns={PROMPT_COLUMNS} />
    </div>
  );
}
