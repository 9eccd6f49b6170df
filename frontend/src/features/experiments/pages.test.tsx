import { screen, waitFor, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import { ID, LINE, PROMPT, PROMPT_ID, RUNNING, page, versionOf } from "./testing";

const PLAN = { cases: 80, calls: 160, cost_usd_estimate: "0.13", minimum_detectable_difference: 0.08, budget: null, eta_s: 35 };
const NEW = "/experiments/new?prompt=support%2Fanswer";

beforeEach(() => {
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0 });
  server.use(msw.get("*/api/v1/prompts/named/*", () => HttpResponse.json(PROMPT)));
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([versionOf(10), versionOf(7, ["production"])]));
  answer("post", "/experiments/plan", PLAN);
});

/** The first page of a file also waits for its own code. */
const PATIENT = { timeout: 5_000 };

const runButton = () => screen.findByRole("button", { name: /^Run/ });

test("the plan says what it costs and what it can see, in the server's figures", async () => {
  renderAt(NEW);
  expect(await screen.findByText("With these examples you can see a drop of 0.08 or more.", {}, PATIENT)).toBeInTheDocument();
  expect(await runButton()).toHaveTextContent("160 calls, ≈ $0.13, about 35 s");
});

const BUDGET = {
  budget_id: ID,
  scope: "workspace",
  object_name: null,
  period: "month",
  limit_usd: "5",
  left_usd: "0.10",
  missing_usd: "0.03",
  renews_at: "2026-02-01T00:00:00Z",
};

test("a plan that a budget refuses says so with the amounts, also below the run's own cap", async () => {
  answer("post", "/experiments/plan", { ...PLAN, budget: BUDGET });
  renderAt(NEW);
  expect(await screen.findByText("It will not start: $0.03 more than the budget has left (The workspace, a month)")).toBeInTheDocument();
  expect(screen.getByText("$0.10 of $5.00 left")).toBeInTheDocument();
});

test("a rerun chooses the same models, gate and examples, and says where the examples are not known", async () => {
  const asked: unknown[] = [];
  server.use(
    msw.post("*/api/v1/experiments/plan", async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json(PLAN);
    }),
  );
  answer("get", `/experiments/${ID}/status`, { ...RUNNING, models: ["mock:echo"], gate: "release", golden: null });
  answer("get", "/models", { items: [], default: "mock:echo" });
  answer("get", "/evaluators", { items: [] });
  answer("get", "/judges", page([]));
  renderAt(`${NEW}&versions=7,10&baseline=7&from=${ID}`);

  expect(await screen.findByText("The run before was on 5 examples; how they were chosen is not known. This one takes all.")).toBeInTheDocument();
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ models: ["mock:echo"], gate: "release", golden: {} }));
});

test("an unknown price is words, not 0", async () => {
  answer("post", "/experiments/plan", { ...PLAN, cost_usd_estimate: null });
  renderAt(NEW);
  expect(await screen.findByText("a model has no price")).toBeInTheDocument();
  expect(await runButton()).toHaveTextContent("160 calls, price unknown");
  expect(screen.queryByText("$0")).not.toBeInTheDocument();
});

test("a refusal stands at its field and the form keeps what was typed", async () => {
  const { user } = renderAt(NEW);
  const cap = await screen.findByLabelText("Stop at this cost, $");
  await user.clear(cap);
  await user.type(cap, "lots");
  refuse("post", "/experiments/plan", 422, "invalid", "The request is not valid.", []);
  refuse("post", "/experiments/run", 422, "invalid", "The request is not valid.", [
    { pointer: "#/max_cost_usd", code: "decimal_parsing", detail: "Write an amount, for instance 1.00." },
  ]);
  await user.click(await runButton());

  await waitFor(() => expect(cap).toBeInvalid());
  expect(cap).toHaveAccessibleDescription(expect.stringContaining("Write an amount, for instance 1.00."));
  expect(cap).toHaveValue("lots");
});

test("a run starts with a key that makes a second press the same experiment, and leads to its page", async () => {
  const keys: (string | null)[] = [];
  server.use(
    msw.post("*/api/v1/experiments/run", ({ request }) => {
      keys.push(request.headers.get("idempotency-key"));
      if (keys.length === 1) return HttpResponse.json({ title: "Busy", detail: "Try again.", code: "unavailable" }, { status: 503 });
      return HttpResponse.json({ experiment_id: ID, task_id: ID, status: "pending", url: "", status_url: "", plan: PLAN, delayed: false }, { status: 202 });
    }),
  );
  refuse("get", `/experiments/${ID}/status`, 404, "not_found", "Not there.");
  const { user, router } = renderAt(NEW);
  await user.click(await runButton());
  expect(await screen.findByText("Try again.")).toBeInTheDocument();
  await user.click(await runButton());

  await waitFor(() => expect(router.state.location.pathname).toBe(`/experiments/${ID}`));
  expect(keys[0]).toBeTruthy();
  expect(keys[1]).toBe(keys[0]);
});

