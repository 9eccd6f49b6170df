import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { page, prompt } from "@/features/prompts/fixtures";
import "@/pages/prompts";
import { renderAt, signedIn } from "@/test/render";
import { answer } from "@/test/server";

const KEPT = "llmops.views.prompts.0190a000-0000-7000-8000-000000000001";

beforeEach(() => {
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null });
  answer("get", "/prompts", page([prompt()]));
});

const search = () => screen.getByRole("searchbox", { name: "Search names, tags and texts" });

type User = ReturnType<typeof renderAt>["user"];

async function openMenu(user: User) {
  await user.click(await screen.findByRole("button", { name: "Views" }));
  return within(await screen.findByRole("menu", { name: "Views" }));
}

async function save(user: User, name: string) {
  await user.click((await openMenu(user)).getByRole("menuitem", { name: "Save these filters…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Save these filters" }));
  await user.type(dialog.getByRole("textbox", { name: "Name" }), name);
  return dialog;
}

test("filters are saved under a name and opened again, with what was searched for", async () => {
  const { user, router } = renderAt("/prompts?q=refund&tag=tone");
  const dialog = await save(user, "Refunds");
  await user.click(dialog.getByRole("button", { name: "Save the view" }));
  expect(await screen.findByText("Saved the view Refunds.")).toBeVisible();

  await user.clear(search());
  await waitFor(() => expect(router.state.location.search).toEqual({ tag: "tone" }));
  await user.click((await openMenu(user)).getByRole("menuitem", { name: "Refunds" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ q: "refund", tag: "tone" }));
  await waitFor(() => expect(search()).toHaveValue("refund"));
});

test("a name that is there already is said before its filters are replaced", async () => {
  localStorage.setItem(KEPT, JSON.stringify([{ name: "Mine", address: "?tag=old" }]));
  const { user } = renderAt("/prompts?tag=tone");
  const dialog = await save(user, "Mine");
  expect(dialog.getByRole("status")).toHaveTextContent("There is a view named Mine.");
  await user.click(dialog.getByRole("button", { name: "Replace the view" }));

  expect(JSON.parse(localStorage.getItem(KEPT) ?? "")).toEqual([{ name: "Mine", address: "?tag=tone" }]);
  expect((await openMenu(user)).getByRole("menuitem", { name: "Mine (shown now)" })).toBeVisible();
});

test("a deleted view comes back with one press", async () => {
  localStorage.setItem(KEPT, JSON.stringify([{ name: "Mine", address: "?tag=tone" }, { name: 7 }, "?"]));
  const { user } = renderAt("/prompts");
  await user.click((await openMenu(user)).getByRole("menuitem", { name: "Delete the view Mine" }));
  expect(localStorage.getItem(KEPT)).toBe("[]");
  await user.click(await screen.findByRole("button", { name: "Undo" }));

  expect((await openMenu(user)).getByRole("menuitem", { name: "Mine" })).toBeVisible();
});

test("thirty views are the most, and an address that means nothing opens the whole list", async () => {
  localStorage.setItem(KEPT, JSON.stringify(Array.from({ length: 40 }, (_, index) => ({ name: `view ${index}`, address: "?label=%7B%7D&sort=sideways&%" }))));
  const { user, router } = renderAt("/prompts?tag=tone");
  const dialog = await save(user, "one more");
  expect(dialog.getByRole("status")).toHaveTextContent("30 views are the most.");
  expect(dialog.getByRole("button", { name: "Save the view" })).toBeDisabled();
  await user.click(dialog.getByRole("button", { name: "Cancel" }));

  await user.click((await openMenu(user)).getByRole("menuitem", { name: "view 29" }));
  await waitFor(() => expect(router.state.location.search).toEqual({}));
});
