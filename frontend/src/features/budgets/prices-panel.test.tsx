import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer } from "@/test/server";
import type { Price } from "./api";

const price = (model: string, more: Partial<Price>): Price => ({
  model,
  source: "listed",
  input_usd: "0.25",
  output_usd: "2",
  priced_at: "2026-11-21",
  in_use: true,
  overrides: [],
  ...more,
});

test("each model says what it costs and as of which day, and what nobody lists is unknown", async () => {
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null, between_people: null });
  answer("get", "/budgets", { items: [], next_cursor: null, total: 0 });
  answer("get", "/prices", {
    items: [
      price("openai:gpt-5-mini", {}),
      price("anthropic:claude-haiku-4-5", { source: "override", priced_at: "2026-01-01", in_use: false }),
      price("huggingface:Qwen/Qwen3-32B", { source: "unknown", input_usd: null, output_usd: null, priced_at: null, in_use: false }),
    ],
    lists: "genai-prices 0.2.3",
    flat_rate_usd: "10",
  });
  renderAt("/settings/budgets");
  const table = await screen.findByRole("table", { name: "Prices" });
  const [, ...rows] = within(table).getAllByRole("row").map((row) => row.textContent);

  expect(rows).toEqual([
    expect.stringMatching(/^openai:gpt-5-mini\$0\.25\$2.*price listas of 21 Nov 2026/),
    expect.stringMatching(/^anthropic:claude-haiku-4-5not used yet.*your ownsince 1 Jan 2026/),
    expect.stringMatching(/^huggingface:Qwen\/Qwen3-32Bnot used yetunknownunknownno list has it/),
  ]);
  expect(screen.getByText(/Lists: genai-prices 0\.2\.3\./)).toBeVisible();
});
