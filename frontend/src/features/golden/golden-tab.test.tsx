import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import { answer, refuse, server } from "@/test/server";
import type { Example } from "./api";
import { LIST, PROMPT, cell, example, onPatch, show } from "./testing";

let patches: Parameters<typeof onPatch>[1] = [];
beforeEach(() => {
  patches = [];
});

test("an edit goes out with the revision that was seen, and undo sends the text before", async () => {
  const one = example(1);
  const { user } = show([one]);
  onPatch(one.id, patches, (body) => HttpResponse.json({ ...one, ...body, revision: 3 + patches.length }));

  await user.click(await cell("Answer 1"));
  await user.keyboard("{Enter}, with proof{Enter}");

  await waitFor(() => expect(patches).toEqual([{ body: { expected_output: "Answer 1, with proof" }, match: '"3"' }]));
  await cell("Answer 1, with proof");
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(patches[1]).toEqual({ body: { expected_output: "Answer 1" }, match: '"4"' }));
});

test("where another editor was first, both texts stand there and only a person's choice overwrites", async () => {
  const one = example(1);
  const theirs = example(1, { expected_output: "Their text", revision: 4 });
  const { user } = show([one]);
  onPatch(one.id, patches, (body) =>
    patches.length === 1
      ? HttpResponse.json({ code: "out_of_date", title: "Out of date", detail: "Read it again.", status: 412, errors: [] }, { status: 412 })
      : HttpResponse.json({ ...theirs, ...body, revision: 5 }),
  );
  answer("get", `${LIST}/${one.id}`, theirs as never);

  await user.click(await cell("Answer 1"));
  await user.keyboard("Mine{Enter}");

  const notice = await screen.findByRole("group", { name: "Not saved" });
  expect(within(notice).getByText("Mine")).toBeVisible();
  expect(within(notice).getByText("Their text")).toBeVisible();
  expect(screen.getByRole("gridcell", { name: /Mine/ })).toHaveAttribute("aria-invalid", "true");
  await user.click(within(notice).getByRole("button", { name: "Keep mine" }));
  await waitFor(() => expect(patches[1]).toEqual({ body: { expected_output: "Mine" }, match: '"4"' }));
  await waitFor(() => expect(screen.queryByRole("group", { name: "Not saved" })).not.toBeInTheDocument());
});

test("a refused edit keeps its text at the cell with the reason, also over a reload", async () => {
  const one = example(1);
  const { user } = show([one]);
  onPatch(one.id, patches, () =>
    HttpResponse.json(
      { code: "invalid", title: "Invalid", detail: "Invalid.", status: 422, errors: [{ pointer: "#/split", code: "too_long", detail: "At most 64 characters." }] },
      { status: 422 },
    ),
  );
  await user.click(await cell("test"));
  await user.keyboard("training{Enter}");

  expect(await screen.findByRole("gridcell", { name: /training.*At most 64/ })).toBeVisible();
  await waitFor(() => expect(localStorage.getItem(`llmops.draft.golden.${PROMPT}.cells`)).toContain("training"));
});

test("a missing variable is told, and filling it is one change for all that lack it", async () => {
  const lacking = example(2, { input_data: { question: "Question 2" } });
  const { user } = show([example(1), lacking]);
  onPatch(lacking.id, patches, (body) => HttpResponse.json({ ...lacking, ...body, revision: 4 }));

  expect(await screen.findByText(/1 example/)).toHaveTextContent("lacks lang");
  await user.type(screen.getByRole("textbox", { name: /Value of lang/ }), "en");
  await user.click(screen.getByRole("button", { name: "Fill all" }));

  await waitFor(() => expect(patches).toEqual([{ body: { input_data: { question: "Question 2", lang: "en" } }, match: '"3"' }]));
});

