import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http as msw } from "msw";
import { expect, test } from "vitest";
import "@/pages/prompt";
import "@/pages/prompts";
import { renderAt, signedIn } from "@/test/render";
import { answer, server } from "@/test/server";
import { PROMPT_ID, page, prompt, version } from "./fixtures";
import { STARTERS } from "./starters";

function ready(prompts = [prompt()]): void {
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null });
  answer("get", "/prompts", page(prompts));
  answer("get", "/prompts/by-name/*", version(7));
}

test("a line of the list says what serves, what is newest, and how good it is with interval and n", async () => {
  ready();
  renderAt("/prompts?folder=support");
  const row = (await screen.findByRole("link", { name: "answer" })).closest("tr");

  expect(row).toHaveTextContent("v6→v71 ahead");
  expect(row).toHaveTextContent("0.87 [0.80 … 0.91], n=96");
  expect(row).toHaveTextContent("12 + 96 cases");
});

test("the page of a prompt counts calls and cases of experiments apart", async () => {
  ready();
  answer("get", "/prompts/named/*", prompt({ runs_7d: 3, cases_7d: 162 }));
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([version(7)]));
  answer("get", `/prompts/${PROMPT_ID}/score-history`, page([]));
  renderAt("/prompts/support/answer");

  expect(await screen.findByText("3 runs, 162 cases in 7 days")).toBeVisible();
});

test.each([
  ["/go/prompts/support/answer@production", "6"],
  ["/go/prompts/support/answer@elsewhere", undefined],
  ["/go/prompts/support/answer", undefined],
])("%s leads to the version that has the label, or to the prompt", async (path, v) => {
  ready();
  answer("get", "/prompts/named/*", prompt());
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([version(7), version(6)]));
  answer("get", `/prompts/${PROMPT_ID}/score-history`, page([]));
  const { router } = renderAt(path);

  await waitFor(() => expect(router.state.location.pathname).toBe("/prompts/support/answer"));
  expect(router.state.location.search).toEqual(v === undefined ? {} : { v });
});

test("a starter makes the prompt and its examples, and leads to it", async () => {
  ready([]);
  answer("get", "/prompts/named/*", prompt());
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([version(1)]));
  const made: unknown[] = [];
  const examples: unknown[] = [];
  server.use(
    msw.post("*/api/v1/prompts", async ({ request }) => {
      made.push(await request.json());
      return HttpResponse.json(prompt(), { status: 201 });
    }),
    msw.post(`*/api/v1/prompts/${PROMPT_ID}/golden-examples`, async ({ request }) => {
      examples.push(await request.json());
      return HttpResponse.json({}, { status: 201 });
    }),
  );
  const { user, router } = renderAt("/prompts?new=gallery");
  const sheet = await screen.findByRole("dialog", { name: "New prompt" });
  expect(await within(sheet).findByRole("textbox", { name: "Name" })).toHaveValue("help/answer");
  await user.click(within(sheet).getByRole("button", { name: "Create prompt" }));

  await waitFor(() => expect(router.state.location.pathname).toBe("/prompts/support/answer"));
  expect(made).toMatchObject([{ name: "help/answer", description: STARTERS[0]?.about, messages: STARTERS[0]?.content.messages }]);
  expect(examples).toMatchObject(STARTERS[0]?.examples ?? []);
});

test("archiving the selected prompts is undone with one press", async () => {
  ready();
  const sent: unknown[] = [];
  server.use(
    msw.patch(`*/api/v1/prompts/${PROMPT_ID}`, async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(prompt());
    }),
  );
  const { user } = renderAt("/prompts");
  await user.click(await screen.findByRole("checkbox", { name: "Select support/answer" }));
  await user.click(screen.getByRole("button", { name: "Archive" }));
  expect(await screen.findByText("Archived 1 prompt.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Undo" }));

  await waitFor(() => expect(sent).toEqual([{ archived: true }, { archived: false }]));
});

test("of many tags the one that is chosen always shows, to be switched off", async () => {
  ready([prompt({ tags: Array.from({ length: 20 }, (_, n) => `tag-${String.fromCharCode(97 + n)}`) })]);
  const { user, router } = renderAt("/prompts?tag=tag-t");
  const chip = await screen.findByRole("button", { name: "# tag-t" });

  expect(chip).toHaveAttribute("aria-pressed", "true");
  expect(screen.queryByRole("button", { name: "# tag-s" })).toBeNull();
  await user.click(chip);
  await waitFor(() => expect(router.state.location.search).toEqual({}));
});

test("owner and missing examples are asked of the server", async () => {
  ready([prompt(), prompt({ id: "other", name: "support/other", owner: "grace" })]);
  const asked: string[] = [];
  server.events.on("request:start", ({ request }) => void asked.push(decodeURIComponent(request.url)));
  const { user } = renderAt("/prompts");
  await user.selectOptions(await screen.findByRole("combobox", { name: "Owner" }), "grace");
  await user.click(screen.getByRole("button", { name: "No examples" }));

  await waitFor(() => expect(asked.some((url) => url.includes("owner=grace") && url.includes("unexampled=true"))).toBe(true));
  server.events.removeAllListeners();
});

test("the ways to use a prompt name it as OpenAI's clients and the command line do", async () => {
  ready();
  answer("get", "/prompts/named/*", prompt());
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([version(7)]));
  renderAt("/prompts/support/answer?tab=use");

  expect(await screen.findByRole("group", { name: "OpenAI's client" })).toHaveTextContent('model="prompt:support/answer@production"');
  await waitFor(() => expect(screen.getByRole("group", { name: "Command line: ask once" })).toHaveTextContent("llmops play 'support/answer@production' --var question=…"));
});
