import { FilterChip } from "@/components/ui/chip";
import { Button } from "@/components/ui/button";
import type { Go, Place } from "@/features/golden/use-place";
import { type RunFilters, SOURCES, STATUSES } from "./api";
import { sourceWord, statusWord } from "./run-words";

interface RunFilterBarProps {
  place: Place;
  filters: RunFilters;
  /** The newest version's number. */
  newest: number;
  models: readonly string[];
  go: Go;
}

const NONE = { status: undefined, source: undefined, v: undefined, model: undefined, from: undefined, to: undefined };

export function RunFilterBar({ place, filters, newest, models, go }: RunFilterBarProps) {
  const set = (change: Place) => go({ ...change, cursor: undefined });
  const isAny = Object.keys(NONE).some((key) => place[key as keyof typeof NONE] !== undefined);
  return (
    <div className="bar" role="search" aria-label="Runs">
      <div className="filters" role="group" aria-label="Status">
        {STATUSES.map((status) => (
          <FilterChip key={status} pressed={filters.status === status} onClick={() => set({ status: filters.status === status ? undefined : status })}>
            {statusWord(status)}
          </FilterChip>
        ))}
      </div>
      <select className="input input--small" aria-label="Source" value={filters.source ?? ""} onChange={(event) => set({ source: event.currentTarget.value || undefined })}>
        <option value="">any source</option>
        {SOURCES.map((source) => (
          <option key={source} value={source}>
            {sourceWord(source)}
          </option>
        ))}
      </select>
      <select className="input input--small" aria-label="Version" value={place.v ?? ""} onChange={(event) => set({ v: Number(event.currentTarget.value) || undefined })}>
        <option value="">any version</option>
        {Array.from({ length: newest }, (_, index) => newest - index).map((number) => (
          <option key={number} value={number}>
            v{number}
          </option>
        ))}
      </select>
      {(models.length > 1 || filters.model) && (
        <select className="input input--small" aria-label="Model" value={filters.model ?? ""} onChange={(event) => set({ model: event.currentTarget.value || undefined })}>
          <option value="">any model</option>
          {filters.model && !models.includes(filters.model) && <option>{filters.model}</option>}
          {models.map((model) => (
            <option key={model}>{model}</option>
          ))}
        </select>
      )}
      <label className="row small t2">
        from
        <input className="input input--small" type="date" value={filters.from ?? ""} onChange={(event) => set({ from: event.currentTarget.value || undefined })} />
      </label>
      <label className="row small t2">
        to
        <input className="input input--small" type="date" value={filters.to ?? ""} onChange={(event) => set({ to: event.currentTarget.value || undefined })} />
      </label>
      {isAny && (
        <Button small kind="quiet" onClick={() => set(NONE)}>
          Clear
        </Button>
      )}
    </div>
  );
}
