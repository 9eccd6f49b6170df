import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Gate = Schemas["GateSummary"];
export type Policy = Schemas["Policy-Output"];

const MOST = 200;

/** The beginning of every key here. */
export const GATES_KEY = ["gates"] as const;

export const gatesOptions = queryOptions({
  queryKey: [...GATES_KEY, "all"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/gates", { params: { query: { limit: MOST } }, signal })),
});

export const gateOptions = (gate_id: string) =>
  queryOptions({
    queryKey: [...GATES_KEY, gate_id],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/gates/{gate_id}", { params: { path: { gate_id } }, signal })),
  });

export const promptGatesOptions = (prompt: string) =>
  queryOptions({
    queryKey: [...GATES_KEY, "prompt", prompt],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/gates", { params: { query: { prompt, limit: MOST } }, signal })),
  });

export const evaluatorNamesOptions = queryOptions({
  queryKey: ["evaluators"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/evaluators", { signal })),
});

interface NewGate extends Omit<Schemas["GateCreate"], "policy"> {
  policy: Partial<Policy>;
}

/** What the policy does not say is the server's usual; the client's types take defaults for what has to be sent. */
export const createGate = (body: NewGate) => unwrap(http.POST("/api/v1/gates", { body: body as Schemas["GateCreate"] }));

/** Refused with 412 when somebody changed the gate after `number` was read. */
export const changeGate = ({ id, number, body }: { id: string; number: number; body: Schemas["GatePatch"] }) =>
  unwrap(http.PATCH("/api/v1/gates/{gate_id}", { params: { path: { gate_id: id }, header: { "if-match": `"${number}"` } }, body }));

export const archiveGate = (gate_id: string) => unwrap(http.DELETE("/api/v1/gates/{gate_id}", { params: { path: { gate_id } } }));
