import { screen, waitFor, within } from "@testing-library/react";
import { http as msw, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";
import { renderAt } from "@/test/render";
import { refuse, server } from "@/test/server";
import { EXPERIMENT, detailOf } from "./test-data";
import { BROKEN, PAGE, layOut, served } from "./test-page";

beforeEach(layOut);

test("who says the judge is wrong posts a label, and the undo takes it away", async () => {
  served(BROKEN);
  const posted: unknown[] = [];
  const removed: string[] = [];
  server.use(
    msw.post("*/api/v1/human-labels", async ({ request }) => {
      posted.push(await request.json());
      return HttpResponse.json({ id: "label-1" });
    }),
    msw.delete("*/api/v1/human-labels/:id", ({ params }) => {
      removed.push(String(params.id));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = renderAt(PAGE);

  await user.click(await screen.findByRole("button", { name: "Judge is wrong" }));
  await user.type(screen.getByRole("textbox", { name: "Score, 0 to 1" }), "2");
  expect(screen.getByText("A score is a number from 0 to 1.")).toBeVisible();
  await user.clear(screen.getByRole("textbox", { name: "Score, 0 to 1" }));
  await user.type(screen.getByRole("textbox", { name: "Score, 0 to 1" }), "1");
  await user.type(screen.getByRole("textbox", { name: "Why" }), "The policy changed.");
  await user.click(screen.getByRole("button", { name: "Save your judgment" }));

  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(posted).toEqual([
    { experiment_id: EXPERIMENT, case_no: 41, evaluator: "correctness", value: 1, hallucinated: null, comment: "The policy changed." },
  ]);
  await waitFor(() => expect(removed).toEqual(["label-1"]));
});

test("one's own judgment is taken back in the case, and the undo says it again", async () => {
  served(BROKEN);
  const label = { label_id: "label-7", value: 1, hallucinated: null, comment: "The policy changed.", labelled_by: "ada" };
  let given: typeof label | null = label;
  const posted: unknown[] = [];
  server.use(
    msw.get("*/api/v1/compare/cases/:id", () => {
      const detail = detailOf(2, "When do I get my money?");
      for (const judged of detail.sides[1]?.repeats[0]?.evaluations ?? []) judged.overridden_by = given;
      return HttpResponse.json(detail);
    }),
    msw.delete("*/api/v1/human-labels/label-7", () => {
      given = null;
      return new HttpResponse(null, { status: 204 });
    }),
    msw.post("*/api/v1/human-labels", async ({ request }) => {
      posted.push(await request.json());
      given = label;
      return HttpResponse.json({ id: "label-7" });
    }),
  );
  const { user } = renderAt(PAGE);

  await user.click(await screen.findByRole("button", { name: "Take back" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "What people said" })).not.toBeInTheDocument());
  const said = await screen.findByText("Your judgment was taken back.");
  await user.click(within(said.closest(".toast") as HTMLElement).getByRole("button", { name: "Undo" }));

  expect(await screen.findByRole("region", { name: "What people said" })).toHaveTextContent("The policy changed.");
  expect(posted).toEqual([
    { experiment_id: EXPERIMENT, case_no: 41, evaluator: "correctness", value: 1, hallucinated: null, comment: "The policy changed." },
  ]);
});

test("a judgment the server refuses stays in the form", async () => {
  served(BROKEN);
  refuse("post", "/human-labels", 403, "forbidden", "Your role may not review.");
  const { user } = renderAt(PAGE);

  await user.click(await screen.findByRole("button", { name: "Judge is wrong" }));
  await user.type(screen.getByRole("textbox", { name: "Score, 0 to 1" }), "1");
  await user.click(screen.getByRole("button", { name: "Save your judgment" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("Your role may not review.");
  expect(screen.getByRole("textbox", { name: "Score, 0 to 1" })).toHaveValue("1");
});
