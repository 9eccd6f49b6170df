import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import "./ci-section";
import { page, prompt } from "@/features/prompts/fixtures";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse } from "@/test/server";

test("as long as the prompts are not known no configuration is shown, and then it names them", async () => {
  signedIn(["read"]);
  refuse("get", "/prompts", 500, "internal", "The database did not answer.");
  const { user } = renderAt("/settings/ci");

  expect(await screen.findByText("The prompts could not be loaded.")).toBeVisible();
  expect(screen.queryByRole("group", { name: "llmops.yaml" })).toBeNull();
  answer("get", "/prompts", page([prompt({ name: "mail/tone" })]));
  await user.click(screen.getByRole("button", { name: /Retry|Try/ }));

  expect(await screen.findByRole("group", { name: "llmops.yaml" })).toHaveTextContent("mail/tone: prompts/mail-tone.md");
});
