import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Certificate = Schemas["CertificateRead"];
export type Evaluator = Schemas["EvaluatorRead"];
export type JudgeVersion = Schemas["JudgeVersionRead"];
export type Canary = Schemas["CanaryRead"];

export type Judge = Schemas["JudgeSummary"];

const MOST = 200;
const POLL_MS = 5_000;

export const judgesOptions = queryOptions({
  queryKey: ["judges", "list"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/judges", { params: { query: { limit: MOST } }, signal })) as Promise<Schemas["Page_JudgeSummary_"]>,
});

export const judgeOptions = (judge_id: string) =>
  queryOptions({
    queryKey: ["judges", "one", judge_id],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/judges/{judge_id}", { params: { path: { judge_id } }, signal })) as Promise<Schemas["JudgeRead"]>,
  });

export const evaluatorsOptions = queryOptions({
  queryKey: ["judges", "evaluators"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/evaluators", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const modelChoicesOptions = queryOptions({
  queryKey: ["judges", "models"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/models", { signal })),
});

/** Newest first; asked again while one is being examined. */
export const certificatesOptions = (evaluator?: string) =>
  queryOptions({
    queryKey: ["judges", "certificates", evaluator ?? ""],
    queryFn: ({ signal }) =>
      unwrap(http.GET("/api/v1/judge-certificates", { params: { query: { limit: MOST, ...(evaluator && { evaluator }) } }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === "pending") ? POLL_MS : false),
  });

export const judgeReportOptions = (experiment_id: string, evaluator?: string) =>
  queryOptions({
    queryKey: ["judges", "report", experiment_id, evaluator ?? ""],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET("/api/v1/experiments/{experiment_id}/judge-report", {
          params: { path: { experiment_id }, query: { ...(evaluator && { evaluator }) } },
          signal,
        }),
      ),
  });

export const canariesOptions = queryOptions({
  queryKey: ["judges", "canaries"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/canaries", { params: { query: { limit: MOST } }, signal })),
});

export const canaryChecksOptions = queryOptions({
  queryKey: ["judges", "canary-checks"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/canary-checks", { params: { query: { limit: 50 } }, signal })),
});

/** What people said of an experiment's outputs, the newest first. */
export const labelsOptions = (experiment: string) =>
  queryOptions({
    queryKey: ["judges", "labels", experiment],
    queryFn: ({ signal }) => unwrap(http.GET("/api/v1/human-labels", { params: { query: { experiment, limit: MOST } }, signal })),
  });

export const createJudge = (body: Schemas["JudgeCreate"]) => unwrap(http.POST("/api/v1/judges", { body })) as Promise<Schemas["JudgeRead"]>;

export const addVersion = ({ judge_id, body }: { judge_id: string; body: Schemas["JudgeVersionCreate"] }) =>
  unwrap(http.POST("/api/v1/judges/{judge_id}/versions", { params: { path: { judge_id } }, body })) as Promise<Schemas["JudgeRead"]>;

export const archiveJudge = (judge_id: string) => unwrap(http.DELETE("/api/v1/judges/{judge_id}", { params: { path: { judge_id } } }));

export const askForCertificate = (body: Schemas["CertificateCreate"]) => unwrap(http.POST("/api/v1/judge-certificates", { body }));

/** The label first, where one is given: a canary is compared with what a person said. */
export async function createCanary({ value, ...of_case }: Schemas["OfCase"] & { value: string }): Promise<Canary> {
  if (value.trim() !== "") await unwrap(http.POST("/api/v1/human-labels", { body: { ...of_case, value: Number(value), comment: "" } }));
  return unwrap(http.POST("/api/v1/canaries", { body: of_case }));
}

export const removeCanary = (canary_id: string) => unwrap(http.DELETE("/api/v1/canaries/{canary_id}", { params: { path: { canary_id } } }));
