import { screen, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { Policy } from "./settings-api";
import { policyWords } from "./settings-policy-words";

const POLICY: Policy = {
  metrics: [
    { metric: "score", direction: null, margin: 0.05 },
    { metric: "failure", direction: null, margin: 0.1 },
  ],
  alpha: 0.05,
  floor: 0.01,
  minimum_pairs: 20,
  error_tolerance: 0.05,
  failing_below: 0.5,
  critical: true,
  critical_repeats: 3,
  max_cost_ratio: null,
  max_latency_ratio: null,
  evaluator: null,
  strict: false,
  require_certificate: false,
};
const GATE = {
  id: "g1",
  prompt_id: "p1",
  prompt_name: "support/answer",
  name: "release",
  label: "production",
  number: 2,
  policy: POLICY,
  created_by: "ada",
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-02T10:00:00Z",
  archived_at: null,
};
const WHOLE = { ...GATE, history: [{ number: 2, policy: POLICY, message: "Fewer pairs at night", created_by: "ada", created_at: "2026-11-02T10:00:00Z" }] };

test("a policy reads as sentences", () => {
  expect(policyWords(POLICY)).toEqual([
    "Score may drop by less than 0.05; the share of answers below 0.5 may rise by less than 10.0\u00a0% of cases.",
    "At least 20 pairs, shown with an error rate of 5.0\u00a0%.",
    "A critical example that fails anew blocks.",
  ]);
});

function open(scopes?: string[]) {
  signedIn(scopes);
  answer("get", "/gates", { items: [GATE], next_cursor: null, total: 1 });
  answer("get", "/gates/g1", WHOLE);
  return renderAt("/settings/gates?gate=g1");
}

test("another policy is sent whole, against the number that was read", async () => {
  answer("get", "/evaluators", { items: [], next_cursor: null, total: 0 });
  const sent: { match: string | null; policy: Policy }[] = [];
  server.use(
    msw.patch("*/api/v1/gates/g1", async ({ request }) => {
      const body = (await request.json()) as { policy: Policy };
      sent.push({ match: request.headers.get("if-match"), policy: body.policy });
      return HttpResponse.json({ ...WHOLE, number: 3 });
    }),
  );
  const { user, router } = open();
  const pairs = await screen.findByLabelText("Pairs needed, at least");
  await user.clear(pairs);
  await user.type(pairs, "30");
  await user.click(screen.getByRole("button", { name: "Save as policy 3" }));

  await expect.poll(() => sent).toEqual([{ match: '"2"', policy: { ...POLICY, minimum_pairs: 30 } }]);
  await expect.poll(() => router.state.location.search).toEqual({});
});

test("a refused margin stands at its own row", async () => {
  answer("get", "/evaluators", { items: [], next_cursor: null, total: 0 });
  const words = "Input should be less than or equal to 1";
  refuse("patch", "/gates/g1", 422, "invalid", "Not valid.", [{ pointer: "#/policy/metrics/1/margin", code: "invalid", detail: words }]);
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Save as policy 3" }));

  expect(await screen.findByText(words)).toBeVisible();
  expect(screen.getAllByLabelText("Margin")[1]).toHaveAccessibleDescription(words);
});

test("who may not change a protected gate still reads its history", async () => {
  open(["read"]);
  const sheet = await screen.findByRole("dialog", { name: "release" });

  expect(within(sheet).getByRole("note")).toHaveTextContent("Only an admin can change a gate that protects production.");
  expect(within(sheet).getByText("Fewer pairs at night")).toBeVisible();
});
