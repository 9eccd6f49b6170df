import { useQueryClient } from "@tanstack/react-query";
import { type Example, examplesOptions } from "@/features/golden/api";
import type { Schemas } from "@/services/http";
import type { PlaygroundState } from "./state";
import { asTyped } from "./variables";

type Filling = Pick<Schemas["ExampleRead"], "id" | "prompt_id" | "input_data" | "expected_output" | "context">;

/** The example's values in the fields. What the example before had put there goes; what was typed for other names stays. */
export function filledFrom(state: PlaygroundState, example: Filling, position: number | null, total: number | null): PlaygroundState {
  const names = Object.keys(example.input_data);
  const gone = new Set([...(state.example?.names ?? []), ...names]);
  const kept = Object.entries(state.variables).filter(([name]) => !gone.has(name));
  const come = Object.entries(example.input_data).map(([name, value]) => [name, asTyped(value)] as const);
  return {
    ...state,
    variables: Object.fromEntries([...kept, ...come]),
    expected: example.expected_output ?? "",
    context: example.context ?? "",
    example: { id: example.id, prompt_id: example.prompt_id, position, total, names },
  };
}

/** The prompt whose examples are offered: the first column's that has one. */
export const promptOf = ({ columns }: PlaygroundState): string | null => columns.find((column) => column.source)?.source?.prompt_id ?? null;

interface Found {
  example: Example;
  position: number;
  total: number | null;
}

/** The example before or after the one that is shown; null at the ends. */
export function useNeighbour() {
  const client = useQueryClient();
  return async (state: PlaygroundState, by: 1 | -1): Promise<Found | null> => {
    const promptId = promptOf(state);
    if (promptId === null) return null;
    const options = examplesOptions(promptId, {});
    let data = await client.ensureInfiniteQueryData(options);
    const place = () => data.pages.flatMap((page) => page.items).findIndex((one) => one.id === state.example?.id);
    const hasMore = () => data.pages.at(-1)?.next_cursor !== null;
    const isShort = () => (state.example !== null && place() < 0) || place() + by >= data.pages.flatMap((page) => page.items).length;
    while (hasMore() && isShort()) data = await client.fetchInfiniteQuery({ ...options, pages: data.pages.length + 1 });
    const items = data.pages.flatMap((page) => page.items);
    const index = place() < 0 ? (by > 0 ? 0 : items.length - 1) : place() + by;
    const example = items[index];
    return example ? { example, position: index + 1, total: data.pages[0]?.total ?? null } : null;
  };
}
