import { screen, waitFor, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { expect, test } from "vitest";
// here, so that no test waits for it
import "@/pages/dashboard";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import { headingOf } from "./heading";
import { attention, dashboard, promptLine, tile } from "./test-data";

const heading = (...severities: ("regression" | "decision" | "work")[]) => headingOf(severities.map((severity) => ({ severity })));

test("the heading says in a sentence what got worse and how much waits", () => {
  expect(heading("regression", "decision", "work", "work")).toBe("One prompt got worse, three things wait for you");
  expect(heading("decision", "work")).toBe("Nothing got worse. Two things wait for you.");
  expect(heading("work")).toBe("Nothing got worse. One thing waits for you.");
  expect(heading("regression", "regression")).toBe("Two prompts got worse");
  expect(heading()).toBe("Nothing got worse, and nothing waits for you");
});

test("a list that is cut off is not counted as if it were whole", () => {
  expect(heading("regression", ...Array<"work">(6).fill("work"))).toBe("One prompt got worse, at least six things wait for you");
});

const busy = dashboard({
  attention: [
    attention("regression", {
      title: "support/answer v10 is worse than production v7",
      difference: { value: -0.07, interval: [-0.12, -0.01], n: 96, direction: "higher" },
      action: { label: "See what broke", url: "/compare?base=b&with=a" },
    }),
    attention("work"),
  ],
  tiles: [
    tile("quality", { note: "No version in production was judged in this period." }),
    tile("cost", { value: { value: 0.0123, interval: null, n: 120 }, exact: "0.0123", note: "US dollars for all calls." }),
  ],
  prompts: [promptLine()],
  prompts_total: 23,
});

test("the state of the workspace is the heading, and each thing that waits has one action", async () => {
  signedIn();
  answer("get", "/dashboard", busy);
  renderAt("/");

  expect(await screen.findByRole("heading", { level: 1, name: "One prompt got worse, one thing waits for you" })).toBeVisible();
  expect(screen.getByText("▼", { exact: false })).toHaveTextContent("▼");
  expect(screen.getByRole("link", { name: "See what broke" })).toHaveAttribute("href", "/compare?base=b&with=a");
  const row = within(screen.getByRole("table", { name: "Prompts in production" }));
  expect(row.getByRole("link", { name: "support/answer" })).toHaveAttribute("href", "/prompts/support/answer");
  expect(row.getByText("3 ahead")).toBeVisible();
});

test("a tile without data says why and shows no 0; an exact sum says what it counts", async () => {
  signedIn();
  answer("get", "/dashboard", busy);
  renderAt("/");
  const tiles = within(await screen.findByRole("region", { name: "Key figures" }));

  const quality = tiles.getByRole("link", { name: /Production quality/ });
  expect(quality).toHaveTextContent("No version in production was judged in this period.");
  expect(quality).not.toHaveTextContent(/\d/);
  expect(tiles.getByRole("link", { name: /^Cost/ })).toHaveTextContent("$0.012 sum of 120 calls");
});

test("the cost stands beside the budget of the workspace, and a budget that runs out leads to the budgets", async () => {
  signedIn();
  const budget = { period: "month", state: "alert", spent_usd: "43.1", limit_usd: "50" } as const;
  const told = attention("decision", { kind: "budget", title: "The workspace has used 86 % of the month's budget", action: { label: "See the budgets", url: "/settings/budgets" } });
  answer("get", "/dashboard", { ...busy, attention: [told], tiles: [tile("cost", { budget })] });
  renderAt("/");

  expect(await screen.findByRole("link", { name: /^Cost/ })).toHaveTextContent("$43.10 of $50.00 this month");
  expect(screen.getByRole("link", { name: "See the budgets" })).toHaveAttribute("href", "/settings/budgets");
});

test("the period stands in the address and is what the server is asked for; another word falls back to 7 days", async () => {
  signedIn();
  const asked: string[] = [];
  server.use(
    msw.get("*/api/v1/dashboard", ({ request }) => {
      asked.push(new URL(request.url).searchParams.toString());
      return HttpResponse.json(busy);
    }),
  );
  const { user, router } = renderAt("/?days=12");
  await user.click(await screen.findByRole("button", { name: "30 d" }));

  await waitFor(() => expect(asked).toEqual(["days=7&tz=UTC", "days=30&tz=UTC"]));
  await waitFor(() => expect(router.state.location.searchStr).toBe("?days=30"));
});

const STEPS = { steps: (["model", "prompt", "examples", "experiment", "label"] as const).map((key) => ({ key, done: false })), has_demo_data: false };

test("an empty workspace shows the first steps, and loading the demo data leads to its experiment", async () => {
  signedIn();
  answer("get", "/dashboard", dashboard());
  answer("get", "/onboarding", STEPS);
  answer("post", "/demo-data", { prompt_id: "p", experiment_id: null, url: "/prompts?q=demo" }, 202);
  const { user, router } = renderAt("/");
  const load = await screen.findByRole("button", { name: "Load demo data" });

  expect(screen.getByText("0 of 5 done")).toBeVisible();
  expect(screen.getByText("llmops demo")).toBeVisible();
  expect(screen.queryByRole("region", { name: "Key figures" })).toBeNull();
  await user.click(load);
  await waitFor(() => expect(router.state.location.href).toBe("/prompts?q=demo"));
});

test("demo data that cannot be loaded says so beside the button", async () => {
  signedIn();
  answer("get", "/dashboard", dashboard());
  answer("get", "/onboarding", STEPS);
  refuse("post", "/demo-data", 409, "name_taken", "A prompt of yours is called support/answer.");
  const { user } = renderAt("/");
  await user.click(await screen.findByRole("button", { name: "Load demo data" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("A prompt of yours is called support/answer.");
});

test("a workspace with nothing but the demo data offers to remove it", async () => {
  signedIn();
  answer("get", "/dashboard", dashboard({ prompts: [promptLine()], prompts_total: 1 }));
  answer("get", "/onboarding", { ...STEPS, has_demo_data: true });
  answer("delete", "/demo-data", null, 204);
  const { user } = renderAt("/");
  await user.click(await screen.findByRole("button", { name: "Remove demo data" }));

  expect(await screen.findByText("Removed the demo data")).toBeVisible();
  expect(screen.getByRole("button", { name: "Undo" })).toBeVisible();
});
