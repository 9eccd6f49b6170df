import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Run = Schemas["RunSummary"];
export type RunDetail = Schemas["RunRead"];
export type RunStatus = Schemas["RunStatus"];
export type RunSource = Schemas["RunSource"];

export const STATUSES: readonly RunStatus[] = ["completed", "failed", "running", "pending", "cancelled"];
export const SOURCES: readonly RunSource[] = ["run", "playground", "query", "gateway"];

/** What is asked for, as it stands in the address. */
export interface RunFilters {
  /** A version's number. */
  version?: number | undefined;
  status?: RunStatus | undefined;
  source?: RunSource | undefined;
  model?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const isDay = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") && !Number.isNaN(Date.parse(text ?? ""));

/** Midnight where the reader is; the last day is counted in. */
function startOf(day: string, later = 0): string {
  const start = new Date(`${day}T00:00:00`);
  start.setDate(start.getDate() + later);
  return start.toISOString();
}

export const runsOptions = (promptId: string, filters: RunFilters, cursor: string | undefined) => {
  const { version, status, source, model, from, to } = filters;
  return queryOptions({
    queryKey: ["runs", { promptId, ...filters, cursor }],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET("/api/v1/runs", {
          params: {
            query: {
              prompt: promptId,
              ...(version && { version_number: version }),
              ...(status && { status }),
              ...(source && { source }),
              ...(model && { model }),
              ...(isDay(from) && { from: startOf(from) }),
              ...(isDay(to) && { to: startOf(to, 1) }),
              ...(cursor && { cursor }),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
};

export const runOptions = (runId: string) =>
  queryOptions({
    queryKey: ["runs", runId],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/runs/{run_id}", { params: { path: { run_id: runId } }, signal })),
  });

export const addAsExample = ({ promptId, body }: { promptId: string; body: Schemas["ExampleCreate"] }) =>
  unwrap(http.POST("/api/v1/prompts/{prompt_id}/golden-examples", { params: { path: { prompt_id: promptId } }, body }));
