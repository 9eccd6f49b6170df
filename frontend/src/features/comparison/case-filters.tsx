import { ArrowDown, ArrowUp, CircleDashed, Equal, Minus, TriangleAlert, Wrench } from "lucide-react";
import type { ChangeEvent } from "react";
import { FilterChip } from "@/components/ui/chip";
import { count } from "@/lib/format";
import { countOf } from "./cases";
import { type Choices, type Choose, type Only, SORTS, type Sort } from "./choices";
import type { Compared } from "./use-comparison";

const ICONS: Partial<Record<Only, typeof ArrowDown>> = {
  regressed: ArrowDown,
  any: ArrowDown,
  improved: ArrowUp,
  same: Equal,
  error: TriangleAlert,
  only_one: Minus,
  waiting: CircleDashed,
  repaired: Wrench,
};
const SORT_NAMES: Readonly<Record<Sort, string>> = {
  delta: "Worst Δ first",
  "-delta": "Best Δ first",
  spread: "Most spread first",
  cost: "Most expensive first",
  position: "In the set’s order",
};

interface Shelf {
  only: Only;
  name: string;
  n: number;
}

/** The groups and how many are in each: the server's counts where it counts them. */
function shelvesOf({ table, cases, names, candidates }: Compared): Shelf[] {
  const { counts } = table;
  const [, first, second, third] = names;
  const many = candidates.length > 1;
  const shelf = (only: Only, name: string, n = countOf(cases, only)): Shelf => ({ only, name, n });
  const all = shelf("all", "All", cases.all.length);
  const uncounted = [shelf("error", "Not counted", counts.error), shelf("only_one", "Only in one", counts.only_one), shelf("waiting", "Not run")];
  if (!many) {
    return [
      shelf("regressed", "Regressed", counts.regressed),
      shelf("improved", "Improved", counts.improved),
      shelf("same", "Same", counts.same),
      ...uncounted.filter(({ n }) => n > 0),
      all,
    ];
  }
  return [
    shelf("any", "Worse in any"),
    shelf("regressed", `Worse in ${first}`, counts.regressed),
    shelf("worse2", `Worse in ${second}`),
    ...(third ? [shelf("worse3", `Worse in ${third}`)] : []),
    shelf("repaired", `Repaired by ${third ?? second}`),
    shelf("disagree", "Versions disagree"),
    ...uncounted.filter(({ n }) => n > 0),
    all,
  ];
}

interface CaseFiltersProps {
  compared: Compared;
  only: Only;
  choices: Choices;
  choose: Choose;
}

export function CaseChips({ compared, only, choose }: Omit<CaseFiltersProps, "choices">) {
  return (
    <div className="filters" role="group" aria-label="Filter cases">
      {shelvesOf(compared).map((shelf) => {
        const Icon = ICONS[shelf.only];
        return (
          <FilterChip key={shelf.only} pressed={shelf.only === only} onClick={() => choose({ only: shelf.only, case: undefined })}>
            {Icon && <Icon className="icon" aria-hidden="true" />}
            {shelf.name} {count(shelf.n)}
          </FilterChip>
        );
      })}
    </div>
  );
}

interface CaseToolsProps extends Omit<CaseFiltersProps, "only"> {
  /** What else the cases can be compared by. */
  metrics: readonly string[];
  /** As they are typed; the address follows. */
  words: string;
  onWords: (words: string) => void;
}

/** Words, tag, metric and order. */
export function CaseTools({ compared, choices, choose, metrics, words, onWords }: CaseToolsProps) {
  const search = (event: ChangeEvent<HTMLInputElement>) => {
    onWords(event.target.value);
    choose({ q: event.target.value || undefined, case: undefined });
  };
  const tags = compared.cases.tags;
  return (
    <div className="cases__tools bar">
      <input
        className="input input--small grow"
        type="search"
        value={words}
        onChange={search}
        placeholder="Search questions and outputs"
        aria-label="Search questions and outputs"
      />
      {tags.length > 0 && (
        <select
          className="input input--small"
          aria-label="Tag"
          value={choices.tag ?? ""}
          onChange={(event) => choose({ tag: event.target.value || undefined, case: undefined })}
        >
          <option value="">Every tag</option>
          {tags.map((tag) => (
            <option key={tag}>{tag}</option>
          ))}
        </select>
      )}
      {metrics.length > 1 && (
        <select
          className="input input--small"
          aria-label="Metric"
          value={compared.table.metric}
          onChange={(event) => choose({ metric: event.target.value, case: undefined })}
        >
          {metrics.map((metric) => (
            <option key={metric} value={metric}>
              {metric.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      )}
      <select
        className="input input--small"
        aria-label="Order"
        value={choices.sort ?? SORTS[0]}
        onChange={(event) => choose({ sort: SORTS.find((sort) => sort === event.target.value), case: undefined })}
      >
        {SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {SORT_NAMES[sort]}
          </option>
        ))}
      </select>
    </div>
  );
}
