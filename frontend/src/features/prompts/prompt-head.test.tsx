import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http as msw } from "msw";
import { expect, test } from "vitest";
import "./erase-prompt";
import "@/pages/prompt";
import "@/pages/prompts";
import { SCOPES, renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import { PROMPT_ID, page, prompt, version } from "./fixtures";

function open({ over = {}, scopes = SCOPES, gates = [] }: { over?: Parameters<typeof prompt>[0]; scopes?: string[]; gates?: object[] } = {}) {
  signedIn(scopes);
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null });
  answer("get", "/gates", page(gates as never[]));
  answer("get", "/prompts", page([]));
  answer("get", "/prompts/named/*", prompt(over));
  answer("get", `/prompts/${PROMPT_ID}/versions`, page([version(7), version(6)]));
  return renderAt("/prompts/support/answer");
}

test("an archive that is refused says why", async () => {
  refuse("patch", `/prompts/${PROMPT_ID}`, 409, "in_use", "An experiment runs on it; wait for its end.");
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Archive" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("support/answer: An experiment runs on it; wait for its end.");
});

test("a prompt is erased when its name is typed, and the list opens", async () => {
  const asked: string[] = [];
  server.use(
    msw.delete(`*/api/v1/prompts/${PROMPT_ID}`, ({ request }) => {
      asked.push(new URL(request.url).search);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user, router } = open();
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Erase…" }));
  const dialog = await screen.findByRole("dialog", { name: "Erase support/answer" });
  expect(within(dialog).getByRole("button", { name: "Erase prompt" })).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox"), "support/answer");
  await user.click(within(dialog).getByRole("button", { name: "Erase prompt" }));

  await waitFor(() => expect(router.state.location.pathname).toBe("/prompts"));
  expect(asked).toEqual(["?erase=true"]);
});

test("who is no admin is not offered to erase", async () => {
  const { user } = open({ scopes: ["read", "write"] });
  await user.click(await screen.findByRole("button", { name: "More actions" }));

  expect(await screen.findByRole("menuitem", { name: "Archive" })).toBeVisible();
  expect(screen.queryByRole("menuitem", { name: "Erase…" })).toBeNull();
});

test("an open label says which gate protects it, and without one leads to a new gate for it", async () => {
  answer("get", `/prompts/${PROMPT_ID}/labels/production/history`, page([]));
  const free = open();
  await free.user.click(await screen.findByText(/on v6, moved/));
  expect(await screen.findByRole("link", { name: "Protect production" })).toHaveAttribute("href", "/settings/gates?new=true&prompt=support/answer&label=production");
  free.unmount();

  const { user } = open({ gates: [{ id: "g1", name: "release", label: "production" }] });
  await user.click(await screen.findByText(/on v6, moved/));
  expect(await screen.findByRole("link", { name: "release" })).toHaveAttribute("href", "/settings/gates?gate=g1");
});

test("who may only read is offered neither to put a label on a version nor to protect it", async () => {
  open({ scopes: ["read"], over: { labels: [], production: null } });

  expect(await screen.findByText(/No label stands anywhere yet/)).toHaveTextContent("Clients ask for production.");
  expect(screen.queryByRole("link", { name: "put it on a version" })).toBeNull();
  expect(screen.queryByRole("link", { name: "Protect production" })).toBeNull();
});
