import { screen, waitFor, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { CaseTable } from "./api";
import { EXPERIMENT, RULED, caseId, cell, detailOf, row, tableOf } from "./test-data";
import { WIDE } from "./use-media";

const PAGE = `/compare?base=${EXPERIMENT}:0&with=${EXPERIMENT}:1`;
const BROKEN = tableOf([
  row(0, "same", [cell(1), cell(1)], { question: "Do you ship to a locker?", tags: ["delivery"] }),
  row(1, "regressed", [cell(1), cell(0.5)], { question: "Who pays the postage?", tags: ["refunds"] }),
  row(2, "regressed", [cell(1), cell(0)], { question: "When do I get my money?", tags: ["refunds"] }),
  row(3, "improved", [cell(0), cell(1)], { question: "Why was I charged twice?", tags: ["billing"] }),
  row(4, "error", [cell(1), cell(null)], { question: "Is there a phone number?", tags: ["account"] }),
]);

/** happy-dom lays nothing out: a window of 600 px, rows of 50. */
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(50);
  vi.spyOn(window, "matchMedia").mockImplementation((query) => Object.assign(new EventTarget(), { matches: query === WIDE, media: query }) as MediaQueryList);
});

function served(table: CaseTable): void {
  signedIn();
  server.use(
    msw.get("*/api/v1/compare/cases/:id", ({ params }) => {
      const found = table.rows.find(([id]) => id === params.id);
      return HttpResponse.json(detailOf(found?.[1] ?? 0, found?.[2] ?? ""));
    }),
  );
  answer("get", "/compare/cases", table);
  refuse("get", "/compare", 404, "not_found", "There is no verdict.");
  answer("get", "/prompts/diff", {
    from: {},
    to: {},
    unified: "",
    variables: { added: [], removed: [] },
    parameters: [],
    effect: null,
    hunks: [{ op: "replace", old_start: 1, new_start: 1, lines: [{ op: "insert", words: [{ op: "insert", text: "Answer in two sentences.\n" }] }] }],
  });
}

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

test("who says the judge is wrong posts a label, and the undo takes it away", async () => {
  served(BROKEN);
  const posted: unknown[] = [];
  const removed: string[] = [];
  server.use(
    msw.post("*/api/v1/human-labels", async ({ request }) => {
      posted.push(await request.json());
      return HttpResponse.json({ id: "label-1" });
    }),
    msw.delete("*/api/v1/human-labels/:id", ({ params }) => {
      removed.push(String(params.id));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = renderAt(PAGE);

  await user.click(await screen.findByRole("button", { name: "Judge is wrong" }));
  await user.type(screen.getByRole("textbox", { name: "Score, 0 to 1" }), "2");
  expect(screen.getByText("A score is a number from 0 to 1.")).toBeVisible();
  await user.clear(screen.getByRole("textbox", { name: "Score, 0 to 1" }));
  await user.type(screen.getByRole("textbox", { name: "Score, 0 to 1" }), "1");
  await user.type(screen.getByRole("textbox", { name: "Why" }), "The policy changed.");
  await user.click(screen.getByRole("button", { name: "Save your judgment" }));

  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(posted).toEqual([
    { experiment_id: EXPERIMENT, case_no: 41, evaluator: "correctness", value: 1, hallucinated: null, comment: "The policy changed." },
  ]);
  await waitFor(() => expect(removed).toEqual(["label-1"]));
});

test("one's own judgment is taken back in the case, and the undo says it again", async () => {
  served(BROKEN);
  const label = { label_id: "label-7", value: 1, hallucinated: null, comment: "The policy changed.", labelled_by: "ada" };
  let given: typeof label | null = label;
  const posted: unknown[] = [];
  server.use(
    msw.get("*/api/v1/compare/cases/:id", () => {
      const detail = detailOf(2, "When do I get my money?");
      for (const judged of detail.sides[1]?.repeats[0]?.evaluations ?? []) judged.overridden_by = given;
      return HttpResponse.json(detail);
    }),
    msw.delete("*/api/v1/human-labels/label-7", () => {
      given = null;
      return new HttpResponse(null, { status: 204 });
    }),
    msw.post("*/api/v1/human-labels", async ({ request }) => {
      posted.push(await request.json());
      given = label;
      return HttpResponse.json({ id: "label-7" });
    }),
  );
  const { user } = renderAt(PAGE);

  await user.click(await screen.findByRole("button", { name: "Take back" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "What people said" })).not.toBeInTheDocument());
  const said = await screen.findByText("Your judgment was taken back.");
  await user.click(within(said.closest(".toast") as HTMLElement).getByRole("button", { name: "Undo" }));

  expect(await screen.findByRole("region", { name: "What people said" })).toHaveTextContent("The policy changed.");
  expect(posted).toEqual([
    { experiment_id: EXPERIMENT, case_no: 41, evaluator: "correctness", value: 1, hallucinated: null, comment: "The policy changed." },
  ]);
});

test("the verdict comes with the cases, so that the page asks three times", async () => {
  served(BROKEN);
  answer("get", "/compare/cases", { ...BROKEN, verdict: RULED });
  const asked: string[] = [];
  const note = ({ request }: { request: Request }) => asked.push(new URL(request.url).pathname.replace("/api/v1", ""));
  server.events.on("request:start", note);
  renderAt(PAGE);

  expect(await screen.findByText("v9 is worse than v7: score fell.")).toBeVisible();
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
    expect(router.state.location.search).toMatchObject({ base: `${EXPERIMENT}:2`, with: [`${EXPERIMENT}:0`, `${EXPERIMENT}:1`], case: caseId(0) }),
  );
});

test("a judgment the server refuses stays in the form", async () => {
  served(BROKEN);
  refuse("post", "/human-labels", 403, "forbidden", "Your role may not review.");
  const { user } = renderAt(PAGE);

  await user.click(await screen.findByRole("button", { name: "Judge is wrong" }));
  await user.type(screen.getByRole("textbox", { name: "Score, 0 to 1" }), "1");
  await user.click(screen.getByRole("button", { name: "Save your judgment" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("Your role may not review.");
  expect(screen.getByRole("textbox", { name: "Score, 0 to 1" })).toHaveValue("1");
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
  expect(screen.getByText("v11 answers worse than v7.")).toBeVisible();
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

  expect(router.state.location.search).toMatchObject({ base: `${EXPERIMENT}:0`, with: [`${EXPERIMENT}:1`] });
});

test("runs the server does not know lead to the same choice, with its words", async () => {
  signedIn();
  refuse("get", "/compare/cases", 404, "not_found", "There is no such experiment.");
  answer("get", "/experiments", { items: [], next_cursor: null, total: 0 });
  renderAt(PAGE);

  expect(await screen.findByText("There is no such experiment.")).toBeVisible();
  expect(screen.getByRole("heading", { name: "Choose the baseline" })).toBeVisible();
});
