import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";
import type { PlaygroundState } from "./state";

export type Run = Schemas["RunRead"];
export type RunSummary = Schemas["RunSummary"];
export type Score = Schemas["ScoreRead"];

const HISTORY = 50;
export const RUNS_KEY = ["playground", "runs"] as const;

export const historyOptions = queryOptions({
  queryKey: RUNS_KEY,
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/runs", { params: { query: { source: "playground", limit: HISTORY } }, signal })),
});

export const runOptions = (run_id: string) =>
  queryOptions({
    queryKey: ["playground", "run", run_id],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/runs/{run_id}", { params: { path: { run_id } }, signal })),
  });

export const evaluatorsOptions = queryOptions({
  queryKey: ["evaluators"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/evaluators", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const judgesOptions = queryOptions({
  queryKey: ["judges", "for-playground"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/judges", { signal })),
});

export const versionOptions = (prompt_id: string, version_id: string) =>
  queryOptions({
    queryKey: ["playground", "version", version_id],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/prompts/{prompt_id}/versions/{version_id}", { params: { path: { prompt_id, version_id } }, signal })),
  });

export const exampleOptions = (prompt_id: string, example_id: string) =>
  queryOptions({
    queryKey: ["playground", "example", example_id],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/prompts/{prompt_id}/golden-examples/{example_id}", { params: { path: { prompt_id, example_id } }, signal })),
  });

/** Whatever is kept under the link; who made it may have used the API. */
export const keptStateOptions = (state_id: string) =>
  queryOptions({
    queryKey: ["playground", "state", state_id],
    queryFn: async ({ signal }): Promise<unknown> =>
      unwrap(http.GET("/api/v1/playground/states/{state_id}", { params: { path: { state_id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

type Kept = Parameters<typeof send>[0];
const send = (body: Record<string, Schemas["JsonValue"]>) => unwrap(http.POST("/api/v1/playground/states", { body }));

export const keepState = (state: PlaygroundState) => send({ ...state } as Kept);
