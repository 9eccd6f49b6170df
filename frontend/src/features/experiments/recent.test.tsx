import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import "@/pages/experiments";
import { renderAt, signedIn } from "@/test/render";
import { answer } from "@/test/server";
import type { Experiment } from "./api";
import { recentOf } from "./recent";
import { LINE, page } from "./testing";

const finished = (day: number, over: Partial<Experiment> = {}): Experiment => ({
  ...LINE,
  id: `e${day}`,
  name: `Run ${day}`,
  status: "completed",
  versions: [{ number: 7, model: "mock:echo", mean: { value: 0.8, interval: [0.7, 0.9], n: 40 } }],
  cost_usd: "0.05",
  p95_ms: 900,
  finished_at: `2026-01-${String(day).padStart(2, "0")}T00:00:00Z`,
  ...over,
});

beforeEach(() => {
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0 });
});

test("the newest twenty finished ones are shown oldest first, whatever the list's order; fewer than three show no course", () => {
  const days = Array.from({ length: 25 }, (_, index) => finished(index + 1));
  expect(recentOf(days.toReversed()).map(({ id }) => id)).toEqual(days.slice(5).map(({ id }) => id));
  expect(recentOf([finished(1), finished(2), finished(3, { status: "failed" }), LINE])).toEqual([]);
});

test("each point says its figure with interval and n and leads to its experiment, also as a table", async () => {
  const odd = finished(3, { primary_evaluator: "exact", cost_usd: null, p95_ms: null, versions: [] });
  answer("get", "/experiments", page([odd, finished(2), finished(1)]));
  const { user, router } = renderAt("/experiments?verdict=regression");
  const strip = within(await screen.findByRole("figure", { name: "Last 3 finished" }));
  expect(strip.getByRole("link", { name: "similarity, Run 2: 0.80, 0.70 to 0.90, n=40" })).toHaveAttribute("href", "/experiments/e2");
  expect(strip.getByRole("link", { name: "Cost, Run 1: $0.05" })).toBeInTheDocument();
  expect(strip.getByRole("group", { name: /^Latency, p95\..*not measured on Run 3/ })).toBeInTheDocument();

  await user.click(strip.getByRole("button", { name: "View as table" }));
  const rows = within(strip.getByRole("table", { name: "Last 3 finished" })).getAllByRole("row");
  expect(rows[2]).toHaveTextContent("similarity0.80 [0.70 … 0.90], n=40$0.05900 ms");
  expect(rows[3]).toHaveTextContent("exactnot judgedprice unknownnot measured");
  answer("get", "/experiments/e2/status", {}, 404);
  answer("get", "/experiments/e2/cases", {}, 404);
  await user.click(strip.getByRole("link", { name: "Run 2" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/experiments/e2"));
});

test("a list with two finished experiments has no charts", async () => {
  answer("get", "/experiments", page([finished(2), finished(1)]));
  renderAt("/experiments");
  expect(await screen.findByRole("link", { name: "Run 2" })).toBeVisible();
  expect(screen.queryByText(/^Last \d+ finished/)).toBeNull();
});
