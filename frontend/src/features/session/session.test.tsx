import { screen, waitFor } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";

const SETUP = { first_run: false, signup_open: false, product: "llmops", version: "1.0.0" };
const SESSION = {
  user: { id: "0190a000-0000-7000-8000-000000000001", username: "ada", email: "ada@example.org", language: "en", time_zone: "UTC" },
  workspace: { id: "0190a000-0000-7000-8000-000000000002", name: "Main" },
  role: "admin",
  scopes: ["read"],
};
/** A page that asks the server for nothing. */
const QUIET = "/settings/nothing";

beforeEach(() => answer("get", "/auth/setup", SETUP));

async function trySigningIn(path = "/sign-in") {
  const page = renderAt(path);
  await page.user.type(await screen.findByLabelText("User name or e-mail"), "ada");
  await page.user.type(screen.getByLabelText("Password"), "not the password");
  await page.user.click(screen.getByRole("button", { name: "Sign in" }));
  return page;
}

test("a refused sign-in says why in general words and keeps the user name", async () => {
  refuse("post", "/auth/session", 401, "wrong_credentials", "The user name or the password is wrong.");
  await trySigningIn();

  expect(await screen.findByRole("alert")).toHaveTextContent("The user name or the password is wrong.");
  expect(screen.getByLabelText("User name or e-mail")).toHaveValue("ada");
  expect(screen.getByLabelText("Password")).toHaveFocus();
});

test("after too many tries the page says how long to wait and holds the button back", async () => {
  server.use(
    msw.post("*/api/v1/auth/session", () => HttpResponse.json({ code: "rate_limited", title: "Too many requests", detail: "" }, { status: 429, headers: { "retry-after": "42" } })),
  );
  await trySigningIn();

  expect(await screen.findByRole("timer")).toHaveTextContent(/4[12] s/);
  expect(screen.getByRole("button", { name: "Sign in" })).toBeDisabled();
});

test("who signs in goes on to the page asked for, and is not asked to sign in again there", async () => {
  refuse("get", "/me", 401, "unauthenticated", "Sign in first.");
  const { router, user } = renderAt(QUIET);
  await user.type(await screen.findByLabelText("User name or e-mail"), "ada");
  await user.type(screen.getByLabelText("Password"), "a few good words");
  answer("post", "/auth/session", SESSION);
  signedIn();
  await user.click(screen.getByRole("button", { name: "Sign in" }));

  await waitFor(() => expect(router.state.location.pathname).toBe(QUIET));
  expect(await screen.findByRole("navigation", { name: "Main" })).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("a one-time link signs in once, and its token leaves the address", async () => {
  const sent: unknown[] = [];
  server.use(
    msw.post("*/api/v1/auth/session/link", async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(SESSION);
    }),
  );
  signedIn();
  const { router } = renderAt(`/sign-in?next=${QUIET}#one-time`);

  await waitFor(() => expect(router.state.location.pathname).toBe(QUIET));
  expect(sent).toEqual([{ token: "one-time" }]);
  expect(router.state.location.hash).toBe("");
});

test("a used-up link says so above the form", async () => {
  const words = "The sign-in link is used up or older than 30 minutes; ask for another.";
  refuse("post", "/auth/session/link", 422, "invalid", "Not valid.", [{ pointer: "#/token", code: "invalid", detail: words }]);
  const { router } = renderAt("/sign-in#old");

  expect(await screen.findByRole("alert")).toHaveTextContent(words);
  expect(router.state.location.hash).toBe("");
});

test("before the first account the page says where the way in was printed", async () => {
  answer("get", "/auth/setup", { ...SETUP, first_run: true });
  renderAt("/sign-in");

  expect(await screen.findByText(/No account exists yet: open the link/)).toBeVisible();
});

test("a password can be shown and hidden", async () => {
  const { user } = renderAt("/sign-in");
  const password = await screen.findByLabelText("Password");
  expect(password).toHaveAttribute("autocomplete", "current-password");
  await user.click(screen.getByRole("button", { name: "Show password" }));

  expect(password).toHaveAttribute("type", "text");
});

test("a refused password stands at its field, and the owner account then offers the demo data", async () => {
  const weak = "This password is among the first anybody would guess.";
  refuse("post", "/auth/session/register", 422, "invalid", "Not valid.", [{ pointer: "#/password", code: "invalid", detail: weak }]);
  const { user, router } = renderAt("/welcome#setup");
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.org");
  await user.type(screen.getByLabelText("User name"), "ada");
  await user.type(screen.getByLabelText("Password"), "letmein1");
  await user.click(screen.getByRole("button", { name: "Create owner" }));

  expect(await screen.findByText(weak)).toBeVisible();
  expect(screen.getByLabelText("Password")).toHaveAccessibleDescription(new RegExp(weak));
  expect(screen.getByLabelText("E-mail")).toHaveValue("ada@example.org");

  answer("post", "/auth/session/register", SESSION, 201);
  await user.click(screen.getByRole("button", { name: "Create owner" }));
  answer("post", "/demo-data", { prompt_id: "p", experiment_id: null, url: QUIET }, 202);
  signedIn();
  await user.click(await screen.findByRole("button", { name: "Load demo data" }));

  await waitFor(() => expect(router.state.location.pathname).toBe(QUIET));
});

test("a link without its token says that a part is missing", async () => {
  renderAt("/reset");

  expect(await screen.findByRole("heading", { name: "This link is not complete" })).toBeVisible();
});
