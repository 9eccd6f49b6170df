import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { type Example, type ExamplePage, listsKey, oneKey } from "./api";

type Listed = InfiniteData<ExamplePage, string>;

function inEveryList(client: QueryClient, promptId: string, change: (page: ExamplePage, isLast: boolean) => ExamplePage): void {
  client.setQueriesData<Listed>({ queryKey: listsKey(promptId) }, (data) =>
    data && { ...data, pages: data.pages.map((page, index) => change(page, index === data.pages.length - 1)) },
  );
}

export function findExample(client: QueryClient, promptId: string, id: string): Example | undefined {
  for (const [, data] of client.getQueriesData<Listed>({ queryKey: listsKey(promptId) })) {
    const found = data?.pages.flatMap((page) => page.items).find((example) => example.id === id);
    if (found) return found;
  }
  return client.getQueryData<Example>(oneKey(promptId, id));
}

/** An edited row stays where it is, even if a filter would leave it out now: rows do not jump under the hand. */
export function replaceExample(client: QueryClient, fresh: Example): void {
  inEveryList(client, fresh.prompt_id, (page) => ({
    ...page,
    items: page.items.map((example) => (example.id === fresh.id ? fresh : example)),
  }));
  client.setQueryData<Example>(oneKey(fresh.prompt_id, fresh.id), (old) => old && fresh);
}

export const appendExample = (client: QueryClient, made: Example): void =>
  inEveryList(client, made.prompt_id, (page, isLast) => ({
    ...page,
    total: page.total + 1,
    items: isLast ? [...page.items, made] : page.items,
  }));

export const dropExample = (client: QueryClient, promptId: string, id: string): void =>
  inEveryList(client, promptId, (page) => {
    const items = page.items.filter((example) => example.id !== id);
    return { ...page, items, total: Math.max(0, page.total - 1) };
  });
