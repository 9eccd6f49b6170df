import type { FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { wordOf } from "@/features/verdicts/words";
import type { ListFilters } from "./api";
import { RULINGS, STATUSES, STATUS_WORDS, TRIGGERS } from "./words";

const SORTS = [
  ["-created_at", "newest first"],
  ["created_at", "oldest first"],
  ["difference", "worst difference first"],
  ["-cost_usd", "dearest first"],
  ["name", "by name"],
] as const;

interface SelectProps<T extends string> {
  label: string;
  all?: string;
  value: T | undefined;
  options: readonly (readonly [T, string])[];
  onChange: (value: T | undefined) => void;
}

function Select<T extends string>({ label, all, value, options, onChange }: SelectProps<T>) {
  return (
    <select
      className="input input--small"
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(options.find(([option]) => option === event.target.value)?.[0])}
    >
      {all && <option value="">{all}</option>}
      {options.map(([option, name]) => (
        <option key={option} value={option}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface ListFiltersProps {
  filters: ListFilters;
  onChange: (filters: ListFilters) => void;
}

export function ListFilterBar({ filters, onChange }: ListFiltersProps) {
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const words = new FormData(event.currentTarget).get("q");
    onChange({ ...filters, q: typeof words === "string" && words.trim() ? words.trim() : undefined });
  };
  return (
    <div className="panel__body bar">
      <form role="search" aria-label="Experiments" className="row" onSubmit={search}>
        <input
          key={filters.q ?? ""}
          className="input input--small"
          type="search"
          name="q"
          aria-label="Name of the experiment or its prompt"
          placeholder="Name or prompt"
          maxLength={100}
          defaultValue={filters.q}
        />
        <Button small type="submit">
          Find
        </Button>
      </form>
      <Select
        label="Status"
        all="any status"
        value={filters.status}
        options={STATUSES.map((status) => [status, STATUS_WORDS[status]])}
        onChange={(status) => onChange({ ...filters, status })}
      />
      <Select
        label="Verdict"
        all="any verdict"
        value={filters.verdict}
        options={RULINGS.map((ruling) => [ruling, wordOf(ruling)])}
        onChange={(verdict) => onChange({ ...filters, verdict })}
      />
      <Select
        label="Started by"
        all="started by anything"
        value={filters.trigger}
        options={TRIGGERS.map((trigger) => [trigger, trigger])}
        onChange={(trigger) => onChange({ ...filters, trigger })}
      />
      <Select label="Order" value={filters.sort ?? "-created_at"} options={SORTS} onChange={(sort) => onChange({ ...filters, sort: sort === "-created_at" ? undefined : sort })} />
      {filters.tag && (
        <button type="button" className="chip" aria-pressed="true" onClick={() => onChange({ ...filters, tag: undefined })}>
          tag {filters.tag}
          <span className="sr">, remove this filter</span> <span aria-hidden="true">×</span>
        </button>
      )}
      {filters.prompt && (
        <button type="button" className="chip" aria-pressed="true" onClick={() => onChange({ ...filters, prompt: undefined })}>
          one prompt<span className="sr">, remove this filter</span> <span aria-hidden="true">×</span>
        </button>
      )}
    </div>
  );
}
