import { screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { sessionEnded } from "@/services/session-ended";
import { PROMPT_ID, page, prompt, version } from "@/features/prompts/fixtures";
import "@/pages/prompt";
import { SCOPES, renderAt, signedIn } from "@/test/render";
import { answer, refuse } from "@/test/server";
import "./command-palette";

afterEach(() => sessionEnded.clear());

test("an unknown address says so and offers the way on", async () => {
  signedIn();
  renderAt("/nothing/here");

  expect(await screen.findByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
});

test("who is not signed in is sent to sign in and comes back to the page asked for", async () => {
  refuse("get", "/me", 401, "unauthenticated", "Sign in first.");
  const { router } = renderAt("/experiments?q=a");

  await expect.poll(() => router.state.location.pathname).toBe("/sign-in");
  expect(router.state.location.search).toEqual({ next: "/experiments?q=a" });
});

test("the question mark opens the sheet of keys, and typing in a field does not", async () => {
  signedIn();
  const { user } = renderAt("/settings/nothing");
  await screen.findByRole("navigation", { name: "Main" });

  await user.keyboard("?");

  expect(await screen.findByRole("dialog", { name: "Keyboard" })).toBeInTheDocument();
});

async function openPalette(scopes = SCOPES) {
  signedIn(scopes);
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null });
  answer("get", "/prompts/named/*", prompt());
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([version(7), version(6)]));
  answer("get", "/search", page([]));
  const view = renderAt("/prompts/support/answer");
  await screen.findByRole("heading", { level: 1, name: "support/answer" });
  await view.user.keyboard("/");
  return { ...view, palette: within(await screen.findByRole("dialog", { name: "Search or run a command" })) };
}

test("on a prompt's page the palette runs an experiment on it and promotes the version shown", async () => {
  const { user, router, palette } = await openPalette();
  expect(palette.getByRole("option", { name: "Run experiment on support/answer" })).toBeVisible();
  await user.click(palette.getByRole("option", { name: "Promote v7 of support/answer to production" }));

  await expect.poll(() => router.state.location.search).toEqual({ v: "7", promote: "production" });
});

test("the palette finds the sections of the settings, and offers nobody what their role may not", async () => {
  const { user, palette } = await openPalette(["read"]);
  expect(palette.queryByRole("option", { name: /Run experiment|Promote|^New/ })).toBeNull();
  await user.type(palette.getByRole("combobox"), "settings");

  expect(await palette.findByRole("option", { name: "Settings: Budgets, prices" })).toBeVisible();
  expect(palette.queryByRole("option", { name: "Settings: Audit log" })).toBeNull();
});
