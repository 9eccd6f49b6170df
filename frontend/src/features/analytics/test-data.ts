import type { Analytics, Dashboard } from "./api";

/** Answers of the server for the tests of these pages. */

type Totals = Analytics["totals"];
type Tile = Dashboard["tiles"][number];
type Attention = Dashboard["attention"][number];

export const PROMPT_ID = "0190a000-0000-7000-8000-0000000000a1";
export const DAYS = ["2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"].map((day) => `${day}T00:00:00Z`);

export const tile = (key: Tile["key"], over: Partial<Tile> = {}): Tile => ({
  key,
  value: null,
  exact: null,
  budget: null,
  change: null,
  better: key === "quality" ? "up" : "down",
  series: DAYS.map((at) => [at, null, null, null]),
  note: "Nothing was asked.",
  ...over,
});

export const attention = (severity: Attention["severity"], over: Partial<Attention> = {}): Attention => ({
  kind: severity === "regression" ? "regression" : severity === "decision" ? "gate" : "review",
  severity,
  title: `Something of ${severity}`,
  detail: "What it rests on.",
  difference: null,
  action: { label: "See it", url: "/experiments" },
  ...over,
});

const NO_TILES = (["quality", "hallucination", "latency", "cost", "errors"] as const).map((key) => tile(key));

export const dashboard = (over: Partial<Dashboard> = {}): Dashboard => ({
  workspace: { id: "0190a000-0000-7000-8000-000000000002", name: "Help centre" },
  from: "2026-11-15T00:00:00Z",
  to: "2026-11-21T10:00:00Z",
  attention: [],
  tiles: NO_TILES,
  running: [],
  prompts: [],
  prompts_total: 0,
  label_moves: [],
  ...over,
});

export const promptLine = (over: Partial<Dashboard["prompts"][number]> = {}): Dashboard["prompts"][number] => ({
  prompt_id: PROMPT_ID,
  name: "support/answer",
  production: { version_id: "0190a000-0000-7000-8000-0000000000b1", number: 7, moved_at: "2026-11-14T09:00:00Z", moved_by: "ada" },
  latest_number: 10,
  ahead: 3,
  latest_verdict: "regression",
  score: { value: 0.87, interval: [0.8, 0.91], n: 96 },
  change: { value: 0.03, interval: [-0.01, 0.07], n: 96, direction: "higher" },
  trend: [0.7, 0.8, 0.87],
  ...over,
});

export const totals = (over: Partial<Totals> = {}): Totals => ({
  runs: 0,
  errors: 0,
  cost_usd: null,
  cost_estimated: null,
  unpriced: 0,
  tokens_in: null,
  tokens_out: null,
  latency_p50: null,
  latency_p95: null,
  latency_p99: null,
  hallucination: null,
  score: null,
  ...over,
});

/** Three days; on the second nothing was asked, on the third a price is unknown. */
export const analytics = (over: Partial<Analytics> = {}): Analytics => {
  const all = totals({
    runs: 130,
    errors: 4,
    unpriced: 2,
    tokens_in: 9000,
    tokens_out: 3000,
    latency_p50: 800,
    latency_p95: 2400,
    latency_p99: 4100,
    hallucination: { value: 0.042, interval: [0.032, 0.054], n: 120 },
    score: { value: 0.81, interval: [0.78, 0.84], n: 120 },
  });
  return {
    from: "2026-11-19T00:00:00Z",
    to: "2026-11-21T10:00:00Z",
    interval: "day",
    tz: "UTC",
    by: "none",
    buckets: DAYS.slice(4),
    groups: [
      {
        key: "all",
        name: "all calls",
        runs: [100, 0, 30],
        errors: [4, 0, 0],
        cost_usd: ["0.0123", null, null],
        cost_estimated: ["0.0123", null, "0.002"],
        unpriced: [0, 0, 2],
        tokens_in: [7000, null, 2000],
        tokens_out: [2000, null, 1000],
        latency_p50: [800, null, 810],
        latency_p95: [2300, null, 2500],
        latency_p99: [4000, null, 4200],
        hallucination: [{ value: 0.04, interval: [0.03, 0.05], n: 90 }, null, { value: 0.05, interval: [0.02, 0.09], n: 30 }],
        score: [{ value: 0.8, interval: [0.76, 0.84], n: 90 }, null, { value: 0.83, interval: [0.75, 0.9], n: 30 }],
        totals: all,
      },
    ],
    errors_by_class: [{ error_code: "rate_limit", count: 4, per_bucket: [4, 0, 0] }],
    totals: all,
    previous: totals({ runs: 80, cost_usd: "0.01", latency_p95: 2700, score: { value: 0.85, interval: [0.8, 0.89], n: 80 } }),
    label_moves: [{ at: "2026-11-19T12:00:00Z", prompt_id: PROMPT_ID, prompt_name: "support/answer", label: "production", from_number: 6, to_number: 7 }],
    movers: [
      {
        prompt_id: PROMPT_ID,
        name: "support/answer",
        metric: "hallucination",
        before: { value: 0.026, interval: null, n: 80 },
        after: { value: 0.042, interval: null, n: 120 },
        change: { value: 0.016, interval: [0.002, 0.03], n: 200 },
      },
    ],
    ...over,
  };
};
