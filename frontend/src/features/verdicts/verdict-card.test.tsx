import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { VerdictCard } from "./verdict-card";
import type { Verdict } from "./verdict-rows";

const METRIC = { metric: "failure", direction: "lower", baseline: 0.1, candidate: 0.3, difference: 0.2, interval: [0.1, 0.3], n_pairs: 40, margin: 0.05, p_value: 0.001, wins: 1, ties: 30, losses: 9 };
const RULED = {
  verdict: "regression",
  headline: "v9 is worse than v7: failing answers rose from 0.10 to 0.30.",
  candidate: { version_number: 9 },
  baseline: { version_number: 7 },
  metrics: [METRIC],
  slices: [{ tag: "refunds", n_pairs: 12, difference: -0.4, interval: [-0.6, -0.2], p_value: 0.001, q_value: 0.01 }],
  reasons: [],
  warnings: [],
  settle: null,
  n_pairs: 40,
  n_examples: 40,
  score_if_missing: null,
  policy: { gate: null },
} as unknown as Verdict;

test("a metric that should fall stands with worse on the right, and tags beside it as words", () => {
  render(<VerdictCard verdict={RULED} />);
  const plot = screen.getByRole("img");

  expect(plot).toHaveTextContent("← better · v9 worse →");
  expect(plot).not.toHaveTextContent("refunds");
  expect(screen.getByText(/Score of refunds/)).toHaveTextContent("▼ \u22120.40 worse");
  expect(screen.getAllByText("+0.20")[0]).toHaveTextContent("worse");
});

test("a metric that should rise stands with worse on the left, its tags below it", () => {
  const lead = { ...METRIC, metric: "score", direction: "higher", difference: -0.2, interval: [-0.3, -0.1] };
  render(<VerdictCard verdict={{ ...RULED, metrics: [lead] } as unknown as Verdict} />);
  const plot = screen.getByRole("img");

  expect(plot).toHaveTextContent("← v9 worse · better →");
  expect(plot).toHaveTextContent("refunds");
  expect(screen.queryByText(/Score of refunds/)).toBeNull();
});
