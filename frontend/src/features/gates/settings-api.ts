import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Gate = Schemas["GateSummary"];
export type Policy = Schemas["Policy-Output"];

const MOST = 200;

export const gatesOptions = queryOptions({
  queryKey: ["gates", "all"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/gates", { params: { query: { limit: MOST } }, signal })),
});

export const gateOptions = (gate_id: string) =>
  queryOptions({
    queryKey: ["gates", gate_id],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/gates/{gate_id}", { params: { path: { gate_id } }, signal })),
  });

export const evaluatorNamesOptions = queryOptions({
  queryKey: ["evaluators"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/evaluators", { signal })),
});

/** Refused with 412 when somebody changed the gate after `number` was read. */
export const changeGate = ({ id, number, body }: { id: string; number: number; body: Schemas["GatePatch"] }) =>
  unwrap(http.PATCH("/api/v1/gates/{gate_id}", { params: { path: { gate_id: id }, header: { "if-match": `"${number}"` } }, body }));

export const archiveGate = (gate_id: string) => unwrap(http.DELETE("/api/v1/gates/{gate_id}", { params: { path: { gate_id } } }));
