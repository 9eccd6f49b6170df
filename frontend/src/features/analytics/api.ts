import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";
import type { AnalyticsFilters } from "./filters";
import type { Window } from "./window";

export type Dashboard = Schemas["Dashboard"];
export type Analytics = Schemas["Analytics"];
export type Days = 1 | 7 | 30;

const LIVE_MS = 5_000;

/** Asked again by itself only while an experiment moves. */
export const dashboardOptions = (days: Days, tz: string) =>
  queryOptions({
    queryKey: ["dashboard", days, tz],
    // the client takes a pair for a list of any length; the contract says two numbers
    queryFn: async ({ signal }) => (await unwrap(http.GET("/api/v1/dashboard", { params: { query: { days, tz } }, signal }))) as Dashboard,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.running.some(({ status }) => status !== "paused") ? LIVE_MS : false),
  });

/** The question as the server takes it: the same for the figures and for the file of them. */
export function analyticsQuery({ from, to, interval }: Window, { by, prompt, model, source, failed }: AnalyticsFilters, tz: string) {
  return {
    from,
    to,
    interval,
    tz,
    ...(by && { by }),
    ...(prompt && { prompt_id: prompt }),
    ...(model && { model }),
    ...(source && { source }),
    ...(failed && { failed }),
  };
}

export type AnalyticsQuery = ReturnType<typeof analyticsQuery>;

export const analyticsOptions = (query: AnalyticsQuery) =>
  queryOptions({
    queryKey: ["analytics", query],
    queryFn: async ({ signal }) => (await unwrap(http.GET("/api/v1/analytics", { params: { query }, signal }))) as Analytics,
    placeholderData: keepPreviousData,
  });

export function exportUrl(query: AnalyticsQuery): string {
  return `/api/v1/analytics/export?${new URLSearchParams(Object.entries({ ...query, format: "csv" }).map(([key, value]) => [key, String(value)]))}`;
}

const RUNS_SHOWN = 20;

/** The cases of experiments are no runs: they stand with their experiment. */
export const hasRuns = (filters: AnalyticsFilters): boolean => filters.source !== "experiment";

export const runsOptions = ({ from, to }: Window, filters: AnalyticsFilters, cursor: string | undefined) => {
  const { prompt, model, source, failed } = filters;
  const query = {
    from,
    to,
    limit: RUNS_SHOWN,
    ...(prompt && { prompt }),
    ...(model && { model }),
    ...(source && source !== "experiment" && { source }),
    ...(failed && { status: "failed" as const }),
    ...(cursor && { cursor }),
  };
  return queryOptions({
    queryKey: ["runs", "analytics", query],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/runs", { params: { query }, signal })),
    enabled: hasRuns(filters),
    placeholderData: keepPreviousData,
  });
};

const CHOICES = 200;

export const promptChoicesOptions = queryOptions({
  queryKey: ["prompts", "choices"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/prompts", { params: { query: { sort: "name", limit: CHOICES } }, signal })),
  staleTime: 60_000,
});

export const modelChoicesOptions = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/models", { signal })),
  staleTime: 60_000,
});
