import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type CaseTable = Schemas["CaseTable"];
export type Side = Schemas["SideTotals"];
export type CaseDetail = Schemas["CaseDetail"];
export type Repeat = Schemas["RepeatedCase"];
export type Judged = Schemas["JudgedCase"];

/** The baseline and up to three candidates, each `{experiment}:{arm}` or an id the server resolves. */
export interface Named {
  base: string;
  others: string[];
}

const RUNNING_MS = 5_000;
const ENDED: readonly Side["status"][] = ["completed", "completed_with_errors", "failed", "cancelled"];
export const hasEnded = ({ status }: Pick<Side, "status">): boolean => ENDED.includes(status);

export const casesOptions = ({ base, others }: Named, metric: string | undefined) =>
  queryOptions({
    queryKey: ["compare", "cases", base, others, metric],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = { baseline: base, candidate: others, metric };
      // the client's types lose that rows are tuples
      return (await unwrap(http.GET("/api/v1/compare/cases", { params: { query }, signal }))) as CaseTable;
    },
    refetchInterval: ({ state }) => (state.data?.sides.every(hasEnded) === false ? RUNNING_MS : false),
  });

export const caseOptions = ({ base, others }: Named, exampleId: string) =>
  queryOptions({
    queryKey: ["compare", "case", base, others, exampleId],
    queryFn: async ({ signal }) => {
      const params = { path: { example_id: exampleId }, query: { baseline: base, candidate: others } };
      return (await unwrap(http.GET("/api/v1/compare/cases/{example_id}", { params, signal }))) as CaseDetail;
    },
  });

export const verdictOptions = (baseline: string, candidate: string) =>
  queryOptions({
    queryKey: ["compare", "verdict", baseline, candidate],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/compare", { params: { query: { baseline, candidate } }, signal })),
  });

export const diffOptions = (from: string, to: string) =>
  queryOptions({
    queryKey: ["compare", "diff", from, to],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/prompts/diff", { params: { query: { from, to } }, signal })),
    staleTime: Number.POSITIVE_INFINITY, // versions never change
  });

export const experimentsOptions = (q: string, promptId?: string) =>
  queryOptions({
    queryKey: ["compare", "experiments", q, promptId],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/experiments", { params: { query: { q: q || undefined, prompt_id: promptId, limit: 30 } }, signal })),
  });

export const giveLabel = (body: Schemas["HumanLabelCreate"]) => unwrap(http.POST("/api/v1/human-labels", { body }));

export const takeBackLabel = (id: string) =>
  unwrap(http.DELETE("/api/v1/human-labels/{label_id}", { params: { path: { label_id: id } } }));

export type ExportFormat = "csv" | "jsonl" | "markdown" | "html" | "junit";
export const exportUrl = (experimentId: string, format: ExportFormat): string =>
  `/api/v1/experiments/${experimentId}/export?format=${format}`;
