import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Example, type Filters, type Variable, examplesOptions } from "./api";
import { columnsOf, missingIn } from "./columns";
import { CRITICAL, LACKS } from "./golden-bar";
import { useRemoved } from "./removals";
import type { Place } from "./use-place";

export const filtersOf = ({ q, tag, split, status }: Place): Filters => ({
  q,
  tag,
  split,
  critical: status === CRITICAL || undefined,
});

/** The examples the filters leave, as far as they are loaded, and what can be said about them. */
export function useExamples(promptId: string, place: Place, variables: readonly Variable[]) {
  const query = useInfiniteQuery(examplesOptions(promptId, filtersOf(place)));
  const removed = useRemoved();
  const lacks = place.status?.startsWith(LACKS) ? place.status.slice(LACKS.length) : null;
  const pages = query.data?.pages;
  const facts = useMemo(() => {
    const loaded = (pages ?? []).flatMap((page) => page.items).filter(({ id }) => !removed.has(id));
    const known = new Set(variables.map(({ name }) => name));
    const older = new Set(loaded.flatMap(({ input_data }) => Object.keys(input_data)).filter((name) => !known.has(name)));
    const columns = columnsOf(variables, [...older].toSorted());
    const missing = new Map<string, Set<string>>();
    for (const example of loaded) {
      for (const { name } of missingIn(example, columns)) missing.set(name, (missing.get(name) ?? new Set()).add(example.id));
    }
    return {
      columns,
      loaded,
      missing,
      tags: [...new Set(loaded.flatMap(({ tags }) => tags))].toSorted(),
      splits: [...new Set(loaded.map(({ split }) => split))].toSorted(),
    };
  }, [pages, removed, variables]);
  const examples: readonly Example[] = lacks === null ? facts.loaded : facts.loaded.filter(({ id }) => facts.missing.get(lacks)?.has(id));
  return { query, ...facts, examples, lacks, total: pages?.at(-1)?.total };
}
