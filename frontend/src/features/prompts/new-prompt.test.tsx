import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import "@/pages/prompts";
import "@/pages/prompt";
import { renderAt, signedIn } from "@/test/render";
import { answer } from "@/test/server";
import { PROMPT_ID, page, prompt, version } from "./fixtures";

function ready() {
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null });
  answer("get", "/prompts", page([prompt()]));
}

const sheet = async () => within(await screen.findByRole("dialog", { name: "New prompt" }));

test("a text in the making outlives another source, Escape and a reload, and goes when it is discarded", async () => {
  ready();
  const { user, router, unmount } = renderAt("/prompts?new=blank");
  await user.type((await sheet()).getByLabelText("Text"), "Say it in one word.");
  await user.click((await sheet()).getByRole("button", { name: "Copy" }));
  await user.click((await sheet()).getByRole("button", { name: "Blank" }));
  expect((await sheet()).getByLabelText("Text")).toHaveValue("Say it in one word.");

  fireEvent(screen.getByRole("dialog"), new Event("cancel", { cancelable: true }));
  await waitFor(() => expect(router.state.location.search).toEqual({}));
  unmount();
  const again = renderAt("/prompts?new=blank");
  expect(await (await sheet()).findByText("This draft was kept in this browser.")).toBeVisible();
  expect((await sheet()).getByLabelText("Text")).toHaveValue("Say it in one word.");

  await again.user.click((await sheet()).getByRole("button", { name: "Discard it" }));
  expect((await sheet()).getByLabelText("Text")).toHaveValue("");
});

test("a file's name and text stand in the fields, and the draft ends with the prompt that is made of it", async () => {
  ready();
  answer("post", "/prompts", prompt(), 201);
  answer("get", "/prompts/named/*", prompt());
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([version(1)]));
  const { user, router } = renderAt("/prompts?new=import");
  await user.upload((await sheet()).getByLabelText("File"), new File(["Answer {{ question }}"], "Answer.md", { type: "text/markdown" }));
  expect(await (await sheet()).findByDisplayValue("Answer {{ question }}")).toBeVisible();
  expect((await sheet()).getByLabelText("Name")).toHaveValue("answer");
  await user.click((await sheet()).getByRole("button", { name: "Create prompt" }));

  await waitFor(() => expect(router.state.location.pathname).toBe("/prompts/support/answer"));
  expect(localStorage.getItem("llmops.draft.new-prompt.import")).toBeNull();
});

test("after the demo data is loaded the list does not go on saying that there is nothing", async () => {
  ready();
  answer("get", "/prompts", page([]));
  answer("post", "/demo-data", { prompt_id: "p", experiment_id: null, url: "/prompts" }, 202);
  const { user } = renderAt("/prompts");
  const load = await screen.findByRole("button", { name: "Load demo data" });
  answer("get", "/prompts", page([prompt()]));
  await user.click(load);

  expect(await screen.findByRole("link", { name: "support/answer" })).toBeVisible();
});
