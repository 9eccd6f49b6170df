import { screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { sessionEnded } from "@/services/session-ended";
import { renderAt, signedIn } from "@/test/render";
import { refuse } from "@/test/server";

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
