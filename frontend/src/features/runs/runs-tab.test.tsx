import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from "@tanstack/react-router";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { Schemas } from "@/services/http";
import { makeQueryClient } from "@/services/query-client";
import { signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { RunDetail } from "./api";
import { RunsTab } from "./runs-tab";

const PROMPT = "0190a000-0000-7000-8000-0000000000aa";
const prompt = { id: PROMPT, name: "support/answer", runs_7d: 2, latest_version: { number: 3 } } as Schemas["PromptRead"];
const HOSTILE = "<script>alert(1)</script>Refunds take 14 days. [a](javascript:alert(1))";

const run = (id: string, over: Partial<RunDetail> = {}): RunDetail => ({
  id,
  status: "completed",
  source: "run",
  prompt_id: PROMPT,
  prompt_name: "support/answer",
  version_id: "v",
  version_number: 3,
  model: "mock:echo",
  output: HOSTILE,
  error_code: null,
  error: null,
  latency_ms: 1_200,
  tokens_in: 40,
  tokens_out: 12,
  cost_usd: "0.0021",
  cost_estimated: null,
  created_by: "ada",
  created_at: "2026-01-01T00:00:00Z",
  finished_at: "2026-01-01T00:00:02Z",
  rendered_prompt: "Answer: when?",
  variables: { question: "When do I get my money?" },
  parameters: {},
  scores: [
    {
      evaluator: "grounded",
      evaluator_version: "v3",
      state: "scored",
      value: 0.5,
      hallucination_rate: 0.5,
      reason: "One claim stands against the source.",
      claims: [{ text: "14 days", verdict: "contradicted", reason: "The source says 5.", quote: "14 days", evidence: "within 5 days", start: null, end: null }],
      details: {},
    },
  ] as RunDetail["scores"],
  ...over,
});

function show(search = "") {
  signedIn();
  const root = createRootRoute({ component: () => <RunsTab prompt={prompt} />, validateSearch: (raw) => raw });
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: [`/${search}`] }) });
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), router };
}

test("a failed run names its cause in the list, and an unknown price is not a zero", async () => {
  const failed = run("r2", { status: "failed", output: null, error_code: "provider_timeout", error: "No answer within 60 s.", cost_usd: null });
  answer("get", "/runs", { items: [run("r1", { cost_usd: null }), failed], next_cursor: null, total: 2 } as never);
  show();

  const rows = await screen.findAllByRole("row");
  expect(rows[1]).toHaveTextContent("price unknown");
  expect(rows[2]).toHaveTextContent("failed: provider timeout");
});

test("the drawer shows what was sent and judged, and hostile output stays text", async () => {
  answer("get", "/runs", { items: [run("r1")], next_cursor: null, total: 1 } as never);
  answer("get", "/runs/r1", run("r1") as never);
  show("?run=r1");

  const drawer = await screen.findByRole("complementary", { name: "Run" });
  const claims = await within(drawer).findByRole("list", { name: "Claims, grounded" });
  expect(claims).toHaveTextContent("contradicted");
  expect(drawer).toHaveTextContent("<script>alert(1)</script>");
  expect(within(drawer).getByText("Answer: when?")).toBeVisible();
  expect(drawer.querySelector("script, a[href^='javascript']")).toBeNull();
  expect(within(drawer).getByRole("link", { name: "Open in playground" })).toHaveAttribute("href", "/playground?run=r1");
});

test("a run becomes a golden example with its variables and the mended output, and a refusal keeps the text", async () => {
  answer("get", "/runs", { items: [run("r1")], next_cursor: null, total: 1 } as never);
  answer("get", "/runs/r1", run("r1") as never);
  const { user } = show("?run=r1");
  await user.click(await screen.findByRole("button", { name: "Add as golden example" }));
  const text = await screen.findByRole("textbox", { name: "Expected output" });
  await user.clear(text);
  await user.type(text, "Within 5 days.");
  refuse("post", `/prompts/${PROMPT}/golden-examples`, 422, "invalid", "Invalid.", [{ pointer: "#/input_data/lang", code: "missing", detail: "The prompt needs this variable." }]);
  await user.click(screen.getByRole("button", { name: "Add example" }));
  expect(await screen.findByText("The prompt needs this variable.")).toBeVisible();
  expect(text).toHaveValue("Within 5 days.");

  let body: unknown;
  server.use(
    http.post(`*/api/v1/prompts/${PROMPT}/golden-examples`, async ({ request }) => {
      body = await request.json();
      return HttpResponse.json({}, { status: 201 });
    }),
  );
  await user.click(screen.getByRole("button", { name: "Add example" }));
  await waitFor(() =>
    expect(body).toMatchObject({ input_data: { question: "When do I get my money?" }, expected_output: "Within 5 days.", source: "run r1" }),
  );
});

test("filters stand in the address and are what the server is asked for", async () => {
  const asked: string[] = [];
  server.use(
    http.get("*/api/v1/runs", ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json({ items: [], next_cursor: null, total: 0 });
    }),
  );
  const { user, router } = show("?status=failed&v=2&from=tomorrow");
  expect(await screen.findByText("No run fits these filters")).toBeVisible();
  expect(asked).toEqual([`?prompt=${PROMPT}&version_number=2&status=failed`]);

  await user.click(screen.getByRole("button", { name: "Clear the filters" }));
  await waitFor(() => expect(router.state.location.search).toEqual({}));
  expect(await screen.findByText("No runs yet")).toBeVisible();
});

test("keys walk the runs with the focus, Enter opens one and e makes it an example", async () => {
  answer("get", "/runs", { items: [run("r1"), run("r2")], next_cursor: null, total: 2 } as never);
  answer("get", "/runs/r2", run("r2") as never);
  const { user, router } = show();
  const [, first, second] = await screen.findAllByRole("row");

  await user.keyboard("j");
  expect(within(first ?? document.body).getByRole("link")).toHaveFocus();
  await user.keyboard("j");
  expect(within(second ?? document.body).getByRole("link")).toHaveFocus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(router.state.location.search).toEqual({ run: "r2" }));
  await screen.findByText("Answer: when?");
  await user.keyboard("e");
  expect(await screen.findByRole("dialog", { name: "Add as golden example" })).toBeVisible();
});
