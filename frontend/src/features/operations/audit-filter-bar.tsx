import { useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { type AuditFilters, tagsOptions } from "./api";

const value = (form: FormData, name: string) => {
  const text = form.get(name);
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
};

interface AuditFilterBarProps {
  filters: AuditFilters;
  onChange: (filters: AuditFilters) => void;
}

/** What is asked for stands in the address; the fields take it up again when it changes. */
export function AuditFilterBar({ filters, onChange }: AuditFilterBarProps) {
  const tags = useQuery(tagsOptions);
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onChange({ actor: value(form, "actor"), tag: value(form, "tag"), object: value(form, "object"), from: value(form, "from"), to: value(form, "to") });
  };
  return (
    <form key={JSON.stringify(filters)} className="settings__filters" role="search" aria-label="Audit log" onSubmit={apply}>
      <Field label="Who">
        <input className="input" name="actor" defaultValue={filters.actor} autoComplete="off" />
      </Field>
      <Field label="What">
        <select className="input" name="tag" defaultValue={filters.tag ?? ""}>
          <option value="">everything</option>
          {filters.tag && !tags.data?.items.includes(filters.tag) && <option>{filters.tag}</option>}
          {tags.data?.items.map((tag) => (
            <option key={tag}>{tag}</option>
          ))}
        </select>
      </Field>
      <Field label="Object">
        <input className="input" name="object" defaultValue={filters.object} autoComplete="off" spellCheck={false} />
      </Field>
      <Field label="From">
        <input className="input" type="date" name="from" defaultValue={filters.from} />
      </Field>
      <Field label="To">
        <input className="input" type="date" name="to" defaultValue={filters.to} />
      </Field>
      <Button type="submit">Filter</Button>
    </form>
  );
}
