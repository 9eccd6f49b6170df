import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { page, version } from "@/features/prompts/fixtures";
import type { Schemas } from "@/services/http";
import { makeQueryClient } from "@/services/query-client";
import { signedIn } from "@/test/render";
import { answer } from "@/test/server";
import { PromptExperimentsTab } from "./prompt-experiments-tab";

const prompt = { id: "p1", name: "support/answer", golden_count: 40 } as Schemas["PromptRead"];

const experiment = (id: string, day: number) => ({
  id,
  name: `Experiment ${id}`,
  prompt_id: "p1",
  prompt_name: "support/answer",
  status: "completed",
  trigger: "user",
  tags: [],
  progress: { planned: 40, scored: 40, template_error: 0, provider_error: 0, judge_error: 0, judge_unparseable: 0, worker_lost: 0, budget_skipped: 0, cancelled: 0 },
  primary_evaluator: "correctness",
  verdict: "regression",
  sentence: "v2 answers worse than v1.",
  cost_usd: "0.1",
  cost_estimated: "0.1",
  planned_cost_usd: null,
  max_cost_usd: null,
  versions: [{ number: 1, model: "mock:echo", mean: null }, { number: 2, model: "mock:echo", mean: { value: 0.8, interval: [0.7, 0.9], n: 40 } }],
  difference: { value: -0.1, interval: [-0.15, -0.05], n: 40 },
  regressed: 4,
  p95_ms: 900,
  git: null,
  eta_s: null,
  created_by: "ada",
  created_at: `2026-01-0${day}T00:00:00Z`,
  finished_at: null,
});

const scored = (number: number, mean: number) =>
  version(number, { last_score: { experiment_id: `e${number}`, finished_at: null, version_number: number, mean, interval: [mean - 0.1, mean + 0.05], n: 40 } });

test("each point leads to its experiment, and two chosen experiments to their comparison", async () => {
  signedIn();
  answer("get", "/prompts/p1/versions", page([scored(2, 0.8), scored(1, 0.9)]));
  answer("get", "/experiments", { items: [experiment("e2", 2), experiment("e1", 1)], next_cursor: null, total: 2 });
  const root = createRootRoute({ component: () => <PromptExperimentsTab prompt={prompt} /> });
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: ["/"] }) });
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  const user = userEvent.setup();

  expect(await screen.findByRole("link", { name: /^v1: 0\.90/ })).toHaveAttribute("href", "/experiments/e1");
  expect(within(screen.getByRole("table", { name: /xperiments/ })).getAllByText("Regression").length).toBeGreaterThanOrEqual(2);
  for (const box of await screen.findAllByRole("checkbox")) await user.click(box);
  const href = decodeURIComponent(screen.getByRole("link", { name: "Compare 2" }).getAttribute("href") ?? "");
  expect(href).toBe('/compare?base=e1:1&with=["e2:1"]');
});
