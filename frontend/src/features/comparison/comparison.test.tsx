import { screen, waitFor, within } from "@testing-library/react";
import { http as msw } from "msw";
import { beforeEach, expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import { EXPERIMENT, RULED, caseId, cell, row, tableOf } from "./test-data";
import { BROKEN, PAGE, layOut, served } from "./test-page";

beforeEach(layOut);

const openCase = (name: string) => screen.findByRole("complementary", { name });

test("the worst case is open before anybody asks, and its words are marked", async () => {
  served(BROKEN);
  renderAt(PAGE);

  const inspector = await openCase("Case 3");
  expect(await within(inspector).findByText("When do I get my money?")).toBeVisible();
  const output = await within(inspector).findByRole("article", { name: "Output of v9" });
  expect(within(output).getByText(/within 24 hours/)).toHaveClass("claim--contradicted");
  expect(within(within(inspector).getByRole("article", { name: "Output of v7" })).getAllByRole("deletion").length).toBeGreaterThan(0);
  expect(within(inspector).getByText(/κ 0.71 \[0.58 … 0.84\], n=120/)).toBeVisible();
  expect(screen.getByRole("heading", { name: "v9 against v7 on support/answer" })).toBeVisible();
  expect(await screen.findByText("Answer in two sentences.")).toBeVisible();
});

test("what broke is listed first and alone, and a chip shows another group", async () => {
  served(BROKEN);
  const { user } = renderAt(PAGE);

  const table = await screen.findByRole("table", { name: "Cases of v7, v9" });
  expect(within(table).getAllByRole("link").map((link) => link.textContent)).toEqual(["When do I get my money?", "Who pays the postage?"]);
  expect(screen.getByRole("button", { name: "Regressed 2", pressed: true })).toBeVisible();

  await user.click(screen.getByRole("button", { name: "Not counted 1" }));

  expect(await within(table).findByRole("link", { name: "Is there a phone number?" })).toBeVisible();
  expect(within(table).getAllByRole("link")).toHaveLength(1);
});

test("the keys walk the cases, close the open one and say what to compare with", async () => {
  served(BROKEN);
  const { user, router } = renderAt(PAGE);
  await openCase("Case 3");

  await user.keyboard("j");
  await openCase("Case 2");
  expect(router.state.location.search).toMatchObject({ case: caseId(1) });
  await user.keyboard("[[");
  await openCase("Case 3");
  await screen.findByRole("article", { name: "Output of v7" });
  await user.keyboard("d");
  expect(await screen.findByRole("article", { name: "Expected answer" })).toBeVisible();
  await user.keyboard("{Escape}");

  await waitFor(() => expect(screen.queryByRole("complementary", { name: /Case/ })).not.toBeInTheDocument());
  expect(screen.getByRole("link", { name: "When do I get my money?" })).toHaveFocus();
  await user.keyboard("j{Enter}");
  await openCase("Case 2");
});

test("the verdict comes with the cases, so that the page asks three times", async () => {
  served(BROKEN);
  answer("get", "/compare/cases", { ...BROKEN, verdict: RULED });
  const asked: string[] = [];
  const note = ({ request }: { request: Request }) => asked.push(new URL(request.url).pathname.replace("/api/v1", ""));
  server.events.on("request:start", note);
  renderAt(PAGE);

  const card = await screen.findByRole("region", { name: /^regression$/i });
  expect(card).toHaveTextContent("v9 is worse than v7: score fell.");
  expect(card).toHaveTextContent("A critical example that passed before fails now.");
  expect(card).not.toHaveTextContent("score 0.40 against 0.80"); // its figures stand above
  expect(await screen.findByText("Answer in two sentences.")).toBeVisible();
  await within(await openCase("Case 3")).findByText("When do I get my money?");
  server.events.removeListener("request:start", note);
  expect(asked.filter((path) => path.startsWith("/compare") || path.startsWith("/prompts") || path.startsWith("/experiments")).toSorted()).toEqual([
    "/compare/cases",
    `/compare/cases/${caseId(2)}`,
    "/prompts/diff",
  ]);
});

test("while a side runs, its cases stand there and no verdict is asked for", async () => {
  const running = { ...BROKEN, sides: BROKEN.sides.map((side, arm) => ({ ...side, status: arm === 1 ? ("running" as const) : side.status })) };
  served(running);
  server.use(msw.get("*/api/v1/compare", () => expect.unreachable("a verdict was asked for")));
  renderAt(PAGE);

  expect(await screen.findByText("v9 is still running.")).toBeVisible();
  expect(screen.getByRole("link", { name: "Watch v9" })).toBeVisible();
  expect(await screen.findByRole("link", { name: "When do I get my money?" })).toBeVisible();
});

test("b makes the version looked at the baseline of the others, and the open case stays open", async () => {
  served(tableOf([row(0, "regressed", [cell(1), cell(0), cell(1)])], 3));
  const { user, router } = renderAt(`${PAGE},${EXPERIMENT}:2&side=2&case=${caseId(0)}`);
  await openCase("Case 1");

  await user.keyboard("b");

  await waitFor(() =>
    expect(router.state.location.search).toMatchObject({ base: `${EXPERIMENT}:2`, with: `${EXPERIMENT}:0,${EXPERIMENT}:1`, case: caseId(0) }),
  );
});

test("where nothing got worse, a sentence says so and the lowest difference comes first", async () => {
  served(tableOf([row(0, "improved", [cell(0.5), cell(1)]), row(1, "same", [cell(1), cell(1)])]));
  renderAt(PAGE);

  expect(await screen.findByText(/No case got worse in v9/)).toBeVisible();
  expect(within(screen.getByRole("table", { name: "Cases of v7, v9" })).getAllByRole("link").map((link) => link.textContent)).toEqual(["Question 1", "Question 0"]);
});

test("with two candidates there is a column for each and no case is open by itself", async () => {
  served(tableOf([row(0, "regressed", [cell(1), cell(0), cell(1)]), row(1, "same", [cell(1), cell(1), cell(0.5)])], 3));
  renderAt(`${PAGE},${EXPERIMENT}:2`);

  expect(await screen.findByRole("heading", { name: "v9 and v11 against v7 on support/answer" })).toBeVisible();
  expect(screen.getByText("v11 is worse than v7.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Worse in any 2", pressed: true })).toBeVisible();
  expect(screen.getByRole("button", { name: "Repaired by v11 1" })).toBeVisible();
  expect(screen.getByRole("columnheader", { name: /v11/ })).toBeVisible();
  expect(screen.queryByRole("complementary", { name: /Case/ })).not.toBeInTheDocument();
});

