import { screen, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { System } from "./api";
import { diagnostics } from "./diagnostics";

const check = { status: "ok", detail: "answers", ms: 3 } as const;
const SYSTEM: System = {
  version: "1.0.0",
  revision: "0007",
  head: "0007",
  python: "3.12.1",
  started_at: "2026-11-01T10:00:00Z",
  mode: "embedded",
  checks: { database: check, redis: check, worker: { ...check, status: "degraded", detail: "no worker answers" }, migrations: check, model: check },
  workers: [],
  queues: [{ name: "run", depth: null }],
  database: { size_bytes: 10_485_760, version: "17.2" },
  disk: null,
  active_cases: 0,
  circuits: [{ name: "openai", state: "open" }],
};

const provider = {
  name: "openai",
  configured: true,
  key_hint: "…ab12",
  base_url: null,
  models: [{ name: "openai:gpt-5-mini", input_per_million: "0.25", output_per_million: null, priced_at: "2026-11-15", is_default: true, limit: null }],
  circuit: "closed",
  concurrency: 8,
  how_to_configure: "Set OPENAI_API_KEY.",
};
const local = { ...provider, name: "anthropic", configured: false, key_hint: null, models: [], circuit: null, concurrency: null, how_to_configure: "Set ANTHROPIC_API_KEY." };

test("a provider's test shows the provider's own words, and one that is not set up says how", async () => {
  signedIn();
  answer("get", "/providers", { items: [provider, local], next_cursor: null, total: 2 });
  answer("post", "/providers/openai/test", { ok: false, latency_ms: null, model: "openai:gpt-5-mini", error: "Key revoked on 18 Nov.", error_code: "invalid_api_key" });
  const { user } = renderAt("/settings/providers");
  await user.click(await screen.findByRole("button", { name: "Test openai" }));

  expect(await screen.findByText("Key revoked on 18 Nov.")).toBeVisible();
  expect(screen.getByText("Set ANTHROPIC_API_KEY.")).toBeVisible();
  expect(screen.getByRole("link", { name: "Prices of the models" })).toHaveAttribute("href", "/settings/budgets");
});

test("a model that is being asked says in one line what all workers share", async () => {
  signedIn();
  const limit = { in_flight: 7, concurrency: 58, held_until: "2026-11-01T10:00:20Z", requests_per_minute: 500, tokens_per_minute: null };
  const [model] = provider.models;
  answer("get", "/providers", { items: [{ ...provider, models: [{ ...model, limit }] }], next_cursor: null, total: 1 });
  renderAt("/settings/providers");

  expect(await screen.findByText(/^7 in flight, 58 at once for experiments, held until \d\d:\d\d:20, 500 requests a minute$/)).toBeVisible();
});

test("the audit log is asked with the filters of the address, and a row opens to what changed", async () => {
  signedIn();
  const asked: string[] = [];
  const event = {
    id: "e1",
    number: 7,
    tag: "user:member:changed",
    actor: "ada",
    object_id: "0190a000-0000-7000-8000-000000000003",
    before: { role: "user" },
    after: { role: "editor" },
    address: "10.0.4.17",
    request_id: "req-7",
    created_at: "2026-11-01T10:00:00Z",
  };
  answer("get", "/audit/tags", { items: ["user:member:changed"] });
  server.use(
    msw.get("*/api/v1/audit", ({ request }) => {
      asked.push(new URL(request.url).searchParams.toString());
      return HttpResponse.json({ items: [event], next_cursor: "older", total: 90 });
    }),
  );
  const { user, router } = renderAt("/settings/audit?actor=ada");
  await user.click(await screen.findByRole("button", { name: "Details of 7, user:member:changed" }));

  expect(asked).toEqual(["actor=ada"]);
  expect(screen.getByText("editor")).toBeVisible();
  expect(screen.getByText("req-7")).toBeVisible();
  expect(screen.getByRole("link", { name: "Export CSV" })).toHaveAttribute("href", "/api/v1/audit/export?format=csv&actor=ada");
  await user.click(screen.getByRole("button", { name: "Older" }));
  expect(router.state.location.search).toEqual({ actor: "ada", cursor: "older" });
});

test("the audit log that fails offers another try and the request to quote", async () => {
  signedIn();
  answer("get", "/audit/tags", { items: [] });
  refuse("get", "/audit", 500, "internal", "The database did not answer.");
  renderAt("/settings/audit");

  expect(await screen.findByText("The database did not answer.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Retry" })).toBeVisible();
});

test("the system says what is in trouble and does not take an unknown length for 0", async () => {
  signedIn();
  answer("get", "/system", SYSTEM);
  renderAt("/settings/system");

  expect(await screen.findByText("no worker answers")).toBeVisible();
  const queue = within(screen.getByRole("table", { name: "Queues" }));
  expect(queue.getByText("not known")).toBeInTheDocument();
  expect(screen.getByText("open, left alone for now")).toBeVisible();
});

test("diagnostics leave out whatever nobody has named", () => {
  const leaky = { ...SYSTEM, database_url: "postgresql://ada:hunter2@db/llmops", workers: [{ name: "worker@ada-laptop", last_seen_at: "2026-11-01T10:00:00Z", busy: 0, threads: 4 }] };
  const text = diagnostics(leaky, new Date("2026-11-02T00:00:00Z"));

  expect(text).not.toMatch(/hunter2|ada-laptop/);
  expect(JSON.parse(text)).toMatchObject({ version: "1.0.0", workers: [{ busy: 0, threads: 4 }] });
});
