import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer } from "@/test/server";
import { BLANK, SCRATCH } from "./state";

test("what is edited and not saved is said to stay out of a run on the golden set", async () => {
  signedIn();
  answer("get", "/runs", { items: [], next_cursor: null, total: 0 });
  answer("get", "/health", { status: "ok", checks: {} });
  const content = { ...SCRATCH, template: "Saved." };
  const source = { prompt_id: "p1", prompt_name: "support/answer", version_id: "v", number: 9, content };
  const columns = [{ id: "1", source, content: { ...content, template: "Edited." } }];
  localStorage.setItem("llmops.draft.playground", JSON.stringify({ ...BLANK, columns }));
  renderAt("/playground");

  const run = await screen.findByRole("link", { name: "Run as saved on golden set" });
  expect(run).toHaveAttribute("href", "/experiments/new?prompt=support/answer&versions=9");
  expect(screen.getByText("edits run on the golden set once they are saved as a version")).toBeVisible();
});
