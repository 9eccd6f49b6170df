import type { Schemas } from "@/services/http";
import type { CaseDetail, CaseTable, Repeat, Side } from "./api";

export const EXPERIMENT = "0190a000-0000-7000-8000-0000000000e1";
export const PROMPT = "0190a000-0000-7000-8000-0000000000f1";
type Row = Schemas["CaseRow"];
type Cell = Schemas["SideCell"];
type Group = Schemas["Group"];

export const caseId = (position: number): string => `0190a000-0000-7000-8000-${String(position).padStart(12, "0")}`;

export function cell(score: number | null, { output = "An answer.", spread = null }: { output?: string; spread?: number | null } = {}): Cell {
  return [score, score === null ? "provider_error" : "scored", score === null ? null : output, spread, "0.0004", 1600];
}

export function row(position: number, group: Group | null, cells: Cell[], { question = `Question ${position}`, tags = [] as string[] } = {}): Row {
  return [caseId(position), position, question, tags, false, group, cells];
}

const side = (arm: number): Side => ({
  experiment_id: EXPERIMENT,
  arm,
  name: null,
  version_number: 7 + 2 * arm,
  version_id: `0190a000-0000-7000-8000-0000000000a${arm}`,
  model: "mock",
  labels: arm === 0 ? ["production"] : [],
  experiment_name: "Nightly",
  status: "completed",
  created_at: "2026-01-01T00:00:00Z",
  mean: { value: 0.8, interval: [0.73, 0.86], n: 96 },
  failures: 0,
  cost_usd: "0.04",
  latency_p95_ms: 1850,
});

export function tableOf(rows: Row[], sides = 2): CaseTable {
  const counted = (group: Group) => rows.filter((one) => one[5] === group).length;
  return {
    columns: ["example_id", "position", "question", "tags", "critical", "group", "sides"],
    metric: "score",
    direction: "higher",
    prompt: { id: PROMPT, name: "support/answer" },
    snapshot_hash: "3f9a1c0000",
    judge: { evaluator: "correctness", version: "3", model: "mock:judge" },
    evaluators: ["correctness"],
    verdict: null,
    others: Array.from({ length: sides - 2 }, (_, index) => shortOf(index + 2)),
    sides: Array.from({ length: sides }, (_, arm) => side(arm)),
    rows,
    counts: {
      regressed: counted("regressed"),
      improved: counted("improved"),
      same: counted("same"),
      error: counted("error"),
      only_one: counted("only_one"),
    },
  };
}

function repeat(arm: number, score: number, output: string, claims: Schemas["ClaimRead"][]): Repeat {
  return {
    repeat: 0,
    case_no: 40 + arm,
    state: "scored",
    output,
    error_code: null,
    error: null,
    score,
    cost_usd: "0.0004",
    latency_ms: 1600,
    tokens_in: 210,
    tokens_out: 22,
    evaluations: [
      {
        evaluator: "correctness",
        version: "3",
        score,
        hallucination_rate: score === 0 ? 0.67 : 0,
        hallucination: score === 0,
        reason: "Two claims are against the policy.",
        state: "scored",
        raw_reply: null,
        claims,
        is_primary: true,
        overridden_by: null,
      },
    ],
  };
}

const quoted = (quote: string, verdict: string, evidence: string | null) => ({ text: quote, quote, verdict, evidence, reason: "", start: null, end: null });

export function detailOf(position: number, question: string): CaseDetail {
  const [before, after] = [tableOf([]).sides[0], tableOf([]).sides[1]];
  if (!before || !after) throw new Error("two sides");
  return {
    example: {
      id: caseId(position),
      position,
      input_data: { question },
      expected_output: "Within 14 days.",
      context: "# Returns §3\nThe money is sent within 14 days after we receive the parcel.",
      criteria: null,
      tags: ["refunds"],
      critical: false,
    },
    sides: [
      { ...before, repeats: [repeat(0, 1, "Your refund is issued within 14 days, to your card.", [quoted("within 14 days", "supported", null)])] },
      {
        ...after,
        repeats: [
          repeat(1, 0, "Your refund is issued within 24 hours, as store credit.", [
            quoted("within 24 hours", "contradicted", "within 14 days after we receive the parcel"),
            quoted("as store credit", "not_found", null),
          ]),
        ],
      },
    ],
    judge: { evaluator: "correctness", kappa: { value: 0.71, interval: [0.58, 0.84], n: 120 } },
  };
}

export const shortOf = (arm: number): Schemas["ShortVerdict"] => ({
  candidate: `${EXPERIMENT}:${arm}`,
  ruling: "regression",
  headline: `v${7 + 2 * arm} is worse than v7.`,
  sentence: `v${7 + 2 * arm} answers worse than v7.`,
  direction: "higher",
  difference: -0.07,
  interval: [-0.12, -0.01],
  n: 96,
  wins: 5,
  ties: 77,
  losses: 14,
});

/** What the page reads of a verdict on the two. */
export const RULED = {
  verdict: "regression",
  headline: "v9 is worse than v7: score fell.",
  sentence: "v9 is worse than v7: score fell.",
  reasons: ["score 0.40 against 0.80 (−0.40, −0.70 to −0.10, p = 0.010, 4 pairs)", "a critical example that passed before fails now."],
  warnings: [],
  settle: null,
  baseline: { latency_p95_ms: null, version_number: 7 },
  candidate: { latency_p95_ms: null, version_number: 9 },
  policy: { gate: null },
  n_pairs: 4,
  n_examples: 5,
  metrics: [{ metric: "score", direction: "higher", baseline: 0.8, candidate: 0.4, difference: -0.4, interval: [-0.7, -0.1], n_pairs: 4, margin: 0.05, p_value: 0.01, wins: 1, ties: 1, losses: 2 }],
  slices: [],
  cost_ratio: null,
  score_if_missing: null,
};