test("chips, choices and the banner count all examples, and what lacks a variable is asked of the server", async () => {
  const asked: string[] = [];
  const { user } = show([example(1)]);
  const counted = { total: 900, critical: 4, tags: [{ name: "refunds", count: 812 }], splits: [{ name: "test", count: 900 }] };
  const version = { version_number: 11, variables: [{ name: "question", required: true }, { name: "lang", required: true }] };
  answer("get", `${LIST}/facets`, { ...counted, ...version, lacking: [{ variable: "lang", count: 812 }] });
  server.use(
    http.get(`*/api/v1${LIST}`, ({ request }) => {
      const { search, searchParams } = new URL(request.url);
      asked.push(search);
      const isFirst = !searchParams.has("cursor");
      const items = isFirst ? [example(2, { input_data: { question: "Question 2", lang: "" } })] : [];
      return HttpResponse.json({ items, next_cursor: isFirst ? "next" : null, total: 812 });
    }),
  );

  expect(await screen.findByRole("button", { name: "All 900" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Critical 4" })).toBeVisible();
  expect(screen.getByRole("option", { name: "refunds (812)" })).toBeInTheDocument();
  await user.click(await screen.findByRole("button", { name: "Show the 812" }));
  await waitFor(() => expect(asked).toContain("?limit=200&lacks=lang"));
  expect(await screen.findByRole("button", { name: "Fill the 1 loaded" })).toBeVisible();
});

test("a new row overwrites nothing, and is sent when it gives every variable", async () => {
  const bodies: unknown[] = [];
  const { user } = show([example(1)]);
  server.use(
    http.post(`*/api/v1${LIST}`, async ({ request }) => {
      const body = (await request.json()) as Partial<Example>;
      bodies.push(body);
      return HttpResponse.json({ ...example(2), expected_output: null, ...body }, { status: 201 });
    }),
  );
  await cell("Answer 1");
  await user.click(screen.getByRole("button", { name: "Add row" }));
  expect(await screen.findByText(/stored when it gives question, lang/)).toBeVisible();
  await waitFor(() => expect(screen.getByRole("grid")).toHaveFocus());
  await user.keyboard("Where is it?{Tab}");
  expect(await screen.findByText(/stored when it gives lang/)).toBeVisible();
  expect(bodies).toEqual([]);
  await user.keyboard("de{Enter}");

  await waitFor(() => expect(bodies).toMatchObject([{ input_data: { question: "Where is it?", lang: "de" }, split: "test" }]));
  expect(await screen.findByText("2 of 2 loaded")).toBeVisible();
});

test("a row that is deleted comes back with undo, and the server was never asked", async () => {
  const { user } = show([example(1), example(2)]);
  await cell("Answer 2");
  await user.click(screen.getByRole("checkbox", { name: "Select example 2" }));
  await user.click(screen.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(screen.queryByText("Answer 2")).not.toBeInTheDocument());

  await user.click(within(screen.getByText("Deleted 1 example.").closest<HTMLElement>(".toast") ?? document.body).getByRole("button", { name: "Undo" }));
  await cell("Answer 2");
});

test("the exports are exactly what the filters leave, and hostile text stays text", async () => {
  show([example(1, { expected_output: "<img src=x onerror=alert(1)>" })], "?tag=refunds&status=critical");

  expect(await cell("<img src=x onerror=alert(1)>")).toBeVisible();
  expect(screen.getByRole("link", { name: "Export CSV" })).toHaveAttribute(
    "href",
    `/api/v1${LIST}/export?format=csv&tags=refunds&critical=true`,
  );
  expect(document.querySelector("img")).toBeNull();
});

test("five thousand examples are a few dozen rows of the page", async () => {
  show(Array.from({ length: 5_000 }, (_, n) => example(1, { id: `id-${n}`, expected_output: `Answer ${n}` })));
  await cell("Answer 0");

  expect(screen.getAllByRole("row").length).toBeLessThan(40);
  expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "5001");
});

test("a link to an example that is not loaded opens it, and an edit goes out with its revision", async () => {
  const far = example(9);
  answer("get", `${LIST}/${far.id}`, far as never);
  const { user } = show([example(1)], `?example=${far.id}`);
  onPatch(far.id, patches, (body) => HttpResponse.json({ ...far, ...body, revision: 4 }));

  const inspector = await screen.findByRole("complementary", { name: "Example outside the rows shown" });
  await user.type(within(inspector).getByRole("textbox", { name: "expected" }), ", with proof");
  await user.tab();
  await waitFor(() => expect(patches).toEqual([{ body: { expected_output: "Answer 9, with proof" }, match: '"3"' }]));
});

test("a link to an example that is gone says so", async () => {
  const gone = example(9);
  refuse("get", `${LIST}/${gone.id}`, 404, "not_found", "Not found.");
  show([example(1)], `?example=${gone.id}`);

  expect(await screen.findByText("The example of this link does not exist any more.")).toBeVisible();
});
