import { screen, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { expect, test } from "vitest";
import "./settings-new-gate";
import { PROMPT_ID, page, prompt } from "@/features/prompts/fixtures";
import { SCOPES, renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";

const USUAL = {
  metrics: [
    { metric: "score", direction: null, margin: 0.05 },
    { metric: "failure", direction: null, margin: 0.05 },
  ],
  minimum_pairs: 20,
  evaluator: null,
  strict: false,
  require_certificate: false,
};

async function open(path: string, scopes = SCOPES) {
  signedIn(scopes);
  answer("get", "/gates", page([]));
  answer("get", "/evaluators", page([]));
  answer("get", "/prompts", page([prompt()]));
  answer("get", "/prompts/named/*", prompt());
  const view = renderAt(path);
  return { ...view, sheet: await screen.findByRole("dialog", { name: "New gate" }) };
}

function made() {
  const sent: unknown[] = [];
  server.use(
    msw.post("*/api/v1/gates", async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ name: "release", label: "production", prompt_name: "support/answer" }, { status: 201 });
    }),
  );
  return sent;
}

test("without gates the section makes the first: a prompt, a label and the usual policy are enough", async () => {
  const sent = made();
  const { user, router, sheet } = await open("/settings/gates?new=true");
  await user.selectOptions(await within(sheet).findByLabelText("Prompt"), "support/answer");
  await user.clear(within(sheet).getByLabelText("Pairs needed, at least"));
  await user.type(within(sheet).getByLabelText("Pairs needed, at least"), "30");
  await user.click(within(sheet).getByRole("button", { name: "Make the gate" }));

  await expect.poll(() => sent).toEqual([{ prompt_id: PROMPT_ID, name: "release", label: "production", message: "", policy: { ...USUAL, minimum_pairs: 30 } }]);
  await expect.poll(() => router.state.location.search).toEqual({});
});

test("who comes from a prompt finds it chosen, and the server's refusals stand at their fields", async () => {
  const { user, sheet } = await open("/settings/gates?new=true&prompt=support/answer&label=staging");
  expect(await within(sheet).findByLabelText("Prompt")).toHaveValue(PROMPT_ID);
  expect(within(sheet).getByLabelText("Label it protects")).toHaveValue("staging");
  const words = "Nothing measures 'scor'; did you mean 'score'?";
  refuse("post", "/gates", 422, "unknown_metric", "Not valid.", [{ pointer: "#/policy/metrics/0/metric", code: "unknown_metric", detail: words }]);
  await user.click(within(sheet).getByRole("button", { name: "Make the gate" }));
  expect(await within(sheet).findByText(words)).toBeVisible();
  expect(within(sheet).getByLabelText("Metric 1")).toHaveAccessibleDescription(words);

  const taken = "The gate 'old' protects production already; change that one, or archive it first.";
  refuse("post", "/gates", 409, "label_protected", taken);
  await user.click(within(sheet).getByRole("button", { name: "Make the gate" }));
  expect(await within(sheet).findByText(taken)).toBeVisible();
  expect(within(sheet).getByLabelText("Label it protects")).toHaveAccessibleDescription(expect.stringContaining(taken));
});

test("an editor makes a gate that protects no label", async () => {
  const sent = made();
  const { user, sheet } = await open("/settings/gates?new=true&prompt=support/answer", ["read", "write"]);
  expect(await within(sheet).findByText(/only an admin can make one that does/)).toBeVisible();
  await user.click(within(sheet).getByRole("button", { name: "Make the gate" }));

  await expect.poll(() => sent).toMatchObject([{ label: null, name: "release" }]);
});