test("the versions stand in the address, and the last one cannot be taken away", async () => {
  const { user, router } = renderAt(`${NEW}&versions=10`);
  const seven = await screen.findByRole("checkbox", { name: "Version 7" });
  await user.click(seven);
  await waitFor(() => expect(router.state.location.href).toContain("versions=10,7"));
});

test("a model without a key cannot be chosen and says how to get one", async () => {
  const models = [
    { name: "mock:echo", provider: "mock", usable: true, input_per_million: "0", output_per_million: "0" },
    { name: "openai:gpt", provider: "openai", usable: false, input_per_million: null, output_per_million: null },
  ];
  answer("get", "/models", { items: models, default: "mock:echo", judge: "mock:judge" });
  const { user } = renderAt(NEW);
  await user.click(await screen.findByRole("button", { name: "Choose models" }));
  expect(await screen.findByRole("checkbox", { name: "openai:gpt" })).toBeDisabled();
  expect(screen.getByRole("link", { name: "Give openai a key" })).toHaveAttribute("href", "/settings/providers");
});

test("without a prompt the page asks for one", async () => {
  answer("get", "/prompts", page([PROMPT]));
  renderAt("/experiments/new");
  expect(await screen.findByRole("link", { name: "support/answer" })).toHaveAttribute("href", expect.stringContaining("prompt=support/answer"));
});

test("the first time the list says what an experiment is for and how to begin", async () => {
  answer("get", "/experiments", page([]));
  renderAt("/experiments");
  expect(await screen.findByText("An experiment runs a version on your golden examples and says whether it got worse.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Load demo data" })).toBeInTheDocument();
  expect(screen.getByText("llmops demo")).toBeInTheDocument();
});

test("a filter without a match offers to be cleared", async () => {
  answer("get", "/experiments", page([]));
  const { user, router } = renderAt("/experiments?verdict=regression");
  await user.click(await screen.findByRole("button", { name: "Clear the filters" }));
  await waitFor(() => expect(router.state.location.search).toEqual({}));
});

test("two chosen experiments can be compared, the older one as the baseline", async () => {
  const later = { ...LINE, id: "later", name: "again", created_at: "2026-02-01T00:00:00Z" };
  answer("get", "/experiments", page([later, LINE]));
  const { user } = renderAt("/experiments");
  await user.click(await screen.findByRole("checkbox", { name: "Choose again" }));
  expect(screen.queryByRole("link", { name: "Compare" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("checkbox", { name: "Choose v10 against v7" }));
  const link = await screen.findByRole("link", { name: "Compare" });
  expect(decodeURIComponent(link.getAttribute("href") ?? "")).toContain(`base=${ID}:1`);
});

test("a row tells progress, cost of the cap, trigger and versions; j and x walk and choose", async () => {
  answer("get", "/experiments", page([LINE]));
  const { user } = renderAt("/experiments");
  const row = (await screen.findByText("4 of 10 cases scored")).closest("tr");
  if (!row) throw new Error("no row");
  expect(within(row).getByText("48 s left")).toBeInTheDocument();
  expect(within(row).getByText("of $1.00")).toBeInTheDocument();
  expect(within(row).getByText(/pull request 12/)).toBeInTheDocument();
  await user.keyboard("j");
  expect(within(row).getByRole("link", { name: "v10 against v7" })).toHaveFocus();
  await user.keyboard("x");
  await waitFor(() => expect(row).toHaveAttribute("aria-selected", "true"));
});

test("x ticks the row that has the focus, however it came there", async () => {
  answer("get", "/experiments", page([LINE, { ...LINE, id: "second", name: "second" }, { ...LINE, id: "third", name: "third" }]));
  const { user } = renderAt("/experiments");
  const third = await screen.findByRole("link", { name: "third" });
  await user.keyboard("jj");
  expect(screen.getByRole("link", { name: "second" })).toHaveFocus();
  third.focus();
  await user.keyboard("x");

  expect(await screen.findByRole("checkbox", { name: "Choose third" })).toBeChecked();
  expect(screen.getByRole("checkbox", { name: "Choose second" })).not.toBeChecked();
});

test("a rise of what should fall is worse, and columns for few are hidden", async () => {
  const difference = { value: 0.2, interval: [0.1, 0.3], n: 40 };
  const line = { ...LINE, status: "completed", verdict: "regression" };
  answer("get", "/experiments", page([{ ...line, difference: { ...difference, direction: "lower" } }, { ...line, id: "up", name: "up", difference: { ...difference, direction: "higher" } }]));
  renderAt("/experiments");
  const table = await screen.findByRole("table", { name: "Experiments" });

  expect(within(table).getAllByText("+0.20").map((delta) => delta.textContent)).toEqual(["▲ +0.20 worse", "▲ +0.20 better"]);
  expect(within(table).queryByRole("columnheader", { name: "Judge" })).toBeNull();
});
