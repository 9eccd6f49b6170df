import { useQuery } from "@tanstack/react-query";
import { QueryStates } from "@/components/layout/states";
import { FilterChip } from "@/components/ui/chip";
import { Field } from "@/components/ui/field";
import { count, plural } from "@/lib/format";
import { toggled } from "./choice";
import { examplesOptions } from "./plan-api";
import type { Wishes } from "./plan-form";

interface ExamplesChoiceProps {
  promptId: string;
  wishes: Wishes;
  onChange: (change: Partial<Wishes>) => void;
}

const ALL = { split: "", tags: [] };

/** A split, tags, a sample: what is named narrows, and the count says to how many. */
export function ExamplesChoice({ promptId, wishes, onChange }: ExamplesChoiceProps) {
  const { split, exampleTags, sample } = wishes;
  const all = useQuery(examplesOptions(promptId, ALL));
  const fitting = useQuery(examplesOptions(promptId, { split, tags: exampleTags })).data?.total;
  return (
    <QueryStates query={all} failed="The golden examples could not be loaded." rows={3}>
      {({ items, total }) => {
        const tags = [...new Set([...items.flatMap((example) => example.tags), ...exampleTags])].toSorted();
        const splits = [...new Set([...items.map((example) => example.split), ...(split ? [split] : [])])].toSorted();
        return (
          <div className="panel__body stack">
            <div className="half">
              <div className="stack">
                <Field label="Split">
                  <select className="input" value={split} onChange={(event) => onChange({ split: event.target.value })}>
                    <option value="">every split</option>
                    {splits.map((name) => (
                      <option key={name}>{name}</option>
                    ))}
                  </select>
                </Field>
              </div>
              <Field label="Sample size" hint="drawn by chance; empty takes all that fit">
                <input
                  className="input"
                  type="number"
                  min={1}
                  max={fitting}
                  inputMode="numeric"
                  value={sample}
                  onChange={(event) => onChange({ sample: event.target.value })}
                />
              </Field>
            </div>
            {tags.length > 0 && (
              <div className="filters" role="group" aria-label="Tags">
                {tags.map((tag) => (
                  <FilterChip key={tag} pressed={exampleTags.includes(tag)} onClick={() => onChange({ exampleTags: toggled(exampleTags, tag, !exampleTags.includes(tag)) })}>
                    {tag}
                  </FilterChip>
                ))}
              </div>
            )}
            <p className="small t2" aria-live="polite">
              {fitting === undefined ? "Counting." : `${count(fitting)} of ${plural(total, "example")} fit.`}
              {total > items.length && ` Tags and splits are those of the first ${count(items.length)}.`}
            </p>
          </div>
        );
      }}
    </QueryStates>
  );
}
