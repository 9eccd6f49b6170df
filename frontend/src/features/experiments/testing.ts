import type { CaseTable, Experiment, Status } from "./api";
import type { Version } from "./plan-api";

/** Answers of the server, as the tests of experiments need them. */
export const ID = "0190a000-0000-7000-8000-0000000000e1";
export const PROMPT_ID = "0190a000-0000-7000-8000-0000000000b1";
const V7 = "0190a000-0000-7000-8000-000000000007";
const V10 = "0190a000-0000-7000-8000-000000000010";

export const PROGRESS: Status["progress"] = {
  planned: 10,
  scored: 4,
  template_error: 0,
  provider_error: 1,
  judge_error: 0,
  judge_unparseable: 0,
  worker_lost: 0,
  budget_skipped: 0,
  cancelled: 0,
};

export const RUNNING: Status = {
  experiment_id: ID,
  name: "v10 against v7",
  prompt_id: PROMPT_ID,
  prompt_name: "support/answer",
  status: "running",
  trigger: "ci",
  tags: ["nightly"],
  git: { sha: "b41d7e0aaaa", ref: null, pr: 12 },
  gate: null,
  progress: PROGRESS,
  cached: 0,
  arms: [
    { arm: 0, version_id: V7, version_number: 7, name: null, model: "local:extractive-baseline", labels: [] },
    { arm: 1, version_id: V10, version_number: 10, name: null, model: "local:extractive-baseline", labels: [] },
  ],
  causes: [{ state: "provider_error", error_code: "rate_limited", count: 1, example: "429" }],
  results: [],
  comparisons: [],
  verdict: null,
  follows: null,
  adaptive: null,
  evaluators: [{ name: "similarity", version: "2", options: {} }],
  primary_evaluator: "similarity",
  judge_model: "mock:judge",
  repeats: 1,
  seed: 4307,
  models: [],
  golden: { tags: null, split: null, sample: null },
  snapshot_hash: "3f9a1c000000",
  plan: { cases: 10, calls: 10, cost_usd_estimate: "0.10", minimum_detectable_difference: 0.08 },
  calls: 5,
  cost_usd: "0.05",
  cost_estimated: "0",
  planned_cost_usd: "0.10",
  max_cost_usd: "1.00",
  eta_s: 48,
  error: null,
  created_by: "ada",
  created_at: "2026-01-01T00:00:00Z",
  started_at: "2026-01-01T00:00:01Z",
  finished_at: null,
};

export const LINE: Experiment = {
  id: ID,
  name: "v10 against v7",
  prompt_id: PROMPT_ID,
  prompt_name: "support/answer",
  status: "running",
  trigger: "ci",
  tags: ["nightly"],
  progress: PROGRESS,
  primary_evaluator: "similarity",
  judge_model: "mock:judge",
  examples: 5,
  verdict: null,
  sentence: null,
  cost_usd: "0.05",
  cost_estimated: "0",
  planned_cost_usd: "0.10",
  max_cost_usd: "1.00",
  versions: [
    { number: 7, model: "mock:echo", mean: null },
    { number: 10, model: "mock:echo", mean: null },
  ],
  candidate_arm: null,
  difference: null,
  regressed: null,
  p95_ms: null,
  git: { sha: "b41d7e0aaaa", ref: null, pr: 12 },
  eta_s: 48,
  created_by: "ada",
  created_at: "2026-01-01T00:00:00Z",
  finished_at: null,
};

const side = {
  experiment_id: ID,
  experiment_name: "v10 against v7",
  created_at: "2026-01-01T00:00:00Z",
  status: "running" as const,
  labels: [],
  name: null,
  model: "mock:echo",
  failures: 0,
  cost_usd: null,
  latency_p95_ms: null,
};

/** `count` examples; the first half have run. */
export function tableOf(count: number): CaseTable {
  const half = count / 2;
  return {
    columns: ["example_id", "position", "question", "tags", "critical", "group", "sides"],
    metric: "score",
    direction: "higher",
    prompt: { id: PROMPT_ID, name: "support/answer" },
    snapshot_hash: "3f9a1c000000",
    judge: { evaluator: "similarity", version: "2", model: null },
    evaluators: ["similarity"],
    verdict: null,
    others: [],
    sides: [
      { ...side, arm: 0, version_number: 7, version_id: V7, mean: { value: 0.87, interval: [0.8, 0.91], n: half } },
      { ...side, arm: 1, version_number: 10, version_id: V10, mean: { value: 0.89, interval: [0.81, 0.94], n: half } },
    ],
    rows: Array.from({ length: count }, (_, position): CaseTable["rows"][number] => [
      `example-${position}`,
      position,
      `Question ${position + 1}`,
      ["refunds"],
      false,
      null,
      position < half
        ? [
            [1, "scored", "yes", null, "0.01", 1_200],
            [position === 1 ? 0.25 : 0.75, "scored", "no", null, "0.01", 1_400],
          ]
        : [
            [null, null, null, null, null, null],
            [null, null, null, null, null, null],
          ],
    ]),
    counts: { regressed: 0, improved: 0, same: 0, error: 0, only_one: 0 },
  };
}

export const page = <T>(items: T[]) => ({ items, next_cursor: null, total: items.length });

export const versionOf = (number: number, labels: string[] = []): Version => ({
  id: number === 7 ? V7 : V10,
  prompt_id: PROMPT_ID,
  number,
  template_format: "jinja2",
  template: "Answer {{ question }}",
  messages: null,
  model: null,
  parameters: {},
  response_schema: null,
  variables: [{ name: "question", required: true }],
  content_hash: "c",
  message: `Change ${number}`,
  parent_number: null,
  created_by: "ada",
  created_at: "2026-01-01T00:00:00Z",
  is_active: labels.includes("production"),
  labels,
  last_score: null,
  verdict: null,
});

export const PROMPT = {
  id: PROMPT_ID,
  name: "support/answer",
  description: "",
  tags: [],
  aliases: [],
  labels: [],
  latest_version: null,
  golden_count: 40,
  last_score: null,
  production: null,
  score: null,
  change: null,
  runs_7d: 0,
  cases_7d: 0,
  cost_7d: null,
  owner: "ada",
  revision: 1,
  created_by: "ada",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  archived_at: null,
};
