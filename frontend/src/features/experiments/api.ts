import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";
import { isFinal } from "./words";

export type Experiment = Schemas["ExperimentSummary"];
export type Status = Schemas["ExperimentStatusRead"];
/** The client's types forget that an interval or a row is a tuple; hence the casts of this file. */
type Lines = Schemas["Page_ExperimentSummary_"];
export type CaseTable = Schemas["CaseTable"];
export type ExperimentStatus = Schemas["ExperimentStatus"];

const POLL_MS = 5_000;
const PAGE = 50;

/** What the list is asked for, as it stands in the address. */
export interface ListFilters {
  q?: string | undefined;
  prompt?: string | undefined;
  status?: ExperimentStatus | undefined;
  verdict?: Schemas["Ruling"] | undefined;
  trigger?: string | undefined;
  tag?: string | undefined;
  sort?: Schemas["Order"] | undefined;
}

function listQuery({ q, prompt, status, verdict, trigger, tag, sort }: ListFilters) {
  return {
    ...(q && { q }),
    ...(prompt && { prompt_id: prompt }),
    ...(status && { status }),
    ...(verdict && { verdict }),
    ...(trigger && { trigger }),
    ...(tag && { tag }),
    ...(sort && { sort }),
  };
}

/** Asked again every five seconds only while something of it runs. */
export const experimentsOptions = (filters: ListFilters, cursor?: string) =>
  queryOptions({
    queryKey: ["experiments", "list", filters, cursor],
    queryFn: async ({ signal }) => {
      const query = { ...listQuery(filters), limit: PAGE, ...(cursor && { cursor }) };
      return (await unwrap(http.GET("/api/v1/experiments", { params: { query }, signal }))) as Lines;
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some((row) => !isFinal(row.status)) ? POLL_MS : false),
  });

export const statusKey = (id: string) => ["experiments", "status", id] as const;

export const statusOptions = (experiment_id: string) =>
  queryOptions({
    queryKey: statusKey(experiment_id),
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/experiments/{experiment_id}/status", { params: { path: { experiment_id } }, signal })) as Promise<Status>,
  });

export type CaseSort = Schemas["Sort"];
export type ShownState = Schemas["CaseState"] | "waiting";

export const casesKey = (id: string) => ["experiments", "cases", id] as const;

/** All of them in the order of the plan: filters and orders are applied to what is there. */
export const casesOptions = (experiment_id: string) =>
  queryOptions({
    queryKey: casesKey(experiment_id),
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/experiments/{experiment_id}/cases", { params: { path: { experiment_id } }, signal })) as Promise<CaseTable>,
  });

/** One example under the arms of one experiment; an only arm stands against itself. */
export const oneCaseOptions = (experiment_id: string, arms: readonly number[], example_id: string) => {
  const [baseline = 0, ...rest] = arms;
  const others = rest.length > 0 ? rest.slice(0, 3) : [baseline];
  const query = { baseline: `${experiment_id}:${baseline}`, candidate: others.map((arm) => `${experiment_id}:${arm}`) };
  return queryOptions({
    queryKey: ["experiments", "case", experiment_id, example_id, query],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/compare/cases/{example_id}", { params: { path: { example_id }, query }, signal })) as Promise<Schemas["CaseDetail"]>,
  });
};

export type Act = "pause" | "resume" | "cancel" | "retry-failed";

export function steer({ id, act }: { id: string; act: Act }): Promise<Status> {
  const params = { path: { experiment_id: id } };
  switch (act) {
    case "pause":
      return unwrap(http.POST("/api/v1/experiments/{experiment_id}/pause", { params }));
    case "resume":
      return unwrap(http.POST("/api/v1/experiments/{experiment_id}/resume", { params }));
    case "cancel":
      return unwrap(http.POST("/api/v1/experiments/{experiment_id}/cancel", { params }));
    case "retry-failed":
      return unwrap(http.POST("/api/v1/experiments/{experiment_id}/retry-failed", { params }));
  }
}

export const rejudge = ({ id, body, key }: { id: string; body: Schemas["Rejudge"]; key: string }) =>
  unwrap(
    http.POST("/api/v1/experiments/{experiment_id}/rejudge", {
      params: { path: { experiment_id: id }, header: { "idempotency-key": key } },
      body,
    }),
  );

export const exportUrl = (id: string, format: Schemas["ReportFormat"]): string => `/api/v1/experiments/${id}/export?format=${format}`;

export const eventsUrl = (id: string): string => `/api/v1/experiments/${id}/events`;
