import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http as msw } from "msw";
import { expect, test } from "vitest";
import "@/components/editor/code-editor";
import "@/pages/prompt";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import { PROMPTS_KEY } from "./api";
import { PROMPT_ID, page, prompt, version, versionId } from "./fixtures";

const MINE = "Say it in one word.\n{{ question }}";
const VERSIONS = `/prompts/${PROMPT_ID}/versions`;

function ready(newest = 7): void {
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null });
  answer("get", "/models", { items: [], default: "mock:echo", judge: "mock:echo" });
  answer("get", "/prompts/named/*", prompt());
  answer("get", VERSIONS, page(Array.from({ length: newest }, (_, index) => version(newest - index))));
}

/** A draft as an earlier visit left it, so that no editor has to be typed into. */
function leaveDraft(): void {
  const { model, parameters, response_schema, template_format } = version(7);
  const content = { template: MINE, messages: null, model, parameters, response_schema, template_format };
  localStorage.setItem(`llmops.draft.prompt.${PROMPT_ID}`, JSON.stringify({ base: 7, parent: 7, content, known: ["question"] }));
}

const typed = async () => (await screen.findByRole("textbox", { name: "Prompt template" })).textContent ?? "";

async function openSave(user: ReturnType<typeof renderAt>["user"]) {
  await user.click(await screen.findByRole("button", { name: /Save as v8/ }));
  const sheet = await screen.findByRole("dialog", { name: "Save as v8" });
  await user.type(within(sheet).getByRole("textbox", { name: "What changed and why?" }), "Shorter answers");
  return sheet;
}

test("a draft survives a reload, and a refetch of what the server has does not touch it", async () => {
  ready();
  leaveDraft();
  const { client } = renderAt("/prompts/support/answer");

  expect(await screen.findByText("edited, not saved")).toBeVisible();
  await waitFor(async () => expect(await typed()).toContain("Say it in one word."));
  answer("get", VERSIONS, page([version(8), version(7, { template: "Changed on the server" })]));
  await client.invalidateQueries({ queryKey: PROMPTS_KEY });

  expect(await screen.findByText("Change 8")).toBeVisible();
  expect(await typed()).toContain("Say it in one word.");
});

test("a version that somebody saved meanwhile is named, their change is shown, and the text is kept", async () => {
  ready();
  leaveDraft();
  const sent: unknown[] = [];
  server.use(
    msw.post(`*/api/v1${VERSIONS}`, async ({ request }) => {
      sent.push(await request.json());
      if (sent.length === 2) return HttpResponse.json(version(9), { status: 201 });
      const problem = { title: "Changed meanwhile", status: 412, code: "out_of_date", detail: "Version 8 was saved meanwhile.", errors: [], number: 8, version_id: versionId(8) };
      return HttpResponse.json(problem, { status: 412 });
    }),
  );
  const { user } = renderAt("/prompts/support/answer");
  const sheet = await openSave(user);
  answer("get", VERSIONS, page([version(9), version(8), version(7)]));
  answer("get", "/prompts/diff", {
    from: version(7),
    to: version(8),
    unified: "patch",
    hunks: [{ op: "insert", old_start: 1, new_start: 1, lines: [{ op: "insert", words: [{ op: "insert", text: "Theirs" }] }] }],
    variables: { added: [], removed: [] },
    parameters: [],
    effect: null,
  });
  await user.click(within(sheet).getByRole("button", { name: "Save as v8" }));

  expect(await within(sheet).findByText(/v8 was saved by grace/)).toBeVisible();
  expect(await typed()).toContain("Say it in one word.");
  await user.click(within(sheet).getByRole("button", { name: "See the change and rebase" }));
  expect(await within(sheet).findByText("Theirs")).toBeVisible();
  await user.click(within(sheet).getByRole("button", { name: "Save as v9" }));

  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent).toMatchObject([
    { parent_version: 7, template: MINE },
    { parent_version: 8, template: MINE, message: "Shorter answers" },
  ]);
  await waitFor(() => expect(localStorage.getItem(`llmops.draft.prompt.${PROMPT_ID}`)).toBeNull());
});

test("a text that a version already says is refused by its number, and the way to that version is offered", async () => {
  ready();
  leaveDraft();
  const same = { title: "In conflict", status: 409, code: "same_content", detail: "Version 4 already says exactly this; nothing was saved.", errors: [], number: 4 };
  answer("post", VERSIONS, same, 409);
  const { user, router } = renderAt("/prompts/support/answer");
  const sheet = await openSave(user);
  await user.click(within(sheet).getByRole("button", { name: "Save as v8" }));

  expect(await within(sheet).findByRole("alert")).toHaveTextContent("Version 4 already says exactly this");
  await user.click(within(sheet).getByRole("button", { name: "Show v4" }));

  await waitFor(() => expect(router.state.location.search).toMatchObject({ v: "4" }));
  expect(await screen.findByText(/Your draft from v7 is not saved yet/)).toBeVisible();
});

test("a version without a message is not sent", async () => {
  ready();
  leaveDraft();
  refuse("post", VERSIONS, 500, "asked", "It must not come to this.");
  const { user } = renderAt("/prompts/support/answer");
  await user.click(await screen.findByRole("button", { name: /Save as v8/ }));
  const sheet = await screen.findByRole("dialog");
  fireEvent.submit(within(sheet).getByRole("textbox"));

  expect(await within(sheet).findByText(/Say it in a sentence/)).toBeVisible();
});

test("a message in the making is kept with the draft", async () => {
  ready();
  leaveDraft();
  const { user, unmount } = renderAt("/prompts/support/answer");
  await openSave(user);
  fireEvent(screen.getByRole("dialog"), new Event("cancel", { cancelable: true }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  unmount();
  const again = renderAt("/prompts/support/answer");
  await again.user.click(await screen.findByRole("button", { name: /Save as v8/ }));

  expect(await screen.findByRole("textbox", { name: "What changed and why?" })).toHaveValue("Shorter answers");
});
