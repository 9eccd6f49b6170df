import { screen, waitFor } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { renderAt, signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { Canary } from "./api";

const page = <T,>(items: T[]) => ({ items, next_cursor: null, total: items.length });
const CANARY: Canary = {
  id: "y1",
  evaluator: "rubric",
  evaluator_version: "1-4f2a9c01",
  judge_model: "openai:judge",
  example: { input_data: { question: "Can I return worn shoes?" }, output: "Yes." },
  label: 0,
  first_score: 1,
  created_by: "ada",
  created_at: "2026-11-02T10:00:00Z",
};
const label = (case_no: number, evaluator = "rubric") => ({ id: `l${case_no}${evaluator}`, experiment_id: "e1", case_no, evaluator, value: 0, hallucinated: null, comment: "", labelled_by: "ada", created_at: "", updated_at: "" });

async function filled(value: string) {
  signedIn();
  answer("get", "/health", { status: "ok", checks: {} });
  answer("get", "/judge-certificates", page([]));
  answer("get", "/review-queue", { total: 0, by_reason: {}, oldest_at: null, done_today: 0, agreement: null, between_people: null });
  answer("get", "/canaries", page([]));
  answer("get", "/experiments", page([{ id: "e1", name: "night", prompt_name: "support/answer", primary_evaluator: "rubric" }]));
  answer("get", "/human-labels", page([label(12), label(3), label(7, "exact")]));
  const view = renderAt("/evaluations?tab=certificates");
  await view.user.click(await screen.findByRole("link", { name: "New canary" }));
  await screen.findByRole("option", { name: "night (support/answer)" });
  await view.user.selectOptions(screen.getByLabelText("Experiment"), "e1");
  await view.user.type(screen.getByLabelText("Case"), "12");
  if (value) await view.user.type(screen.getByLabelText("A right judge scores"), value);
  return { ...view, freeze: () => view.user.click(screen.getByRole("button", { name: "Freeze the output" })) };
}

test("the output is labelled with what a right judge scores, frozen, and stands in the list", async () => {
  const sent: unknown[] = [];
  const { freeze, router } = await filled("0.5");
  await waitFor(() => expect(screen.getByLabelText("Case")).toHaveAccessibleDescription("Labelled by people: 3, 12."));
  server.use(
    msw.post("*/api/v1/human-labels", async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(label(12));
    }),
    msw.post("*/api/v1/canaries", async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(CANARY, { status: 201 });
    }),
  );
  answer("get", "/canaries", page([CANARY]));
  await freeze();

  expect(await screen.findByRole("row", { name: /Can I return worn shoes/ })).toBeVisible();
  expect(router.state.location.search).toEqual({ tab: "certificates" });
  expect(sent).toEqual([
    { experiment_id: "e1", evaluator: "rubric", case_no: 12, value: 0.5, comment: "" },
    { experiment_id: "e1", evaluator: "rubric", case_no: 12 },
  ]);
});

test("what the server refuses stands at its field, and the sheet keeps what was written", async () => {
  const { freeze } = await filled("");
  refuse("post", "/canaries", 409, "conflict", "Nobody has labelled case 12; a canary needs a person's label to compare with.");
  await freeze();
  await waitFor(() => expect(screen.getByLabelText("Case")).toHaveAccessibleDescription(/Nobody has labelled case 12/));

  const words = "This experiment was judged by exact; name one of them.";
  refuse("post", "/canaries", 422, "invalid", "Not valid.", [{ pointer: "#/evaluator", code: "unknown_evaluator", detail: words }]);
  await freeze();
  await waitFor(() => expect(screen.getByLabelText("Judge")).toHaveAccessibleDescription(new RegExp(words)));
  expect(screen.getByLabelText("Case")).toHaveValue(12);
});
