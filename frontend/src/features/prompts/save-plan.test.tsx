import { screen } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { renderAlone, signedIn } from "@/test/render";
import { server } from "@/test/server";
import { SavePlan } from "./save-plan";

test("what a run would take is told by the plan of its parent, doubled where that is the rival itself", async () => {
  signedIn();
  const asked: unknown[] = [];
  server.use(
    msw.post("*/api/v1/experiments/plan", async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json({ cases: 20, calls: 20, cost_usd_estimate: "0.02", minimum_detectable_difference: null, budget: null, eta_s: 12 });
    }),
  );
  renderAlone(<SavePlan prompt="support/answer" parent={7} rival={7} />);

  expect(await screen.findByText("40 calls, ≈ $0.04, about 24 s")).toBeVisible();
  expect(asked).toMatchObject([{ prompt: "support/answer", versions: [7] }]);
});
