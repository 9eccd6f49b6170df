import { keepPreviousData, queryOptions, skipToken } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Request = Schemas["ExperimentCreate"];
export type Plan = Schemas["PlanPreview"];
export type Version = Schemas["VersionRead"];

const MOST = 200;

export const promptsFoundOptions = (q: string) =>
  queryOptions({
    queryKey: ["experiments", "prompts", q],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/prompts", { params: { query: { limit: 20, sort: "-updated_at", ...(q && { q }) } }, signal })),
    placeholderData: keepPreviousData,
  });

export const promptNamedOptions = (name: string) =>
  queryOptions({
    queryKey: ["experiments", "prompt", name],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/prompts/named/{name}", { params: { path: { name } }, signal })) as Promise<Schemas["PromptRead"]>,
  });

export const versionsOptions = (prompt_id: string | undefined) =>
  queryOptions({
    queryKey: ["experiments", "versions", prompt_id],
    queryFn: prompt_id
      ? async ({ signal }) => {
          const params = { path: { prompt_id }, query: { limit: MOST } };
          const page = await unwrap(http.GET("/api/v1/prompts/{prompt_id}/versions", { params, signal }));
          return page as Schemas["Page_VersionRead_"]; // the client's types forget that an interval is a pair
        }
      : skipToken,
  });

export const modelsOptions = queryOptions({
  queryKey: ["experiments", "models"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/models", { signal })),
});

/** What can judge: the built-in evaluators, and the workspace's own judges by `judge:<name>`. */
export const evaluatorsOptions = queryOptions({
  queryKey: ["experiments", "evaluators"],
  queryFn: async ({ signal }) => {
    const [builtIn, judges] = await Promise.all([
      unwrap(http.GET("/api/v1/evaluators", { signal })),
      unwrap(http.GET("/api/v1/judges", { params: { query: { limit: MOST } }, signal })),
    ]);
    return { builtIn: builtIn.items, judges: judges.items.filter((judge) => judge.archived_at === null) };
  },
});

export const promptGatesOptions = (prompt_id: string) =>
  queryOptions({
    queryKey: ["experiments", "gates", prompt_id],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/gates", { params: { query: { prompt: prompt_id, limit: MOST } }, signal })),
  });

export const examplesOptions = (prompt_id: string, { split, tags }: { split: string; tags: readonly string[] }) =>
  queryOptions({
    queryKey: ["experiments", "examples", prompt_id, split, tags],
    queryFn: ({ signal }) => {
      const query = { limit: MOST, ...(split && { split }), ...(tags.length > 0 && { tags: [...tags] }) };
      return unwrap(http.GET("/api/v1/prompts/{prompt_id}/golden-examples", { params: { path: { prompt_id }, query }, signal }));
    },
    placeholderData: keepPreviousData,
  });

export const planOptions = (request: Request | null) =>
  queryOptions({
    queryKey: ["experiments", "plan", request],
    retry: false,
    queryFn: request ? ({ signal }) => unwrap(http.POST("/api/v1/experiments/plan", { body: request, signal })) : skipToken,
    placeholderData: keepPreviousData,
  });

export const startExperiment = ({ request, key }: { request: Request; key: string }) =>
  unwrap(http.POST("/api/v1/experiments/run", { params: { header: { "idempotency-key": key } }, body: request }));
