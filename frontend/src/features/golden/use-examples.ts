import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Filters, type Variable, exampleOptions, examplesOptions } from "./api";
import { columnsOf } from "./columns";
import { CRITICAL, LACKS } from "./golden-bar";
import { useRemoved } from "./removals";
import type { Place } from "./use-place";

export const filtersOf = ({ q, tag, split, status }: Place): Filters => ({
  q,
  tag,
  split,
  critical: status === CRITICAL || undefined,
  lacks: status?.startsWith(LACKS) ? status.slice(LACKS.length) : undefined,
});

/** The examples the filters leave, as far as they are loaded, and the columns they need. */
export function useExamples(promptId: string, filters: Filters, variables: readonly Variable[]) {
  const query = useInfiniteQuery(examplesOptions(promptId, filters));
  const removed = useRemoved();
  const pages = query.data?.pages;
  const found = useMemo(() => {
    const examples = (pages ?? []).flatMap((page) => page.items).filter(({ id }) => !removed.has(id));
    const known = new Set(variables.map(({ name }) => name));
    const older = new Set(examples.flatMap(({ input_data }) => Object.keys(input_data)).filter((name) => !known.has(name)));
    return { examples, columns: columnsOf(variables, [...older].toSorted()) };
  }, [pages, removed, variables]);
  return { query, ...found, total: pages?.at(-1)?.total };
}

/** The example that the address names: of the loaded ones, else asked for by its id. */
export function useOpened(promptId: string, id: string | undefined, { query, examples }: Pick<ReturnType<typeof useExamples>, "query" | "examples">) {
  const removed = useRemoved();
  const index = examples.findIndex((example) => example.id === id);
  const one = useQuery({ ...exampleOptions(promptId, id ?? ""), enabled: id !== undefined && index < 0 && query.isSuccess && !removed.has(id) });
  const far = id === undefined || removed.has(id) ? undefined : one.data;
  return { index, example: examples[index] ?? far, isMissing: one.error?.status === 404 && index < 0 };
}
