import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type AuditEvent = Schemas["AuditRead"];
export type Provider = Schemas["ProviderRead"];
export type System = Schemas["SystemRead"];

const REFRESH_MS = 10_000;

export const providersOptions = queryOptions({
  queryKey: ["providers"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/providers", { signal })),
});

export const testProvider = (provider: string) =>
  unwrap(http.POST("/api/v1/providers/{provider}/test", { params: { path: { provider } }, body: {} }));

export const systemOptions = queryOptions({
  queryKey: ["system"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/system", { signal })),
  refetchInterval: REFRESH_MS,
});

export const tagsOptions = queryOptions({
  queryKey: ["audit", "tags"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/audit/tags", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What the log is asked for; days as they stand in the address. */
export interface AuditFilters {
  actor?: string | undefined;
  tag?: string | undefined;
  object?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Midnight where the reader is; `to` is counted in, so the next one. */
export function auditQuery({ actor, tag, object, from, to }: AuditFilters) {
  const until = to === undefined ? undefined : new Date(`${to}T00:00:00`);
  until?.setDate(until.getDate() + 1);
  return {
    ...(actor && { actor }),
    ...(tag && { tag }),
    ...(object && { object_id: object }),
    ...(from && { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(until && { to: until.toISOString() }),
  };
}

export const auditOptions = (filters: AuditFilters, cursor: string | undefined) =>
  queryOptions({
    queryKey: ["audit", filters, cursor],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/audit", { params: { query: { ...auditQuery(filters), ...(cursor && { cursor }) } }, signal })),
    placeholderData: keepPreviousData,
  });

export function auditExportUrl(filters: AuditFilters): string {
  return `/api/v1/audit/export?${new URLSearchParams({ format: "csv", ...auditQuery(filters) })}`;
}