test("of five thousand cases only those in the window are drawn", async () => {
  served(tableOf(Array.from({ length: 5_000 }, (_, index) => row(index, "regressed", [cell(1), cell(0)]))));
  renderAt(PAGE);

  const table = await screen.findByRole("table", { name: "Cases of v7, v9" });
  await within(table).findByRole("link", { name: "Question 0" });
  expect(table.querySelectorAll("tr").length).toBeLessThanOrEqual(40);
  expect(table).toHaveAttribute("aria-rowcount", "5001");
});

test("a link to what broke, where nothing did, says so and shows the rest", async () => {
  served(tableOf([row(0, "same", [cell(1), cell(1)])]));
  renderAt(`${PAGE}&only=regressed`);

  expect(await screen.findByText("No case got worse in v9.")).toBeVisible();
  expect(screen.getByRole("link", { name: "Question 0" })).toBeVisible();
});

test("an address that names no runs offers to choose them", async () => {
  signedIn();
  const run = { name: "Nightly", prompt_name: "support/answer", created_at: "2026-01-01T00:00:00Z", versions: [7, 9].map((number) => ({ number, model: "mock", mean: null })) };
  answer("get", "/experiments", { items: [{ ...run, id: EXPERIMENT }], next_cursor: null, total: 1 });
  const { user, router } = renderAt("/compare?base=42&with=nonsense");

  expect(await screen.findByText("The address does not name two runs.")).toBeVisible();
  await user.click(await screen.findByRole("button", { name: /v7/ }));
  expect(screen.getByRole("heading", { name: "Choose what to hold against it" })).toBeVisible();
  served(BROKEN);
  await user.click(screen.getByRole("button", { name: /v9/ }));

  expect(router.state.location.search).toMatchObject({ base: `${EXPERIMENT}:0`, with: `${EXPERIMENT}:1` });
});

test("runs the server does not know lead to the same choice, with its words", async () => {
  signedIn();
  refuse("get", "/compare/cases", 404, "not_found", "There is no such experiment.");
  answer("get", "/experiments", { items: [], next_cursor: null, total: 0 });
  renderAt(PAGE);

  expect(await screen.findByText("There is no such experiment.")).toBeVisible();
  expect(screen.getByRole("heading", { name: "Choose the baseline" })).toBeVisible();
});

test("showing all cases again empties the search box as well", async () => {
  served(BROKEN);
  const { user } = renderAt(PAGE);
  const box = await screen.findByRole("searchbox", { name: "Search questions and outputs" });
  await user.type(box, "nothing like it");
  await user.click(await screen.findByRole("button", { name: "Show all cases" }));

  expect(await screen.findByRole("link", { name: "Is there a phone number?" })).toBeVisible();
  expect(box).toHaveValue("");
});

test("where the sides are of two experiments the export names each, the candidate's first", async () => {
  const [baseline, candidate] = BROKEN.sides;
  if (!baseline || !candidate) throw new Error("two sides");
  served({ ...BROKEN, sides: [{ ...baseline, experiment_id: caseId(900), experiment_name: "Monday" }, candidate] });
  const { user } = renderAt(PAGE);
  await user.click(await screen.findByRole("button", { name: "Export" }));
  const items = (await screen.findAllByRole("menuitem")).map((item) => item.textContent);

  expect(items).toHaveLength(10);
  expect([items[0], items[5]]).toEqual(["Nightly: CSV, every case", "Monday: CSV, every case"]);
});

test("each side says what it cost and how slow it was", async () => {
  served(BROKEN);
  renderAt(PAGE);

  expect(await screen.findAllByText("$0.04 · p95 1.9 s")).toHaveLength(2);
});
