import { screen, waitFor, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";

const KEY = {
  id: "k1",
  name: "ci-main",
  public_id: "llmops_7Qm2",
  last_four: "x81K",
  scopes: ["read", "run"],
  created_by: "ada",
  created_at: "2026-11-01T10:00:00Z",
  expires_at: "2999-02-19T00:00:00Z",
  is_active: true,
  last_used_at: null,
  replaces_id: null,
  rate_limit_per_minute: null,
};
const list = (...items: unknown[]) => ({ items, next_cursor: null, total: items.length }) as never;
const SECRET = "llmops_7Qm2_the_whole_secret";

test("a new key's secret is shown once and is gone when it is stored", async () => {
  signedIn();
  answer("get", "/api-keys", list(KEY));
  answer("post", "/api-keys", { ...KEY, key: SECRET }, 201);
  const { user, router } = renderAt("/settings/api-keys");
  await user.click(await screen.findByRole("link", { name: "Create key" }));
  const sheet = await screen.findByRole("dialog", { name: "Create an API key" });
  await user.type(within(sheet).getByLabelText("Name"), "ci-main");
  await user.click(within(sheet).getByRole("button", { name: "Create key" }));

  expect(await screen.findByText(SECRET)).toBeVisible();
  expect(router.state.location.search).toEqual({});
  await user.click(screen.getByRole("button", { name: "I have stored it" }));
  expect(screen.queryByText(SECRET)).not.toBeInTheDocument();
});

test("a key that may do more than its maker is refused at the scopes", async () => {
  signedIn();
  answer("get", "/api-keys", list());
  const words = "You cannot give what you do not have: admin.";
  refuse("post", "/api-keys", 422, "invalid", "Not valid.", [{ pointer: "#/scopes", code: "invalid", detail: words }]);
  const { user } = renderAt("/settings/api-keys?new=true");
  await user.type(await screen.findByLabelText("Name"), "wide");
  await user.click(screen.getByRole("button", { name: "Create key" }));

  expect(await within(screen.getByRole("group", { name: "It may" })).findByText(words)).toBeVisible();
  expect(screen.getByLabelText("Name")).toHaveValue("wide");
});

test("revoking asks for the key's name, because nothing brings it back", async () => {
  signedIn();
  answer("get", "/api-keys", list(KEY));
  answer("delete", "/api-keys/k1", null, 204);
  const { user } = renderAt("/settings/api-keys");
  await user.click(await screen.findByRole("button", { name: "Revoke ci-main" }));
  const dialog = screen.getByRole("dialog", { name: "Revoke ci-main" });
  const button = within(dialog).getByRole("button", { name: "Revoke key" });
  expect(button).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox"), "ci-main");
  answer("get", "/api-keys", list({ ...KEY, is_active: false }));
  await user.click(button);

  expect(await screen.findByText("revoked")).toBeVisible();
});

test.each(["api-keys", "members", "audit"])("%s says who may see it, and asks the server for nothing", async (section) => {
  signedIn(["read"]);
  renderAt(`/settings/${section}`);

  expect(await screen.findByRole("note")).toHaveTextContent(/Only an admin can/);
});

test("a wrong current password stands at its field", async () => {
  signedIn();
  answer("get", "/me/sessions", list());
  const words = "The current password is wrong.";
  refuse("post", "/auth/password", 422, "invalid", "Not valid.", [{ pointer: "#/current_password", code: "invalid", detail: words }]);
  const { user } = renderAt("/settings/profile");
  await user.type(await screen.findByLabelText("Current password"), "old");
  await user.type(screen.getByLabelText("New password"), "a few good words");
  await user.click(screen.getByRole("button", { name: "Change password" }));

  await waitFor(() => expect(screen.getByLabelText("Current password")).toHaveAccessibleDescription(words));
});

test("a role is given at once and Undo gives the one before back", async () => {
  signedIn();
  const member = { user_id: "u2", username: "bo", email: "bo@example.org", role: "user", is_owner: false, joined_at: "2026-11-01T10:00:00Z", last_seen_at: null };
  const given: unknown[] = [];
  server.use(
    msw.patch("*/api/v1/members/u2", async ({ request }) => {
      const body = (await request.json()) as { role: string };
      given.push(body.role);
      member.role = body.role;
      return HttpResponse.json(member);
    }),
    msw.get("*/api/v1/members", () => HttpResponse.json(list(member))),
  );
  answer("get", "/invitations", list());
  const { user } = renderAt("/settings/members");
  await user.selectOptions(await screen.findByLabelText("Role of bo"), "editor");
  await user.click(await screen.findByRole("button", { name: "Undo" }));

  await waitFor(() => expect(given).toEqual(["editor", "user"]));
});
