import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/services/http";
import { type Prompt, type Version, servedOptions, versionsOptions } from "./api";

/** Of a version beyond the pages that are here, without what only the list tells. */
export type Shown = Schemas["ServedVersion"] | Version;

export const listed = (version: Shown): Version | null => ("labels" in version ? version : null);

export function useVersions(promptId: string) {
  const query = useInfiniteQuery(versionsOptions(promptId));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return { query, items, total: query.data?.pages[0]?.total ?? 0 };
}

/** A version by its number, of the list if it is there, else asked for alone. */
export function useVersion(prompt: Prompt, number: number | undefined) {
  const { query, items } = useVersions(prompt.id);
  const found = items.find((version) => version.number === number);
  const isElsewhere = query.isSuccess && number !== undefined && found === undefined;
  const alone = useQuery({ ...servedOptions(prompt.name, String(number)), enabled: isElsewhere });
  const version: Shown | undefined = found ?? alone.data;
  const error = query.error ?? (isElsewhere ? alone.error : null);
  return { version, error, retry: () => void (query.error ? query.refetch() : alone.refetch()) };
}
